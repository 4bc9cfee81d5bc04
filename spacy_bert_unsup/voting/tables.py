"""What each vocabulary term speaks for, made once from assets and settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Bools, Floats
from ..vocab.assets import ClusterAssets
from ..vocab.labels import match_seed_labels
from ..vocab.vectors import VocabVectors
from .settings import VotingSettings
from .votes import divide_rows, label_columns, normalise_counts

BLOCKING = ("FUNCTION", "VERB", "ADVERB")
"""Non-entity classes that no span takes in; adjectives and generic nouns may be."""


@dataclass(frozen=True)
class VoteTables:
    """Term x label shares for the different cues.

    entity (Bools): (L,) labels that are entities.
    voters (Floats): (V, L) what a term speaks for when the model offers it: a word that
        names a kind ("disease", "president") speaks for the kind.
    alone (Floats): (V, L) what it is when it stands in the text by itself.
    blocking (Bools): (L,) labels whose words no span takes in.
    """

    entity: Bools
    voters: Floats
    alone: Floats
    blocking: Bools

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
        voters = normalise_counts(assets.counts, settings.count_norm)
        alone = voters.copy()
        column = {name: i for i, name in enumerate(scheme.labels)}
        for term, names in match_seed_labels(assets.seeds, vectors).items():
            columns = np.array([column[name] for name in names])
            own = _rank_shares(columns, len(column))
            mixed = entity[columns].any() and not entity[columns].all()
            # An entity label first: a kind word ("disease"); last: seldom an entity.
            kind = mixed and entity[columns[0]]
            voters[term] = divide_rows(own * entity) if kind else own
            alone[term] = divide_rows(own * ~entity) if mixed else own
        return cls(entity, voters, alone, label_columns(scheme.labels, BLOCKING))


def _rank_shares(columns: np.ndarray, size: int) -> Floats:
    """Labels in order of likelihood get 1, 1/2, 1/3 ... of a vote, normalised."""
    row = np.zeros(size, np.float32)
    row[columns] = 1 / np.arange(1, len(columns) + 1, dtype=np.float32)
    return row / row.sum()
