"""From the labels of people to those of clusters and terms (spec 3.1 to 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..types import Ints
from .labels import SeedLabels, merge_seed_labels

LabelCounts: TypeAlias = dict[str, int]
"""Label -> how often it was met, most often first."""

OTHER = "OTHER"
"""The label of terms that no cluster and nobody labelled."""

UNTAGGED = "UNTAGGED_ENTITY"
"""The label of terms that people looked at and found to be no entity of interest."""

CHUNK = 2**21
"""Terms x labels added up at a time."""


def fold_seeds(seeds: SeedLabels) -> SeedLabels:
    """Seed labels without regard to case; labels of case variants are put together.

    The original stops at a term that occurs twice (BUG, mended).

    seeds (SeedLabels): Term -> labels.
    RETURNS (SeedLabels): Lower-case term -> labels in order.
    """
    return merge_seed_labels((term.lower(), names) for term, names in seeds.items())


def is_labelled(names: Sequence[str]) -> bool:
    """Whether labels say something (spec 3.4): two, or one that is no UNTAGGED_ENTITY.

    names (Sequence[str]): Labels of a term.
    RETURNS (bool): True if so.
    """
    return len(names) > 1 or (len(names) == 1 and names[0] != UNTAGGED)


def count_labels(names: Iterable[str], folded: SeedLabels) -> LabelCounts:
    """The labels of a cluster (spec 3.2); each case variant counts.

    names (Iterable[str]): The cluster's terms, lower-case, in order.
    folded (SeedLabels): Labels of lower-case terms.
    RETURNS (LabelCounts): Most often first; ties in order of first occurrence.
    """
    counts: LabelCounts = {}
    for name in names:
        for label in folded.get(name, ()):
            counts[label] = counts.get(label, 0) + 1
    return sort_counts(counts)


def sort_counts(counts: Mapping[str, int]) -> LabelCounts:
    """Bring labels into order.

    counts (Mapping[str, int]): Label -> count.
    RETURNS (LabelCounts): Highest first; ties as they were.
    """
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def sum_labels(
    size: int, members: Sequence[Ints], labels: Sequence[LabelCounts]
) -> list[LabelCounts]:
    """Give the labels of each cluster to every member of it (spec 3.3).

    size (int): V.
    members (Sequence[Ints]): Ids of each cluster, in creation order.
    labels (Sequence[LabelCounts]): Labels of each cluster.
    RETURNS (list[LabelCounts]): (V,) labels of each term; highest first, ties in the
        order in which a term came to them.
    """
    names = list(dict.fromkeys(name for counts in labels for name in counts))
    column = {name: i for i, name in enumerate(names)}
    table = _LabelTable(
        np.cumsum([0, *map(len, labels)]),
        np.array([column[name] for row in labels for name in row], np.int64),
        np.array([count for row in labels for count in row.values()], np.int64),
    )
    total = np.zeros(size * len(names), np.int64)
    met = np.full(size * len(names), np.iinfo(np.int64).max)
    owners = np.repeat(np.arange(len(members)), [len(ids) for ids in members])
    terms = np.concatenate([*members, np.zeros(0, np.int32)]).astype(np.int64)
    loads = np.cumsum(np.diff(table.starts)[owners])
    start = 0
    while start < len(terms):
        done = loads[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(loads, done + max(CHUNK, len(met)))))
        _add(total, met, terms[start:end], owners[start:end], table, len(names))
        start = end
    shape = (size, len(names))
    return _read_out(total.reshape(shape), met.reshape(shape), names)


class _LabelTable(NamedTuple):
    """Labels of C clusters: columns and counts, from `starts` on for each."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    counts: NDArray[np.int64]


def _add(
    total: NDArray[np.int64],
    met: NDArray[np.int64],
    terms: NDArray[np.int64],
    owners: NDArray[np.int64],
    table: _LabelTable,
    width: int,
) -> None:
    """Add the labels of clusters to some of their members.

    total, met: (V * width,) sums, and when a term first came to a label.
    terms, owners: (n,) members and their clusters, in the order of the clusters.
    """
    many = np.diff(table.starts)[owners]
    ends = np.cumsum(many)
    rank = np.arange(many.sum()) - np.repeat(ends - many, many)
    at = np.repeat(table.starts[:-1][owners], many) + rank
    where = np.repeat(terms, many) * width + table.columns[at]
    total += np.bincount(where, table.counts[at], len(total)).astype(np.int64)
    earliest = np.full(len(met), np.iinfo(np.int64).max)
    earliest[where[::-1]] = at[::-1]  # the first of each place is written last
    np.minimum(met, earliest, out=met)


def _read_out(
    total: NDArray[np.int64], met: NDArray[np.int64], names: list[str]
) -> list[LabelCounts]:
    found: list[LabelCounts] = [{} for _ in total]
    rows, columns = np.nonzero(total)
    counts = total[rows, columns]
    order = np.lexsort((met[rows, columns], -counts, rows))
    for i in order.tolist():
        found[rows[i]][names[columns[i]]] = int(counts[i])
    return found


def name_terms(
    terms: Sequence[str],
    names: Sequence[str],
    summed: Sequence[LabelCounts],
    folded: SeedLabels,
) -> dict[str, LabelCounts]:
    """The label table of a vocabulary (labels.txt of the original).

    terms (Sequence[str]): V entries; of those spelled alike the first counts.
    names (Sequence[str]): Their lower-case names.
    summed (Sequence[LabelCounts]): What they got from clusters.
    folded (SeedLabels): What people said; without clusters it counts 0.
    RETURNS (dict[str, LabelCounts]): Term -> labels; OTHER for those without.
    """
    found: dict[str, LabelCounts] = {}
    for term, name, counts in zip(terms, names, summed, strict=True):
        if term not in found:
            own = folded.get(name, (OTHER,))
            found[term] = counts or dict.fromkeys(own, 0)
    return found


def split_inferred(
    names: Sequence[str], summed: Sequence[LabelCounts], folded: SeedLabels
) -> tuple[list[LabelCounts], dict[str, LabelCounts]]:
    """Let terms keep the labels that people gave them only (the original in 2021).

    names (Sequence[str]): Lower-case names of V terms.
    summed (Sequence[LabelCounts]): What they got from clusters.
    folded (SeedLabels): What people said.
    RETURNS (tuple[list[LabelCounts], dict[str, LabelCounts]]): What is left to each
        term; and what the terms got of which people said nothing, case variants put
        together, those with the highest total first.
    """
    kept: list[LabelCounts] = []
    inferred: dict[str, LabelCounts] = {}
    for name, counts in zip(names, summed, strict=True):
        own = folded.get(name, ())
        kept.append({label: n for label, n in counts.items() if label in own})
        if counts and not own:
            _merge(inferred, name, counts)
    totals = sorted(inferred.items(), key=lambda pair: -sum(pair[1].values()))
    return kept, {name: sort_counts(counts) for name, counts in totals}


def consolidate(term_labels: Mapping[str, LabelCounts]) -> dict[str, LabelCounts]:
    """Put case variants together (spec 3.5).

    term_labels (Mapping[str, LabelCounts]): Term -> labels.
    RETURNS (dict[str, LabelCounts]): Lower-case term -> sums, highest first; on ties
        the labels of the first variant come first.
    """
    found: dict[str, LabelCounts] = {}
    for term, counts in term_labels.items():
        _merge(found, term.lower(), counts)
    return {name: sort_counts(counts) for name, counts in found.items()}


def _merge(table: dict[str, LabelCounts], name: str, counts: Mapping[str, int]) -> None:
    row = table.setdefault(name, {})
    for label, count in counts.items():
        row[label] = row.get(label, 0) + count
