"""Messages 6xx: vectors of texts, sentences and tokens."""

from __future__ import annotations


class VectorErrors:
    """Message templates; fill with ``.format``."""

    E601 = "[E601] 'layers' is empty. Give at least one, for example [-2]."
    E602 = (
        "[E602] Vectors of {mine} and of {other} dimensions lie in different spaces and "
        "cannot be compared. Make both with the same model and the same settings."
    )
    E603 = (
        "[E603] The top layer of {name!r} has {width} dimensions and its vocabulary "
        "{size}: they lie in different spaces. Compare vectors of kind 'head' with the "
        "vocabulary."
    )
