"""From sets of terms to clusters: pivots, names, labels (spec 2.6, 2.7, 3.2, 3.3)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...types import Ints
from ..geometry.ahead import one_product_thread
from ..geometry.cosines import Cosines
from ..geometry.pivots import measure_sets
from ..kinds import TermKinds
from ..labels import SeedLabels
from .aggregation import (
    LabelCounts,
    count_members,
    fold_seeds,
    name_terms,
    split_inferred,
    sum_labels,
)
from .results import Cluster, Clustering, GrownSets


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
    sets = _Sets.of(grown, chosen)
    folded = fold_seeds(seeds)
    labels = count_members(
        sets.owners, sets.terms, len(chosen), names=kinds.names, folded=folded
    )
    clusters = _make(
        cosines, sets, labels.to_dicts(), greedy=singletons, compatible=compatible
    )
    summed = sum_labels(sets.owners, sets.terms, len(terms), labels=labels)
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


class _Sets(NamedTuple):
    """Sets of terms, one after the other."""

    seeds: list[int]
    starts: NDArray[np.int64]
    owners: NDArray[np.int64]
    terms: Ints

    @classmethod
    def of(cls, grown: GrownSets, chosen: Sequence[int]) -> _Sets:
        members = [grown.members[i] for i in chosen]
        sizes = [len(ids) for ids in members]
        return cls(
            [grown.seeds[i] for i in chosen],
            np.cumsum([0, *sizes]),
            np.repeat(np.arange(len(sizes)), sizes),
            np.concatenate([*members, np.zeros(0, np.int32)]),
        )


def _make(
    cosines: Cosines,
    sets: _Sets,
    labels: Sequence[LabelCounts],
    *,
    greedy: bool,
    compatible: bool,
) -> tuple[Cluster, ...]:
    terms = cosines.vectors.terms
    with one_product_thread():  # they are many, and small
        found = measure_sets(cosines, sets.terms, sets.starts, compatible=compatible)
    spelled = np.array([*terms, ""], object)[sets.terms].tolist()
    bounds = itertools.pairwise(sets.starts.tolist())
    clusters: list[Cluster] = []
    taken: set[str | None] = set()
    for i, (first, last) in enumerate(bounds):
        members = tuple(spelled[first:last])
        seed, place = terms[sets.seeds[i]], int(found.places[i])
        pivot = members[place] if place >= 0 else None
        key = f"{pivot}++{seed}" if pivot in taken else pivot
        # Greedy clusters are kept by their key, neighbourhoods by their seed.
        taken.add(key if greedy else seed)
        mean, std = found.means[i], found.stds[i]
        clusters.append(Cluster(key, pivot, seed, mean, std, members, labels[i]))
    return tuple(clusters)
