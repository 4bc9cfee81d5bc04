"""The whole vocabulary against itself, a block at a time, each product for two rows.

The cosine of two terms is the same in both rows, so only the upper half of the square
of products is made, in tiles; what a tile says of later rows is kept until their turn.
The next tiles are made while the caller works on what there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...types import Floats, Ints
from .ahead import map_ahead
from .cosines import Cosines, Doubles, Places
from .counts import count_columns, count_rows
from .near import (
    NearLists,
    find_near,
    find_stride,
    guess_cuts,
    pick_above,
    round_lists,
)

Tile: TypeAlias = tuple[int, int]
"""First row and first column of a square block of products."""

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
    if find_stride(size, many) and 2 * len(ids) >= size:
        yield from _both_ways(cosines, ids, many, least)
        return

    def find(start: int) -> NearBlock:
        part = ids[start : start + cosines.block]
        left = cosines.rows(part)
        return NearBlock(part, left, find_near(cosines, left, many=many, least=least))

    yield from map_ahead(find, range(0, len(ids), cosines.block))


class _Found(NamedTuple):
    """Products above the cuts: row in the block, and term; terms ascend in a row."""

    rows: NDArray[np.int16]
    terms: Ints
    values: Floats

    @classmethod
    def pack(cls, rows: Places, terms: Places, values: Floats) -> _Found:
        return cls(rows.astype(np.int16), terms.astype(np.int32), values)


def _both_ways(
    cosines: Cosines, ids: Ints, many: int, least: float
) -> Iterator[NearBlock]:
    size, step = len(cosines.vectors), cosines.tile
    cuts = _guess_all_cuts(cosines, ids, many, least)
    tiles = list(iter_tiles(size, step))
    waiting: list[list[_Found]] = [[] for _ in range(0, size, step)]

    def find(tile: Tile) -> tuple[_Found, _Found | None]:
        return _find_above(cosines, cuts, tile, step)

    for (start, first), found in zip(tiles, map_ahead(find, tiles), strict=True):
        n = start // step
        waiting[n].append(found[0])
        if found[1] is not None:
            waiting[first // step].append(found[1])
        if first + step < size:
            continue
        own = np.arange(start, min(size, start + step), dtype=np.int32)
        wanted = np.flatnonzero(cuts[own] < NOBODY)
        gathered = _gather(waiting[n], wanted, len(own))
        waiting[n] = []
        own = own[wanted]
        if len(own):
            left = cosines.rows(own)
            near = round_lists(cosines, left, cuts[own], *gathered)
            yield NearBlock(own, left, near)


def iter_tiles(size: int, step: int) -> Iterator[Tile]:
    """The upper half of a square, in square tiles.

    size (int): V.
    step (int): Rows, and columns, of a tile.
    YIELDS (Tile): Row by row; the first one of a row is on the diagonal.
    """
    for start in range(0, size, step):
        for first in range(start, size, step):
            yield start, first


def _find_above(
    cosines: Cosines, cuts: Floats, tile: Tile, step: int
) -> tuple[_Found, _Found | None]:
    """What a tile says of its rows; and of its columns, if these are others."""
    own, other = (slice(place, place + step) for place in tile)
    products = cosines.unit[own] @ cosines.unit[other].T
    rows, terms, values = pick_above(products, cuts[own, None])
    down = _Found.pack(rows, terms + other.start, values)
    if own == other:
        return down, None
    terms, rows, values = pick_above(products, cuts[other])
    return down, _Found.pack(rows, terms + own.start, values)


def _guess_all_cuts(cosines: Cosines, ids: Ints, many: int, least: float) -> Floats:
    """(V,) the cut of each row; nobody is above those of rows that are not asked."""
    size = len(cosines.vectors)
    stride = find_stride(size, many)
    sample = cosines.unit[::stride].T.copy()
    cuts = np.full(size, NOBODY, np.float32)

    def guess(part: Ints) -> Floats:
        return guess_cuts(cosines.unit[part] @ sample, many / stride, least)

    parts = [ids[i : i + cosines.tile] for i in range(0, len(ids), cosines.tile)]
    for part, found in zip(parts, map_ahead(guess, parts), strict=True):
        cuts[part] = found
    return cuts


def _gather(parts: list[_Found], wanted: Places, size: int) -> _Found:
    """Put parts together that are in the order of their terms."""
    rows, terms, values = map(np.concatenate, zip(*parts, strict=True))
    place = np.zeros(size, np.int16)
    place[wanted] = np.arange(len(wanted))
    return _Found(place[rows], terms, values)


def sweep_counts(cosines: Cosines, ids: Ints) -> Iterator[tuple[Ints, Places]]:
    """The histograms of many terms.

    cosines (Cosines): The vocabulary.
    ids (Ints): Terms, ascending.
    YIELDS (tuple[Ints, Places]): (B,) ids, in order, and (B, 2 * last + 1) terms in
        each bin, from -last to last.
    """
    if 2 * len(ids) >= len(cosines.vectors):
        yield from _count_both_ways(cosines, ids)
        return

    def count(start: int) -> tuple[Ints, Places]:
        part = ids[start : start + cosines.block]
        return part, count_rows(cosines.bins(cosines.rows(part)), cosines.last)

    yield from map_ahead(count, range(0, len(ids), cosines.block))


def _count_both_ways(
    cosines: Cosines, ids: Ints
) -> Iterator[tuple[Ints, NDArray[np.int32]]]:
    size, step = len(cosines.vectors), cosines.tile
    wanted = np.zeros(size, bool)
    wanted[ids] = True
    counts = np.zeros((size, 2 * cosines.last + 1), np.int32)
    tiles = list(iter_tiles(size, step))

    def count(tile: Tile) -> tuple[Places, Places | None]:
        start, first = tile
        left = cosines.rows(slice(start, start + step))
        bins = cosines.bins(left, first=first, last=first + step)
        across = count_columns(bins, cosines.last) if first > start else None
        return count_rows(bins, cosines.last), across

    for (start, first), found in zip(tiles, map_ahead(count, tiles), strict=True):
        counts[start : start + step] += found[0].astype(np.int32)
        if found[1] is not None:
            counts[first : first + step] += found[1].astype(np.int32)
        if first + step < size:
            continue
        own = np.arange(start, min(size, start + step), dtype=np.int32)
        own = own[wanted[own]]
        if len(own):
            yield own, counts[own]
