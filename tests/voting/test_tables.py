from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.propagation import Propagation
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.voting.settings import VotingSettings
from spacy_bert_unsup.voting.tables import VoteTables

TERMS = ["[CLS]", "disease", "will", "fever", "EGFR", "ran", "near", "far"]
SEEDS = {
    "disease": ("DISEASE", "GENERIC"),
    "will": ("VERB", "PERSON"),
    "egfr": ("GENE", "PROTEIN", "DISEASE"),
    "fever": ("DISEASE",),
    "ran": ("VERB",),
}


@pytest.fixture
def made():
    angles = np.arange(8) * 0.7
    angles[6] = angles[3] + 0.1  # "near" is near "fever"
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    vectors = VocabVectors.from_wordpieces(TERMS, matrix)
    how = Propagation(min_cosine=0.95, components=-1)
    assets = ClusterAssets.build(vectors, SEEDS, model="toy", how=how)
    tables = VoteTables.build(vectors, assets, VotingSettings())

    def shares(table, term):
        row = getattr(tables, table)[TERMS.index(term)]
        named = zip(assets.scheme.labels, row.tolist(), strict=True)
        return {name: pytest.approx(x) for name, x in named if x}

    return tables, shares, assets.scheme.labels


def test_columns(made):
    tables, _, labels = made
    assert labels == ("DISEASE", "GENE", "PERSON", "PROTEIN", "GENERIC", "VERB")
    entity = dict(zip(labels, tables.entity.tolist(), strict=True))
    assert [name for name in labels if not entity[name]] == ["GENERIC", "VERB"]
    blocking = dict(zip(labels, tables.blocking.tolist(), strict=True))
    assert [name for name in labels if blocking[name]] == ["VERB"]


def test_labels_in_order_of_likelihood(made):
    _, shares, _ = made
    ranked = {"GENE": 6 / 11, "PROTEIN": 3 / 11, "DISEASE": 2 / 11}
    assert shares("voters", "EGFR") == shares("alone", "EGFR") == ranked


def test_word_that_names_a_kind(made):
    """It speaks for the kind, but is no entity by itself."""
    _, shares, _ = made
    assert shares("voters", "disease") == {"DISEASE": 1.0}
    assert shares("alone", "disease") == {"GENERIC": 1.0}


def test_word_that_is_seldom_an_entity(made):
    _, shares, _ = made
    assert shares("voters", "will") == {"VERB": 2 / 3, "PERSON": 1 / 3}
    assert shares("alone", "will") == {"VERB": 1.0}


def test_what_people_wrote_wins_over_what_was_propagated(made):
    _, shares, _ = made
    assert shares("voters", "fever") == shares("alone", "fever") == {"DISEASE": 1.0}
    assert shares("voters", "near") == shares("alone", "near") == {"DISEASE": 1.0}
    assert shares("voters", "far") == shares("voters", "[CLS]") == {}
