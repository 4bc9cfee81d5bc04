"""The whole vocabulary against itself, a block at a time, each product for two rows.

The cosine of two terms is the same in both rows, so a block of rows is multiplied with
the terms from its first one on only; what that says of later rows is kept until their
turn. The next block is multiplied while the caller works on the present one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..types import Floats, Ints
from .cosines import Cosines, Doubles, Places, find_marks
from .counts import count_columns, count_rows
from .near import NearLists, find_near, find_stride, guess_cuts, round_lists
from .ordering import order_stably

Item = TypeVar("Item")

NOBODY = 3.0
"""A cosine that no term exceeds."""


class NearBlock(NamedTuple):
    """A block of rows with their nearest terms.

    ids (Ints): (B,) terms.
    left (Doubles): (B, D) their vectors of length 1.
    near (NearLists): Their lists.
    """

    ids: Ints
    left: Doubles
    near: NearLists


def sweep_near(
    cosines: Cosines, ids: Ints, *, many: int, least: float = -2.0
) -> Iterator[NearBlock]:
    """The nearest terms of many terms.

    cosines (Cosines): The vocabulary.
    ids (Ints): Terms, ascending.
    many (int): About so many for each; all when 0.
    least (float): None with a cosine clearly below it.
    YIELDS (NearBlock): In the order of the ids.
    """
    size = len(cosines.vectors)
    if not find_stride(size, many) or 2 * len(ids) < size:
        return prefetch(_row_by_row(cosines, ids, many, least))
    return prefetch(_both_ways(cosines, ids, many, least))


def prefetch(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in a thread of its own while this one is in use.

    items (Iterator[Item]): What to go through.
    YIELDS (Item): The same, in the same order.
    """
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(next, items, None)
        while (item := ahead.result()) is not None:
            ahead = pool.submit(next, items, None)
            yield item


def _row_by_row(
    cosines: Cosines, ids: Ints, many: int, least: float
) -> Iterator[NearBlock]:
    for start in range(0, len(ids), cosines.block):
        part = ids[start : start + cosines.block]
        left = cosines.rows(part)
        yield NearBlock(part, left, find_near(cosines, left, many=many, least=least))


class _Found(NamedTuple):
    """Products above the cuts: row and term of each; terms ascend within a row."""

    rows: Places
    terms: Places
    values: Floats


def _both_ways(
    cosines: Cosines, ids: Ints, many: int, least: float
) -> Iterator[NearBlock]:
    size, step = len(cosines.vectors), cosines.block
    cuts = _guess_all_cuts(cosines, ids, many, least)
    waiting: list[list[_Found]] = [[] for _ in range(0, size, step)]
    for n, start in enumerate(range(0, size, step)):
        own = np.arange(start, min(size, start + step), dtype=np.int32)
        left = cosines.rows(own)
        products = cosines.products(left, first=start)
        rows, terms = find_marks(products > cuts[own, None])
        here = _Found(rows, terms + start, products[rows, terms])
        _keep_for_later(products[:, len(own) :], cuts, start, step, waiting)
        wanted = np.flatnonzero(cuts[own] < NOBODY)
        found = _gather([*waiting[n], here], wanted, len(own))
        waiting[n] = []
        own, left = own[wanted], left[wanted]
        if len(own):
            yield NearBlock(own, left, round_lists(cosines, left, cuts[own], *found))


def _guess_all_cuts(cosines: Cosines, ids: Ints, many: int, least: float) -> Floats:
    """(V,) the cut of each row; nobody is above those of rows that are not asked."""
    size = len(cosines.vectors)
    stride = find_stride(size, many)
    sample = cosines.unit[::stride].T.copy()
    cuts = np.full(size, NOBODY, np.float32)
    for start in range(0, len(ids), 1024):
        part = ids[start : start + 1024]
        cuts[part] = guess_cuts(cosines.unit[part] @ sample, many / stride, least)
    return cuts


def _keep_for_later(
    products: Floats, cuts: Floats, start: int, step: int, waiting: list[list[_Found]]
) -> None:
    """Hand what a block says of later rows to the blocks that these are in."""
    first = start + len(products)
    terms, rows = find_marks(products > cuts[first:])
    values = products[terms, rows]
    blocks = rows // step
    order = order_stably(blocks, len(waiting))
    rows, terms, values = rows[order], terms[order] + start, values[order]
    bounds = np.searchsorted(blocks[order], np.arange(len(waiting) + 1))
    for n, (low, high) in enumerate(itertools.pairwise(bounds.tolist())):
        if low < high:
            found = _Found(
                (rows[low:high] - n * step).astype(np.int16),
                terms[low:high].astype(np.int32),
                values[low:high].copy(),
            )
            waiting[first // step + n].append(found)


def _gather(parts: list[_Found], wanted: Places, size: int) -> _Found:
    """Put parts, in the order of their terms, together: row by row."""
    rows, terms, values = map(np.concatenate, zip(*parts, strict=True))
    place = np.zeros(size, np.int64)
    place[wanted] = np.arange(len(wanted))
    order = order_stably(rows, size)
    return _Found(place[rows[order]], terms[order], values[order])


def sweep_counts(cosines: Cosines, ids: Ints) -> Iterator[tuple[Ints, Places]]:
    """The histograms of many terms.

    cosines (Cosines): The vocabulary.
    ids (Ints): Terms, ascending.
    YIELDS (tuple[Ints, Places]): (B,) ids, in order, and (B, 2 * last + 1) terms in
        each bin, from -last to last.
    """
    if 2 * len(ids) < len(cosines.vectors):
        blocks = cosines.bin_blocks(ids)
        return prefetch((part, count_rows(bins, cosines.last)) for part, bins in blocks)
    return prefetch(_count_both_ways(cosines, ids))


def _count_both_ways(
    cosines: Cosines, ids: Ints
) -> Iterator[tuple[Ints, NDArray[np.int32]]]:
    size, step = len(cosines.vectors), cosines.tile
    wanted = np.zeros(size, bool)
    wanted[ids] = True
    counts = np.zeros((size, 2 * cosines.last + 1), np.int32)
    for start in range(0, size, step):
        own = np.arange(start, min(size, start + step), dtype=np.int32)
        left = cosines.rows(own)
        for first in range(start, size, step):
            bins = cosines.bins(left, first=first, last=first + step)
            counts[own] += count_rows(bins, cosines.last).astype(np.int32)
            if first > start:
                later = counts[first : first + step]
                later += count_columns(bins, cosines.last).astype(np.int32)
        own = own[wanted[own]]
        if len(own):
            yield own, counts[own]
