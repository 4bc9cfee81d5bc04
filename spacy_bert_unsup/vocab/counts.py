"""Histograms of many rows of rounded cosines (spec 2.2)."""

from __future__ import annotations

import numpy as np

from .cosines import Bins, Places


def count_rows(bins: Bins, last: int) -> Places:
    """Histograms of rows.

    bins (Bins): (B, n) rounded cosines.
    last (int): The highest bin.
    RETURNS (Places): (B, 2 * last + 1) how often each occurs.
    """
    width = 2 * last + 1
    offsets = np.arange(len(bins), dtype=np.int64)[:, None] * width + last
    places = (bins + offsets).ravel()
    return np.bincount(places, minlength=len(bins) * width).reshape(len(bins), width)
