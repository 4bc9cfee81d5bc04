"""Nearest vocabulary terms against the whole product."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.errors import ConfigError, ModelError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vectors import terms as module
from spacy_bert_unsup.vectors.importance import term_importance, usable_terms
from spacy_bert_unsup.vectors.settings import TextVectors
from spacy_bert_unsup.vectors.terms import nearest_terms
from spacy_bert_unsup.vectors.texts import text_vectors
from tests.toys import make_lm


@pytest.fixture
def vectors(bert_lm: MaskedLM) -> np.ndarray:
    return text_vectors(bert_lm, ["John lives in Paris.", "a bank", "cancer"])


def scores_by_hand(lm: MaskedLM, vector: np.ndarray, measure: str, bias: str) -> list:
    scores = []
    weights = term_importance(lm)
    for row, extra, weight in zip(lm.rows(), lm.bias(), weights, strict=True):
        score = float(vector @ row)
        if measure == "cosine":
            score /= float(np.linalg.norm(vector) * np.linalg.norm(row))
        if bias == "add":
            score += float(extra)
        if bias == "weight":
            score *= float(weight) if score > 0 else 2 - float(weight)
        scores.append(score)
    return scores


@pytest.mark.parametrize("measure", ["dot", "cosine"])
@pytest.mark.parametrize("bias", ["none", "add", "weight"])
def test_nearest_terms_equal_a_loop(
    bert_lm: MaskedLM,
    vectors: np.ndarray,
    measure: str,
    bias: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(module, "BLOCK", 2)
    most = int(usable_terms(bert_lm).sum())  # to the negative scores at the end
    found = nearest_terms(bert_lm, vectors, top_k=most, measure=measure, bias=bias)  # type: ignore[arg-type]
    usable = usable_terms(bert_lm)
    for i, vector in enumerate(vectors):
        scores = np.array(scores_by_hand(bert_lm, vector, measure, bias))
        best = np.argsort(np.where(usable, -scores, np.inf), kind="stable")[:most]
        assert found.ids[i, :7].tolist() == best[:7].tolist()
        assert scores[best].min() < 0
        np.testing.assert_allclose(found.scores[i], scores[best], atol=1e-4)


def test_only_allowed_terms_come_back(bert_lm: MaskedLM, vectors: np.ndarray):
    allowed = np.zeros(len(bert_lm.terms), bool)
    allowed[[10, 20]] = True
    found = nearest_terms(bert_lm, vectors, top_k=3, allowed=allowed)
    assert {*found.ids[:, :2].ravel().tolist()} == {10, 20}
    assert (found.ids[:, 2] == -1).all() and np.isneginf(found.scores[:, 2]).all()
    many = nearest_terms(bert_lm, vectors, top_k=10**6)
    assert many.ids.shape == (3, len(bert_lm.terms))


def test_top_layer_of_another_width_is_refused():
    lm = make_lm("albert")
    top = text_vectors(lm, ["a bank"], TextVectors(kind="top"))
    with pytest.raises(ModelError, match="E603"):
        nearest_terms(lm, top)


def test_unknown_choices_are_refused(bert_lm: MaskedLM, vectors: np.ndarray):
    with pytest.raises(ConfigError, match="measure"):
        nearest_terms(bert_lm, vectors, measure="l2")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="bias"):
        nearest_terms(bert_lm, vectors, bias="yes")  # type: ignore[arg-type]


def test_importance_pushes_stop_words_back():
    lm = MaskedLM.load("starter")
    texts = ["The patient was given aspirin for a fever.", "the city of Paris"]
    vectors = text_vectors(lm, texts)
    ranks = []
    for bias in ("add", "weight"):
        near = nearest_terms(lm, vectors, top_k=len(lm.terms), bias=bias)
        places = np.argsort(near.ids, axis=1)
        stops = [lm.terms.index(word) for word in ("the", ",", "of", "and", ".")]
        ranks.append(places[:, stops].mean())
    assert ranks[0] < ranks[1]
