"""What a logit is made of must add up to it, for every family."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Ints
from spacy_bert_unsup.vectors.decompose import (
    decompose,
    decompose_terms,
    own_probabilities,
    position_vectors,
    score_terms,
)
from spacy_bert_unsup.vectors.importance import usable_terms
from spacy_bert_unsup.vectors.windows import with_specials
from tests.conftest import FAMILIES
from tests.toys import make_lm
from tests.vectors.naive import cosine, logits_of


def masked_sequence(lm: MaskedLM) -> Ints:
    ids = lm.tokenize(["John lives in Paris."])[0].ids.copy()
    ids[1] = lm.mask_id
    return with_specials(lm, ids)


@pytest.mark.parametrize("family", FAMILIES)
def test_parts_add_up_to_the_logits(family: str):
    lm = make_lm(family)
    ids = masked_sequence(lm)
    logits = logits_of(family, ids.tolist())
    found = decompose(lm, ids, top_k=5)
    at = np.arange(len(ids))[:, None]
    np.testing.assert_allclose(found.score, logits[at, found.terms], atol=1e-4)
    np.testing.assert_allclose(found.score, found.dot + found.bias, atol=1e-5)
    product = found.n1[:, None] * found.n2 * found.cos
    np.testing.assert_allclose(found.dot, product, atol=1e-4)
    allowed = np.where(usable_terms(lm), logits, -np.inf)
    best = np.sort(allowed, axis=1)[:, ::-1][:, :5]
    np.testing.assert_allclose(found.score, best, atol=1e-4)


def test_angles_and_lengths_are_the_usual_ones(bert_lm: MaskedLM):
    ids = masked_sequence(bert_lm)
    vectors, rows = position_vectors(bert_lm, ids), bert_lm.rows()
    found = decompose(bert_lm, ids, top_k=3)
    for i, terms in enumerate(found.terms):
        assert found.n1[i] == pytest.approx(np.linalg.norm(vectors[i]), rel=1e-5)
        for k, term in enumerate(terms):
            wanted = cosine(vectors[i], rows[term])
            assert found.cos[i, k] == pytest.approx(wanted, abs=1e-5)


def test_all_positions_cost_one_forward(bert_lm: MaskedLM):
    ids = masked_sequence(bert_lm)
    bert_lm.stats.reset()
    decompose(bert_lm, ids)
    assert (bert_lm.stats.forwards, bert_lm.stats.rows) == (1, 1)


def test_given_terms_are_scored_at_every_position(toy_lm: MaskedLM):
    ids = masked_sequence(toy_lm)
    terms = np.unique(ids)
    found = score_terms(toy_lm, ids, terms)
    vectors = position_vectors(toy_lm, ids)
    wanted = vectors @ toy_lm.rows().T + toy_lm.bias()
    np.testing.assert_allclose(found, wanted[:, terms], atol=1e-4)


def test_places_without_a_term_are_nan(bert_lm: MaskedLM):
    vectors = position_vectors(bert_lm, masked_sequence(bert_lm))[:1]
    found = decompose_terms(bert_lm, vectors, np.array([[9, -1]], np.int32))
    assert np.isnan([found.n2[0, 1], found.cos[0, 1], found.score[0, 1]]).all()
    assert not np.isnan(found.score[0, 0])


def test_own_probability_is_that_of_the_softmax(bert_lm: MaskedLM):
    ids = masked_sequence(bert_lm)
    vectors = position_vectors(bert_lm, ids)
    logits = logits_of("bert", ids.tolist()).astype(np.float64)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = own_probabilities(bert_lm, vectors, ids)
    wanted = probs[np.arange(len(ids)), ids]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_too_long_a_text_is_refused(bert_lm: MaskedLM):
    ids = np.full(bert_lm.max_length + 1, bert_lm.mask_id, np.int32)
    with pytest.raises(ModelError):
        decompose(bert_lm, ids)
