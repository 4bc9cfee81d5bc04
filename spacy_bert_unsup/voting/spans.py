"""Label shares of spans -> decisions: which label, which spans, which of them overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Floats, Ints, TokenSpan
from ..vocab.scheme import LabelScheme


@dataclass(frozen=True)
class Rollup:
    """Fine labels summed up to the broad ones at the top of a scheme.

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
        return shares @ self.matrix


@dataclass(frozen=True)
class Decisions:
    """The best label of each of S spans.

    label (list[str]): The finest label that holds most of its root's share.
    root (Ints): (S,) index of the best root.
    score (Floats): (S,) share of that root, in [0, 1]; 0 where nothing voted.
    second (Ints): (S,) index of the second-best root.
    entity (Bools): (S,) whether the best root is an entity.
    """

    label: list[str]
    root: Ints
    score: Floats
    second: Ints
    entity: Bools


def decide_labels(
    shares: Floats, rollup: Rollup, *, fine_share: float, entities_only: bool = False
) -> Decisions:
    """Choose labels: the root with the largest share, then a finer label beneath it.

    shares (Floats): (S, L) pooled shares.
    rollup (Rollup): The scheme's roots.
    fine_share (float): A finer label is taken if it holds at least this share of the
        label above it, in (0, 1].
    entities_only (bool): Leave the non-entity labels out of the contest.
    RETURNS (Decisions): One per span.
    """
    summed = rollup.sum_up(shares)
    contest = np.where(rollup.entity, summed, -1) if entities_only else summed
    order = np.argsort(-contest, axis=1, kind="stable")
    best = order[:, 0]
    second = order[:, 1] if order.shape[1] > 1 else best
    score = np.take_along_axis(summed, best[:, None], 1)[:, 0]
    labels = [
        _refine(row, rollup.roots[root], rollup.scheme, fine_share)
        for row, root in zip(shares, best.tolist(), strict=True)
    ]
    entity = rollup.entity[best] & (score > 0)
    return Decisions(
        labels, best.astype(np.int32), score, second.astype(np.int32), entity
    )


def _refine(shares: Floats, root: str, scheme: LabelScheme, fine_share: float) -> str:
    column = {name: i for i, name in enumerate(scheme.labels)}

    def total(label: str) -> float:
        below = (n for n in scheme.labels if scheme.is_a(n, label))
        return float(sum(shares[column[name]] for name in below))

    label = root
    while children := [n for n in scheme.labels if scheme.parents.get(n) == label]:
        best = max(children, key=total)
        if total(best) <= 0 or total(best) < fine_share * total(label):
            break
        label = best
    return label


def segment_run(
    length: int, values: Mapping[TokenSpan, float]
) -> list[TokenSpan]:
    """Cut a run of tokens into the spans of the highest total value; gaps are free.

    length (int): Tokens in the run.
    values (Mapping[TokenSpan, float]): What each span is worth.
    RETURNS (list[TokenSpan]): Spans that do not overlap, in order; only spans of
        positive value.
    """
    best = [0.0] * (length + 1)
    back: list[TokenSpan | None] = [None] * (length + 1)
    for end in range(1, length + 1):
        best[end], back[end] = best[end - 1], None
        for start in range(end):
            value = values.get((start, end), 0.0)
            if value > 0 and best[start] + value > best[end]:
                best[end], back[end] = best[start] + value, (start, end)
    found: list[TokenSpan] = []
    end = length
    while end > 0:
        span = back[end]
        if span is None:
            end -= 1
        else:
            found.append(span)
            end = span[0]
    return found[::-1]


def find_runs(
    wanted: Sequence[bool], bridges: Sequence[bool]
) -> list[TokenSpan]:
    """Maximal runs of wanted tokens; a single bridge between two of them is inside.

    wanted (Sequence[bool]): (T,) tokens that may be part of an entity.
    bridges (Sequence[bool]): (T,) tokens such as "-" or "of" that may join two.
    RETURNS (list[TokenSpan]): Runs in order.
    """
    runs: list[TokenSpan] = []
    for token, want in enumerate(wanted):
        if not want:
            continue
        if runs and runs[-1][1] == token:
            runs[-1] = (runs[-1][0], token + 1)
        elif runs and runs[-1][1] == token - 1 and bridges[token - 1]:
            runs[-1] = (runs[-1][0], token + 1)
        else:
            runs.append((token, token + 1))
    return runs


def resolve_overlaps(
    spans: Sequence[TokenSpan], scores: Sequence[float], taken: Sequence[bool]
) -> list[int]:
    """Choose spans that do not overlap: highest score first, then the longer one.

    spans (Sequence[TokenSpan]): S spans.
    scores (Sequence[float]): (S,) their scores.
    taken (Sequence[bool]): (T,) tokens that are not free.
    RETURNS (list[int]): Indices of the chosen spans, in text order.
    """
    free = ~np.array(taken, bool)
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
