"""Importance falls as the bias rises; a token's is that of its pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vectors.importance import (
    BIAS_MERGES,
    RULES,
    ImportanceScale,
    merge_values,
    term_importance,
    token_bias,
    usable_terms,
)

NAIVE = {"min": min, "max": max, "mean": lambda x: sum(x) / len(x)}
NAIVE |= {"first": lambda x: x[0], "last": lambda x: x[-1]}


@pytest.mark.parametrize("rule", RULES)
def test_importance_falls_with_the_bias(toy_lm: MaskedLM, rule: str):
    weights = term_importance(toy_lm, rule=rule)
    usable = usable_terms(toy_lm)
    assert weights.dtype == np.float32
    assert not weights[~usable].any()
    order = np.argsort(toy_lm.bias()[usable])
    assert (np.diff(weights[usable][order]) <= 1e-7).all()
    assert 0 <= weights.min() and weights.max() <= 1


def test_linear_rule_is_the_one_of_the_spec(bert_lm: MaskedLM):
    usable, bias = usable_terms(bert_lm), bert_lm.bias()
    low, high = bias[usable].min(), bias[usable].max()
    wanted = np.where(usable, (high - bias) / (high - low), 0)
    np.testing.assert_allclose(term_importance(bert_lm), wanted, atol=1e-6)


def test_special_tokens_do_not_stretch_the_scale(bert_lm: MaskedLM):
    scale = ImportanceScale.of_model(bert_lm)
    usable = usable_terms(bert_lm)
    assert len(scale.known) == usable.sum() < len(bert_lm.terms)
    assert not usable[[bert_lm.mask_id, bert_lm.cls_id, bert_lm.pad_id]].any()
    far = np.array([scale.known[0] - 5, scale.known[-1] + 5, np.nan], np.float32)
    assert scale.weigh(far).tolist() == [1, 0, 0]


def test_model_without_bias_finds_all_words_alike():
    scale = ImportanceScale("linear", np.zeros(5, np.float32))
    assert scale.is_flat
    assert scale.weigh(np.array([0, np.nan], np.float32)).tolist() == [1, 0]


def test_rank_is_the_share_of_terms_with_a_higher_bias():
    scale = ImportanceScale("rank", np.array([-2, -1, 0, 1], np.float32))
    found = scale.weigh(np.array([-3, -2, -0.5, 1], np.float32))
    assert found.tolist() == [1, 0.75, 0.5, 0]


def test_starter_knows_its_stop_words():
    lm = MaskedLM.load("starter")
    weights = dict(zip(lm.terms, term_importance(lm).tolist(), strict=True))
    stops = [weights[word] for word in ("the", "of", "and", ",", ".")]
    names = [weights[word] for word in ("aspirin", "river", "Finnish", "molecular")]
    assert max(stops) < 0.1 < 0.2 < min(names)


@given(st.data())
def test_merges_equal_a_loop(data: st.DataObject):
    n = data.draw(st.integers(1, 12))
    bounds = st.tuples(st.integers(0, n), st.integers(0, n)).map(sorted)
    cover = np.array(data.draw(st.lists(bounds, max_size=8)), np.int32).reshape(-1, 2)
    values = data.draw(arrays(np.float32, n, elements=st.integers(-9, 9).map(float)))
    for merge in BIAS_MERGES:
        found = merge_values(values, cover, merge=merge)
        for value, (first, last) in zip(found.tolist(), cover, strict=True):
            part = values[first:last].tolist()
            wanted = NAIVE[merge](part) if part else np.nan
            assert value == pytest.approx(wanted, abs=1e-5, nan_ok=True)


def test_token_takes_the_bias_of_its_pieces():
    bias = np.array([0.5, -1, -3], np.float32)
    ids, cover = np.array([0, 1, 2]), np.array([[0, 1], [1, 3], [3, 3]], np.int32)
    assert token_bias(bias, ids, cover)[:2].tolist() == [0.5, -3]
    assert token_bias(bias, ids, cover, merge="mean")[1] == -2


def test_unknown_rules_are_refused(bert_lm: MaskedLM):
    with pytest.raises(ConfigError, match="rule"):
        term_importance(bert_lm, rule="idf")
    with pytest.raises(ConfigError, match="merge"):
        merge_values(np.zeros(1, np.float32), np.zeros((1, 2), np.int32), merge="best")
