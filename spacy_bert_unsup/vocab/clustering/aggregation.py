"""From the labels of people to those of clusters and terms (spec 3.1 to 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...types import Ints
from ..labels import SeedLabels, merge_seed_labels
from .label_sums import LabelCounts as LabelCounts, LabelTable

OTHER = "OTHER"
"""The label of terms that no cluster and nobody labelled."""

UNTAGGED = "UNTAGGED_ENTITY"
"""The label of terms that people looked at and found to be no entity of interest."""


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


def sort_counts(counts: Mapping[str, int]) -> LabelCounts:
    """Bring labels into order.

    counts (Mapping[str, int]): Label -> count.
    RETURNS (LabelCounts): Highest first; ties as they were.
    """
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def count_members(
    owners: NDArray[np.int64],
    terms: Ints,
    size: int,
    *,
    names: Sequence[str],
    folded: SeedLabels,
) -> LabelTable:
    """The labels of clusters (spec 3.2): each member with each of its labels counts.

    owners (NDArray[np.int64]): (n,) cluster of each member; ascending.
    terms (Ints): (n,) members.
    size (int): C.
    names (Sequence[str]): Lower-case names of the V terms.
    folded (SeedLabels): Labels of lower-case terms.
    RETURNS (LabelTable): Of C clusters, most often first; ties in order of first
        occurrence.
    """
    table = LabelTable.make([folded.get(name, ()) for name in names])
    return table.add_up(size, owners, terms.astype(np.int64))


def sum_labels(
    owners: NDArray[np.int64],
    terms: Ints,
    size: int,
    *,
    labels: LabelTable,
) -> list[LabelCounts]:
    """Give the labels of each cluster to every member of it (spec 3.3).

    owners (NDArray[np.int64]): (n,) cluster of each member; ascending.
    terms (Ints): (n,) members.
    size (int): V.
    labels (LabelTable): Labels of C clusters.
    RETURNS (list[LabelCounts]): (V,) labels of each term; highest first, ties in the
        order in which a term came to them.
    """
    return labels.add_up(size, terms.astype(np.int64), owners).to_dicts()


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
