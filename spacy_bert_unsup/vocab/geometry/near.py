"""The nearest terms of rows, without rounding what is far away.

Tails and neighbourhoods need a few dozen terms of a row. How high their cosines are is
guessed from a sample of the row, and only what is above that cut is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...types import Floats, Ints
from .cosines import Bins, Cosines, Doubles, Places

SAMPLE = 512
"""Columns, at least, from which the place of a row's tail is guessed."""


@dataclass(frozen=True, slots=True)
class NearLists:
    """The nearest terms of a block of rows, each complete down to a floor of its own.

    rows (Ints): (n,) place of the row in the block; in any order.
    terms (Ints): (n,) vocabulary ids; those of one row ascend.
    bins (Bins): (n,) rounded cosines.
    cosines (Floats): (n,) the same unrounded, off by a float32's error.
    floors (Ints): (B,) every term of the row in this bin or above is listed.
    """

    rows: Ints
    terms: Ints
    bins: Bins
    cosines: Floats
    floors: Ints


def find_near(
    cosines: Cosines, left: Doubles, *, many: int = 0, least: float = -2.0
) -> NearLists:
    """The nearest terms of rows.

    cosines (Cosines): The vocabulary.
    left (Doubles): (B, D) rows of length 1.
    many (int): About so many for each row; all when 0.
    least (float): None with a cosine clearly below it.
    RETURNS (NearLists): The lists.
    """
    products = cosines.products(left)
    stride = find_stride(products.shape[1], many)
    cuts = guess_cuts(products[:, :: stride or 1], stride and many / stride, least)
    return round_lists(cosines, left, cuts, *pick_above(products, cuts[:, None]))


def find_stride(size: int, many: int) -> int:
    """How far apart the columns of a sample may be.

    At least eight values of a sample are above its cut: fewer tell little.

    size (int): V.
    many (int): Terms wanted; all when 0.
    RETURNS (int): 0 if no sample is to be taken.
    """
    if not many or size <= 2 * SAMPLE:
        return 0
    return max(1, min(size // SAMPLE, many // 8))


def guess_cuts(sample: Floats, many: float, least: float) -> Floats:
    """A value for each row that some of its sample exceed.

    sample (Floats): (B, S) cosines.
    many (float): How many of the sample; all when 0.
    least (float): No cut is below it.
    RETURNS (Floats): (B,).
    """
    if not many:
        return np.full(len(sample), least, np.float32)
    place = max(1, round(many))
    place = max(0, sample.shape[1] - 1 - place)
    cuts = np.partition(sample, place, axis=1)[:, place]
    return np.maximum(cuts, least).astype(np.float32)


def pick_above(products: Floats, cuts: Floats) -> tuple[Places, Places, Floats]:
    """Products above cuts, by flat places: two for each would take longer.

    products (Floats): (B, n).
    cuts (Floats): (B, 1) or (n,).
    RETURNS (tuple[Places, Places, Floats]): Rows, columns and products; row by row.
    """
    places = np.flatnonzero(products > cuts)
    rows = places // max(1, products.shape[1])
    columns = places - rows * products.shape[1]
    return rows, columns, products.reshape(-1).take(places)


def round_lists(
    cosines: Cosines,
    left: Doubles,
    cuts: Floats,
    rows: Places,
    terms: Places,
    products: Floats,
) -> NearLists:
    """Make lists out of products above cuts.

    cosines (Cosines): The vocabulary.
    left (Doubles): (B, D) rows of length 1.
    cuts (Floats): (B,) every product above is given.
    rows (Places): (n,) places in `left`.
    terms (Places): (n,) ids; those of one row ascend.
    products (Floats): (n,) cosines in float32.
    RETURNS (NearLists): The lists.
    """
    # A bin is complete if its lower edge is above the cut, by more than the error.
    floors = np.ceil((cuts.astype(np.float64) + cosines.error) * cosines.scale + 0.5)
    return NearLists(
        rows.astype(np.int32),
        terms.astype(np.int32),
        cosines.bins_of_pairs(left, rows, terms, products.copy()),
        products,
        np.maximum(floors, -cosines.last - 1).astype(np.int32),
    )
