"""An assets folder as the place where people work on labels.

seed_labels.jsonl     what people wrote, and the seed files that were taken over
stages/               the model's table, its clusters, the last propagation: made by
                      a build, and safe to delete
...                   the assets (see assets.py), once there are labels
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ...errors import AssetsError, BertUnsupError, Errors
from ...types import Bools, Floats, Ints
from ...util import read_text, write_text
from ..assets import CLUSTERS, SEEDS, ClusterAssets
from ..clustering.cluster_files import parse_clusters
from ..clustering.results import Cluster
from ..labels import (
    SeedLabels,
    dump_seed_labels,
    match_seed_labels,
    parse_seed_labels,
    read_seed_labels,
)
from ..vectors import VocabVectors
from .table import ModelTable

STAGES = "stages"
GIVEN = "given_seeds.jsonl"
SINGLETONS = "singletons.json"
PROPAGATED = "propagated"


@dataclass(frozen=True)
class Unit:
    """Terms that people label together.

    key (str): The pivot of a cluster, or the only term.
    ids (Ints): Vocabulary ids.
    """

    key: str
    ids: Ints


@dataclass(frozen=True)
class Workshop:
    """A folder with a model's table and clusters, and what people wrote.

    folder (Path): The folder.
    table (ModelTable): The model's V terms.
    clusters (list[Unit]): Clusters in creation order, then terms that have none.
    seeds (SeedLabels): What people wrote.
    labels (tuple[str, ...]): The L labels of the last propagation.
    counts (Floats): (V, L) its votes; L = 0 before the first build with labels.
    """

    folder: Path
    table: ModelTable
    clusters: list[Unit]
    seeds: SeedLabels
    labels: tuple[str, ...] = ()
    counts: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @classmethod
    def open(cls, folder: str | Path) -> Workshop:
        """Read a folder that a build was begun in.

        folder (str | Path): The folder.
        RETURNS (Workshop): All of it.
        RAISES (AssetsError): if there are no clusters in it, or a file is damaged.
        """
        folder = Path(folder)
        stages = folder / STAGES
        if not (stages / CLUSTERS).is_file():
            raise AssetsError(Errors.E238.format(path=folder))
        table = ModelTable.from_disk(stages)
        clusters = read_units(stages, table.vectors)
        shop = cls(folder, table, clusters, read_seeds(folder))
        return shop._with_votes()

    def _with_votes(self) -> Workshop:
        """The same with the last propagation's votes, where they fit the table."""
        counts = np.zeros((len(self.table.vectors), 0), np.float32)
        try:
            found = ClusterAssets.from_disk(self.folder / STAGES / PROPAGATED)
        except BertUnsupError:  # not built yet; a build says what is wrong with it
            return replace(self, counts=counts)
        if found.fingerprint != self.table.vectors.fingerprint:
            return replace(self, counts=counts)
        return replace(self, counts=found.counts, labels=found.scheme.labels)

    @cached_property
    def matched(self) -> dict[int, tuple[str, ...]]:
        """Vocabulary id -> labels that people gave it."""
        return match_seed_labels(self.seeds, self.table.vectors)

    @cached_property
    def done(self) -> Bools:
        """(V,) terms that people have labelled."""
        found = np.zeros(len(self.table.vectors), bool)
        found[list(self.matched)] = True
        return found

    def with_seeds(self, seeds: SeedLabels) -> Workshop:
        """The same folder after people wrote something.

        seeds (SeedLabels): All that they wrote.
        RETURNS (Workshop): A copy; nothing is written.
        """
        return replace(self, seeds=seeds)

    def save_seeds(self) -> None:
        """Write what people wrote, in one step."""
        write_text(self.folder / SEEDS, dump_seed_labels(self.seeds))

    def terms(self) -> list[Unit]:
        """Every usable term as a unit of its own, in the order of the vocabulary."""
        vectors = self.table.vectors
        ids = np.flatnonzero(_nameable(vectors)).astype(np.int32)
        return [Unit(vectors.surfaces[i], np.array([i], np.int32)) for i in ids]


def read_seeds(folder: Path) -> SeedLabels:
    """What people wrote in a folder.

    folder (Path): The folder.
    RETURNS (SeedLabels): Term -> labels; empty if there is no such file.
    RAISES (AssetsError): if a line is not of the format.
    """
    path = folder / SEEDS
    return read_seed_labels(path) if path.exists() else {}


def read_given(folder: Path) -> SeedLabels:
    """What the seed files said when they were last taken over.

    folder (Path): The assets folder.
    RETURNS (SeedLabels): Term -> labels.
    """
    path = folder / STAGES / GIVEN
    return parse_seed_labels(read_text(path), path) if path.exists() else {}


def read_clusters(stages: Path) -> tuple[Cluster, ...]:
    """The clusters that the build made.

    stages (Path): The folder of the stages.
    RETURNS (tuple[Cluster, ...]): In creation order, without labels.
    """
    path = stages / CLUSTERS
    return parse_clusters(read_text(path), path)


def read_units(stages: Path, vectors: VocabVectors) -> list[Unit]:
    """Clusters, and the terms that have none.

    stages (Path): The folder of the stages.
    vectors (VocabVectors): The vocabulary that the clusters are of.
    RETURNS (list[Unit]): Clusters in creation order, then single terms.
    RAISES (AssetsError): if a file is damaged.
    """
    ids = term_ids(vectors)
    nameable = _nameable(vectors)
    try:
        clusters = read_clusters(stages)
        lone = json.loads(read_text(stages / SINGLETONS))
        groups = [(str(c.key), [ids[term] for term in c.terms]) for c in clusters]
        groups += [(term, [ids[term]]) for term in lone]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = Errors.E237.format(path=stages, error=repr(error), folder=stages)
        raise AssetsError(message) from error
    units = [
        Unit(key, np.array([i for i in members if nameable[i]], np.int32))
        for key, members in groups
    ]
    return [unit for unit in units if len(unit.ids)]


def relabel_clusters(
    clusters: Sequence[Cluster],
    matched: Mapping[int, Sequence[str]],
    vectors: VocabVectors,
) -> tuple[list[Cluster], Bools]:
    """Count the labels of clusters anew (spec 3.2).

    clusters (Sequence[Cluster]): With any counts.
    matched (Mapping[int, Sequence[str]]): Vocabulary id -> labels that people gave it.
    vectors (VocabVectors): The vocabulary.
    RETURNS (tuple[list[Cluster], Bools]): The same with `labels` as people have it now;
        (V,) terms of clusters in which somebody labelled a term.
    """
    ids = term_ids(vectors)
    found, reached = [], np.zeros(len(vectors), bool)
    for cluster in clusters:
        members = [ids[term] for term in cluster.terms]
        votes = Counter(name for i in members for name in matched.get(i, ()))
        found.append(replace(cluster, labels=dict(votes.most_common())))
        reached[members] |= bool(votes)
    return found, reached


def term_ids(vectors: VocabVectors) -> dict[str, int]:
    """Where each entry stands, by its spelling in the vocabulary.

    vectors (VocabVectors): The vocabulary.
    RETURNS (dict[str, int]): Entry -> id; the first one of duplicates.
    """
    return {term: i for i, term in reversed(list(enumerate(vectors.terms)))}


def _nameable(vectors: VocabVectors) -> Bools:
    """(V,) usable entries without white space, which would part them in a sheet."""
    blank = [any(map(str.isspace, surface)) for surface in vectors.surfaces]
    return vectors.usable & ~np.array(blank, bool)
