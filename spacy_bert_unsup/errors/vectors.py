"""Messages 6xx: vectors of texts, sentences and tokens."""

from __future__ import annotations


class VectorErrors:
    """Message templates; fill with ``.format``."""
