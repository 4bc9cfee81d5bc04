"""What each vocabulary term speaks for, made once from assets and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..types import Bools, Floats
from ..vocab.assets import ClusterAssets
from ..vocab.labels import match_seed_labels
from ..vocab.vectors import VocabVectors
from .settings import VotingSettings
from .votes import divide_rows, label_columns, normalise_counts

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

BLOCKING = ("FUNCTION", "VERB", "ADVERB")
"""Non-entity classes that no span takes in; adjectives and generic nouns may be."""


@dataclass(frozen=True)
class VoteTables:
    """Term x label shares for the different cues.

    entity (Bools): (L,) labels that are entities.
    voters (Floats): (V, L) what a term speaks for when the model offers it: a word that
        names a kind ("disease", "president") speaks for the kind.
    alone (Floats): (V, L) what it is when it stands in the text by itself.
    prior (Floats): (L,) share of each label in running text, by the model's bias.
    blocking (Bools): (L,) labels whose words no span takes in.
    """

    entity: Bools
    voters: Floats
    alone: Floats
    prior: Floats
    blocking: Bools

    @classmethod
    def build(
        cls,
        lm: MaskedLM,
        vectors: VocabVectors,
        assets: ClusterAssets,
        settings: VotingSettings,
    ) -> VoteTables:
        """Join what people wrote with what was propagated; what they wrote wins.

        lm (MaskedLM): The model; its bias tells how frequent terms are.
        vectors (VocabVectors): Its V terms.
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
            kind = entity[columns].any() and not entity[columns].all()
            voters[term] = divide_rows(own * entity) if kind else own
            alone[term] = divide_rows(own * ~entity) if kind else own
        prior = _label_prior(lm.bias(), vectors, voters)
        return cls(entity, voters, alone, prior, label_columns(scheme.labels, BLOCKING))


def _rank_shares(columns: np.ndarray, size: int) -> Floats:
    """Labels in order of likelihood get 1, 1/2, 1/3 ... of a vote, normalised."""
    row = np.zeros(size, np.float32)
    row[columns] = 1 / np.arange(1, len(columns) + 1, dtype=np.float32)
    return row / row.sum()


def _label_prior(bias: Floats, vectors: VocabVectors, voters: Floats) -> Floats:
    """Softmax of the bias is close to how often terms occur (spec 8)."""
    scores = np.where(vectors.usable & ~vectors.continues, bias, -np.inf)
    weights = np.exp(scores - scores.max())
    prior = (weights[:, None] * voters).sum(axis=0)
    return (prior / max(float(prior.sum()), 1e-9)).astype(np.float32)
