"""From sets of terms to clusters: pivots, names, labels (spec 2.6, 2.7, 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import Ints
from .aggregation import (
    LabelCounts,
    count_labels,
    fold_seeds,
    name_terms,
    split_inferred,
    sum_labels,
)
from .clustering import Cluster, Clustering, GrownSets
from .cosines import Cosines
from .kinds import TermKinds
from .labels import SeedLabels
from .pivots import measure_sets


def label_clusters(
    cosines: Cosines,
    kinds: TermKinds,
    grown: GrownSets,
    *,
    seeds: SeedLabels,
    singletons: bool,
    restrict: bool,
    compatible: bool,
    parameters: dict[str, Any],
) -> Clustering:
    """Measure and name sets, and spread the labels of their terms.

    cosines (Cosines): The vocabulary.
    kinds (TermKinds): Names of its terms.
    grown (GrownSets): Sets in order.
    seeds (SeedLabels): What people said.
    singletons (bool): A set of one term is no cluster (greedy); or it is one, with mean
        1 (neighbours).
    restrict (bool): Terms keep labels that people gave them only.
    compatible (bool): The original's pivots.
    parameters (dict[str, Any]): Kept with the result.
    RETURNS (Clustering): The result.
    """
    terms = cosines.vectors.terms
    least = 2 if singletons else 1
    sizes = np.array([len(ids) for ids in grown.members], int)
    chosen = np.flatnonzero(sizes >= least).tolist()
    members = [grown.members[i] for i in chosen]
    folded = fold_seeds(seeds)
    labels = _count(members, kinds.names, folded)
    clusters = _make(
        cosines,
        [grown.seeds[i] for i in chosen],
        members,
        labels,
        greedy=singletons,
        compatible=compatible,
    )
    summed = sum_labels(len(terms), members, labels)
    inferred: dict[str, LabelCounts] = {}
    if restrict:
        summed, inferred = split_inferred(kinds.names, summed, folded)
    alone = np.flatnonzero((sizes == 1) & (least == 2))
    return Clustering(
        clusters,
        tuple(terms[grown.seeds[i]] for i in alone),
        tuple(terms[grown.seeds[i]] for i in np.flatnonzero(sizes == 0)),
        name_terms(terms, kinds.names, summed, folded),
        inferred,
        parameters,
    )


def _count(
    members: Sequence[Ints], names: Sequence[str], folded: SeedLabels
) -> list[LabelCounts]:
    known = np.array([name in folded for name in names], bool)
    found = []
    for ids in members:
        spoken = ids[known[ids]].tolist()
        found.append(count_labels([names[i] for i in spoken], folded))
    return found


def _make(
    cosines: Cosines,
    seeds: Sequence[int],
    members: Sequence[Ints],
    labels: Sequence[LabelCounts],
    *,
    greedy: bool,
    compatible: bool,
) -> tuple[Cluster, ...]:
    terms = cosines.vectors.terms
    starts = np.cumsum([0, *map(len, members)])
    flat = np.concatenate([*members, np.zeros(0, np.int32)])
    found = measure_sets(cosines, flat, starts, compatible=compatible)
    clusters: list[Cluster] = []
    taken: set[str | None] = set()
    for i, (seed, ids) in enumerate(zip(seeds, members, strict=True)):
        place = int(found.places[i])
        pivot = terms[ids[place]] if place >= 0 else None
        key = f"{pivot}++{terms[seed]}" if pivot in taken else pivot
        # Greedy clusters are kept by their key, neighbourhoods by their seed.
        taken.add(key if greedy else terms[seed])
        spelled = tuple(terms[j] for j in ids.tolist())
        clusters.append(
            Cluster(
                key,
                pivot,
                terms[seed],
                found.means[i],
                found.stds[i],
                spelled,
                labels[i],
            )
        )
    return tuple(clusters)
