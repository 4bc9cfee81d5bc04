"""What each vocabulary term speaks for, made once from assets and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..types import Bools, Floats
from ..vocab.assets import ClusterAssets
from ..vocab.labels import SeedLabels, match_seed_labels, seed_key
from ..vocab.shares import share_labels
from ..vocab.vectors import VocabVectors
from .settings import VotingSettings
from .spelling import SHORTEST, Endings, share_cases, share_digits
from .votes import label_columns, normalise_counts

BLOCKING = ("FUNCTION", "VERB", "ADVERB")
"""Non-entity classes that no span takes in; adjectives and generic nouns may be."""


@dataclass(frozen=True)
class VoteTables:
    """Term x label shares for the different cues.

    entity (Bools): (L,) labels that are entities.
    voters (Floats): (V + W, L) what a term speaks for when the model offers it: a word
        that names a kind ("disease", "president") speaks for the kind.
    alone (Floats): (V + W, L) what it is when it stands in the text by itself.
    blocking (Bools): (L,) labels whose words no span takes in.
    words (Mapping[str, int]): W seed terms without an entry in the vocabulary, and
        their rows, which are the last ones: no model offers them, but texts hold them.
    endings (Endings): Seeds that continue a word, and their rows.
    cases (Floats): (4, L) from `share_cases`.
    digits (Floats): (L,) from `share_digits`.
    """

    entity: Bools
    voters: Floats
    alone: Floats
    blocking: Bools
    words: Mapping[str, int] = field(default_factory=dict)
    endings: Endings = field(default_factory=lambda: Endings({}))
    cases: Floats = field(default_factory=lambda: np.ones((4, 1), np.float32))
    digits: Floats = field(default_factory=lambda: np.zeros(1, np.float32))

    @cached_property
    def voting(self) -> Bools:
        """(V + W,) terms that speak for something."""
        return np.asarray(self.voters.any(axis=1))

    @classmethod
    def build(
        cls,
        vectors: VocabVectors,
        assets: ClusterAssets,
        settings: VotingSettings,
    ) -> VoteTables:
        """Join what people wrote with what was propagated; what they wrote wins.

        vectors (VocabVectors): The V terms of a model.
        assets (ClusterAssets): Seeds and counts.
        settings (VotingSettings): Normalisation of the counts.
        RETURNS (VoteTables): The tables.
        """
        scheme = assets.scheme
        entity = label_columns(scheme.labels, scheme.entities)
        labels = assets.term_labels
        matched = match_seed_labels(labels, vectors)
        words = _words_without_entry(labels, vectors)
        rows = {word: len(vectors) + i for i, word in enumerate(words)}
        counts = normalise_counts(assets.counts, settings.count_norm)
        voters = np.pad(counts, ((0, len(rows)), (0, 0)))
        alone = voters.copy()
        column = {name: i for i, name in enumerate(scheme.labels)}
        written = matched | {row: labels[word] for word, row in rows.items()}
        for names, terms in _group_by_labels(written).items():
            shares = share_labels([column[name] for name in names], entity)
            voters[terms], alone[terms] = shares.voter, shares.alone
        blocking = label_columns(scheme.labels, BLOCKING)
        endings = Endings(_find_endings(labels, vectors, rows))
        cases, digits = share_cases(labels, scheme), share_digits(labels, scheme)
        return cls(entity, voters, alone, blocking, rows, endings, cases, digits)


def _group_by_labels(
    written: Mapping[int, tuple[str, ...]],
) -> dict[tuple[str, ...], list[int]]:
    """Rows by what people wrote about them: there are few ways to label many terms."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, names in written.items():
        groups.setdefault(names, []).append(row)
    return groups


def _words_without_entry(seeds: SeedLabels, vectors: VocabVectors) -> list[str]:
    """Seed terms that are no entry of the vocabulary, as they are or in lower case."""
    keys = {term: seed_key(term) for term in seeds}
    return [
        term
        for term, (surface, continues) in keys.items()
        if not {(surface, continues), (surface.lower(), continues)}
        & vectors.index.keys()
    ]


def _find_endings(
    seeds: SeedLabels, vectors: VocabVectors, words: Mapping[str, int]
) -> dict[str, int]:
    """Seeds that continue a word in lower case, and their rows of the tables."""
    found = {}
    for term in seeds:
        surface, continues = seed_key(term)
        if continues and len(surface) >= SHORTEST and surface.islower():
            row = vectors.index.get((surface, True), words.get(term, -1))
            if row >= 0:
                found[surface] = row
    return found
