"""Label shares of spans -> decisions: which label, and which of the spans."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..types import Bools, Floats, Ints, TokenSpan
from ..vocab.scheme import LabelScheme

_NEVER = -1e9


@dataclass(frozen=True)
class Rollup:
    """Fine labels summed up to the broad ones at the top of a scheme.

    scheme (LabelScheme): L labels.
    roots (tuple[str, ...]): R labels without a parent, in the scheme's order.
    matrix (Floats): (L, R) 1 where a label lies beneath (or is) a root.
    entity (Bools): (R,) roots that are entities.
    """

    scheme: LabelScheme
    roots: tuple[str, ...]
    matrix: Floats
    entity: Bools

    @classmethod
    def of(cls, scheme: LabelScheme) -> Rollup:
        """Find the roots of a scheme."""
        tops = [scheme.ancestors(label)[-1] for label in scheme.labels]
        roots = tuple(dict.fromkeys(tops))
        matrix = np.array([[top == root for root in roots] for top in tops])
        entity = np.array([root not in scheme.non_entity for root in roots], bool)
        return cls(scheme, roots, matrix.astype(np.float32), entity)

    def sum_up(self, shares: Floats) -> Floats:
        """(S, L) shares of all labels -> (S, R) shares of the roots."""
        # Not a matrix product: its last digits depend on how many rows it is given.
        columns, starts = self._columns
        return np.add.reduceat(shares[..., columns], starts, axis=-1)

    def best_entity(self, summed: Floats) -> tuple[Ints, Floats]:
        """(T, R) shares of the roots -> (T,) the best entity root, and its share."""
        entity = summed * self.entity
        return entity.argmax(axis=1).astype(np.int32), entity.max(axis=1, initial=0)

    @cached_property
    def _columns(self) -> tuple[Ints, Ints]:
        """The columns of L labels root by root, and where each root starts."""
        root = self.matrix.argmax(axis=1)
        columns = np.argsort(root, kind="stable")
        starts = np.searchsorted(root[columns], np.arange(len(self.roots)))
        return columns.astype(np.int32), starts.astype(np.int32)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All N labels: those of the scheme, and roots that it does not list."""
        return tuple(dict.fromkeys([*self.scheme.labels, *self.roots]))

    @cached_property
    def beneath(self) -> NDArray[np.float64]:
        """(L, N) 1 where a label lies beneath, or is, the label of the column."""
        is_a = self.scheme.is_a
        rows = [[is_a(low, top) for top in self.names] for low in self.scheme.labels]
        return np.array(rows, np.float64)

    @cached_property
    def families(self) -> list[tuple[int, list[int]]]:
        """Each label with labels right beneath it, from the roots down, as indices."""
        names, parents = self.names, self.scheme.parents
        found = []
        for i, label in enumerate(names):
            below = [j for j, name in enumerate(names) if parents.get(name) == label]
            if below:
                found.append((len(self.scheme.ancestors(label)), i, below))
        return [(i, below) for _, i, below in sorted(found)]


@dataclass(frozen=True)
class Decisions:
    """The best entity label of each of S spans.

    root (Ints): (S,) index of the best entity root.
    score (Floats): (S,) its share of the whole vote, in [0, 1]; 0 if nothing voted.
    entity (Floats): (S,) share of all entity labels together, in [0, 1].
    summed (Floats): (S, R) shares of all roots.
    """

    root: Ints
    score: Floats
    entity: Floats
    summed: Floats

    def part(self, rows: Ints) -> Decisions:
        """Those of some spans."""
        return Decisions(
            self.root[rows], self.score[rows], self.entity[rows], self.summed[rows]
        )


def decide_roots(shares: Floats, rollup: Rollup) -> Decisions:
    """Find the entity root with the largest share of the vote.

    shares (Floats): (S, L) pooled shares.
    rollup (Rollup): The scheme's roots.
    RETURNS (Decisions): One per span.
    """
    summed = rollup.sum_up(shares)
    entity = summed * rollup.entity
    root = entity.argmax(axis=1).astype(np.int32)
    return Decisions(root, entity.max(axis=1, initial=0), entity.sum(axis=1), summed)


def refine_labels(
    shares: Floats, roots: Ints, rollup: Rollup, *, fine_share: float
) -> Ints:
    """Go down from the roots as long as one label beneath holds most of the share.

    shares (Floats): (S, L) of the spans.
    roots (Ints): (S,) where to start, as indices of `rollup.roots`.
    rollup (Rollup): The scheme's roots.
    fine_share (float): Least share of a label, of the one above it, in (0, 1].
    RETURNS (Ints): (S,) the root or a label beneath it, as indices of `rollup.names`.
    """
    start = np.array([rollup.names.index(root) for root in rollup.roots], np.int32)
    label = start[roots]
    totals = shares.astype(np.float64) @ rollup.beneath
    for above, below in rollup.families:
        rows = np.flatnonzero(label == above)
        best = np.array(below, np.int32)[totals[rows][:, below].argmax(axis=1)]
        most = totals[rows, best]
        down = (most > 0) & (most >= fine_share * totals[rows, above])
        label[rows[down]] = best[down]
    return label


def refine_label(
    shares: Floats, root: str, scheme: LabelScheme, *, fine_share: float
) -> str:
    """As `refine_labels`, for one span.

    shares (Floats): (L,) of the span.
    root (str): Where to start.
    scheme (LabelScheme): L labels.
    fine_share (float): Least share of a label, of the one above it, in (0, 1].
    RETURNS (str): The root or a label beneath it.
    """
    rollup = Rollup.of(scheme)
    start = np.array([rollup.roots.index(root)], np.int32)
    found = refine_labels(shares[None], start, rollup, fine_share=fine_share)
    return rollup.names[int(found[0])]


def segment_tokens(
    length: int,
    values: Mapping[TokenSpan, float],
    *,
    split_cost: float = 0.0,
    free: Collection[int] = (),
) -> list[TokenSpan]:
    """Choose spans that do not overlap, of the highest total value.

    Dynamic programming over the tokens; two spans side by side cost extra, gaps do not.

    length (int): T, tokens of the text.
    values (Mapping[TokenSpan, float]): What each span is worth.
    split_cost (float): Taken off where a span starts at the end of another.
    free (Collection[int]): Tokens at which that costs nothing.
    RETURNS (list[TokenSpan]): In text order; only spans that raise the total.
    """
    ending: dict[int, list[tuple[int, float]]] = {}
    for (start, end), value in values.items():
        ending.setdefault(end, []).append((start, value))
    # Best totals up to a token: after a gap, and right after a span.
    gap, span = [0.0] * (length + 1), [_NEVER] * (length + 1)
    came: list[tuple[int, bool]] = [(0, False)] * (length + 1)
    for end in range(1, length + 1):
        gap[end] = max(gap[end - 1], span[end - 1])
        for start, value in ending.get(end, ()):
            beside = span[start] - (0.0 if start in free else split_cost)
            total = value + max(gap[start], beside)
            if total > span[end]:
                span[end], came[end] = total, (start, beside > gap[start])
    found: list[TokenSpan] = []
    end, in_span = length, span[length] > gap[length]
    while end > 0:
        if in_span:
            start, in_span = came[end]
            found.append((start, end))
            end = start
        else:
            end -= 1
            in_span = span[end] > gap[end]
    return found[::-1]


def resolve_overlaps(
    spans: Sequence[TokenSpan], scores: Sequence[float], taken: Bools
) -> list[int]:
    """Choose spans that do not overlap: highest score first, then the longer one.

    spans (Sequence[TokenSpan]): S spans.
    scores (Sequence[float]): (S,) their scores.
    taken (Bools): (T,) tokens that are not free.
    RETURNS (list[int]): Indices of the chosen spans, in text order.
    """
    free = ~taken
    chosen = []
    order = sorted(
        range(len(spans)),
        key=lambda i: (-scores[i], spans[i][0] - spans[i][1], spans[i][0]),
    )
    for i in order:
        start, end = spans[i]
        if end > start and free[start:end].all():
            free[start:end] = False
            chosen.append(i)
    return sorted(chosen, key=lambda i: spans[i])
