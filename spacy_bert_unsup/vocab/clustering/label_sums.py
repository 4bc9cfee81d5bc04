"""Adding up labels: clusters get those of their members, terms those of their clusters.

Sums are made a label at a time, over all pairs of a row and a thing at once: most
clusters have most labels, so that there is little to leave out.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...types import Ints
from ..geometry.ordering import order_stably

Longs: TypeAlias = NDArray[np.int64]

LabelCounts: TypeAlias = dict[str, int]
"""Label -> how often it was met, most often first."""

CHUNK = 2**21
"""Pairs of a row and a thing that are added up at a time."""

LATE = 2**30
"""When a label came that never did."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Labels of n things, one after the other.

    starts (Longs): (n + 1,) where the labels of each begin.
    columns (Longs): (m,) places in `names`.
    counts (Longs): (m,) how often each.
    names (list[str]): L labels.
    """

    starts: Longs
    columns: Longs
    counts: Longs
    names: list[str]

    @classmethod
    def make(cls, rows: Sequence[Collection[str]]) -> LabelTable:
        """Lay labels out.

        rows (Sequence[Collection[str]]): Different labels of n things.
        RETURNS (LabelTable): The same, each label once.
        """
        names = list(dict.fromkeys(name for row in rows for name in row))
        column = {name: i for i, name in enumerate(names)}
        columns = np.array([column[name] for row in rows for name in row], np.int64)
        ones = np.ones(len(columns), np.int64)
        return cls(np.cumsum([0, *map(len, rows)]), columns, ones, names)

    def to_dicts(self) -> list[LabelCounts]:
        """The same as n dicts.

        RETURNS (list[LabelCounts]): Labels in their order.
        """
        labels = np.array([*self.names, ""], object)[self.columns].tolist()
        pairs = zip(labels, self.counts.tolist(), strict=True)
        sizes = np.diff(self.starts).tolist()
        return [dict(itertools.islice(pairs, size)) for size in sizes]

    def add_up(self, size: int, rows: Longs, things: Longs) -> LabelTable:
        """Give rows the labels of things, and add up what each row gets.

        size (int): Number of rows.
        rows (Longs): (k,) who gets.
        things (Longs): (k,) whose labels.
        RETURNS (LabelTable): Labels of each row: highest first, ties in the order in
            which they came.
        """
        labelled = np.diff(self.starts) > 0
        keep = np.flatnonzero(labelled[things])
        rows = rows[keep]
        things = things[keep[order_stably(rows, size)]]
        bounds = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))])
        sizes = np.zeros(size, np.int64)
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        most = min(CHUNK, LATE // (len(self.names) + 1))
        for first, last in _split_rows(bounds, most):
            own = first + np.flatnonzero(np.diff(bounds[first : last + 1]))
            part = things[bounds[first] : bounds[last]]
            total, met = self._sum_runs(part, bounds[own] - bounds[first])
            sizes[own], columns, counts = _rank(total, met)
            found.append((columns, counts))
        columns, counts = map(np.concatenate, zip(*found, strict=True))
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return LabelTable(starts, columns, counts, self.names)

    def _sum_runs(self, things: Longs, begins: Longs) -> tuple[Ints, Ints]:
        """(R, L) sums of runs of things that begin at these places; when first met."""
        shape = (len(begins), len(self.names))
        total, met = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        arrival = np.arange(len(things), dtype=np.int32) * len(self.names)
        for i, (count, place) in enumerate(self._columns()):
            total[:, i] = np.add.reduceat(count.take(things), begins, dtype=np.int32)
            met[:, i] = np.minimum.reduceat(place.take(things) + arrival, begins)
        return total, met

    def _columns(self) -> Iterator[tuple[Ints, Ints]]:
        """Of each label (n,) how often things have it, and at which place of theirs."""
        many = np.diff(self.starts)
        things = np.repeat(np.arange(len(many)), many)
        places = np.arange(len(things)) - self.starts[things]
        order = order_stably(self.columns, len(self.names))
        bounds = np.searchsorted(self.columns[order], np.arange(len(self.names) + 1))
        for first, last in itertools.pairwise(bounds.tolist()):
            here = order[first:last]
            count = np.zeros(len(many), np.int32)
            place = np.full(len(many), LATE, np.int32)
            count[things[here]] = self.counts[here]
            place[things[here]] = places[here]
            yield count, place


def _split_rows(bounds: Longs, most: int) -> Iterator[tuple[int, int]]:
    """Rows to take together, as many as fit: the first, and one past the last.

    bounds (Longs): (R + 1,) where the pairs of each row begin.
    most (int): Pairs, unless a row alone has more.
    """
    first = 0
    while first < len(bounds) - 1:
        fitting = int(np.searchsorted(bounds, bounds[first] + most, side="right")) - 1
        last = max(fitting, first + 1)
        yield first, last
        first = last


def _rank(total: Ints, met: Ints) -> tuple[Longs, Longs, Longs]:
    """How many labels each row has; columns and counts, highest first."""
    order = np.argsort(met - (total.astype(np.int64) << 31), axis=1)
    counts = np.take_along_axis(total, order, 1)
    given = counts > 0  # the first ones of each row
    return given.sum(axis=1), order[given], counts[given].astype(np.int64)
