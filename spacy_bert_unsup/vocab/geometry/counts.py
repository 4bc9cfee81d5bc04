"""Histograms of many rows of rounded cosines (spec 2.2)."""

from __future__ import annotations

import numpy as np

from .cosines import Bins, Places

CHUNK = 2**16
"""Values counted at a time: their places, half a megabyte, stay in the cache."""


def count_rows(bins: Bins, last: int) -> Places:
    """Histograms of rows.

    bins (Bins): (B, n) rounded cosines.
    last (int): The highest bin.
    RETURNS (Places): (B, 2 * last + 1) how often each occurs.
    """
    width = 2 * last + 1
    step = max(1, CHUNK // max(1, bins.shape[1]))
    found = np.empty((len(bins), width), np.int64)
    offsets = np.arange(min(step, len(bins)))[:, None] * width + last
    for start in range(0, len(bins), step):
        part = bins[start : start + step]
        places = (part + offsets[: len(part)]).ravel()
        counts = np.bincount(places, minlength=len(part) * width)
        found[start : start + step] = counts.reshape(-1, width)
    return found


def count_columns(bins: Bins, last: int) -> Places:
    """Histograms of columns.

    bins (Bins): (n, B) rounded cosines.
    last (int): The highest bin.
    RETURNS (Places): (B, 2 * last + 1) how often each occurs.
    """
    width = 2 * last + 1
    step = max(1, CHUNK // max(1, len(bins)))
    found = np.empty((bins.shape[1], width), np.int64)
    offsets = np.arange(min(step, len(found))) * width + last
    for start in range(0, len(found), step):
        part = bins[:, start : start + step]
        places = (part + offsets[: part.shape[1]]).ravel()
        counts = np.bincount(places, minlength=part.shape[1] * width)
        found[start : start + step] = counts.reshape(-1, width)
    return found
