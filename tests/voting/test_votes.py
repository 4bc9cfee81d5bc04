from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.types import TopTerms
from spacy_bert_unsup.voting import votes
from spacy_bert_unsup.voting.votes import (
    divide_rows,
    label_columns,
    normalise_counts,
    pool_cues,
    vote_labels,
)

NORMS = ["linear", "log", "sqrt", "softmax"]
counts = hnp.arrays(np.float32, (4, 3), elements=st.sampled_from([0, 0, 1, 3, 6, 634]))


def make_top(ids, *, probs=None, logits=None):
    ids = np.array(ids, np.int32)
    probs = np.ones(ids.shape) if probs is None else np.array(probs)
    logits = np.ones(ids.shape) if logits is None else np.array(logits)
    return TopTerms(ids, probs.astype(np.float32), logits.astype(np.float32))


@pytest.mark.parametrize(
    ("how", "shares"),
    [
        ("linear", [0.75, 0.25]),
        ("log", [np.log(4) / np.log(8), np.log(2) / np.log(8)]),
        ("sqrt", [0.63397, 0.36603]),
        ("softmax", [0.88080, 0.11920]),
    ],
)
def test_norms(how, shares):
    found = normalise_counts(np.array([[3, 0, 1]], np.float32), how)
    np.testing.assert_allclose(found, [[shares[0], 0, shares[1]]], atol=1e-5)


@given(counts, st.sampled_from(NORMS))
def test_shares_sum_to_one(values, how):
    found = normalise_counts(values, how)
    some = values.any(axis=1)
    np.testing.assert_allclose(found.sum(axis=1), some, atol=1e-5)
    assert (found[values == 0] == 0).all()
    assert found.dtype == np.float32


@given(counts, st.sampled_from(NORMS))
def test_dropped_labels_never_shift_the_others(values, how):
    """The original counted labels that it skips (BUG of version A, spec 6.2)."""
    kept = normalise_counts(values[:, 1:], how)
    values[:, 0] = 0
    np.testing.assert_allclose(normalise_counts(values, how)[:, 1:], kept, atol=1e-6)


def test_worked_example_of_version_a():
    """UNTAGGED 6 is dropped; DISEASE 3 and DRUG 1 are .75 and .25, not .6 and .3."""
    found = normalise_counts(np.array([[0, 3, 1]], np.float32), "linear")
    assert found.tolist() == [[0, 0.75, 0.25]]


def test_worked_example_of_version_b():
    """Two descriptors of weights 10 and 8; spec 6.2."""
    table = normalise_counts(np.array([[5, 3, 0], [0, 0, 4]], np.float32), "softmax")
    np.testing.assert_allclose(table[0], [0.8808, 0.1192, 0], atol=1e-4)
    top = make_top([[0, 1]], logits=[[10, 8]])
    drug, chemical, disease = vote_labels(top, table, weight="logit")[0]
    assert drug + chemical == pytest.approx(0.5556, abs=1e-4)
    assert disease == pytest.approx(0.4444, abs=1e-4)


def test_unknown_norm():
    with pytest.raises(ConfigError, match=r"E301.*count_norm.*'max'.*linear, log"):
        normalise_counts(np.ones((1, 1), np.float32), "max")


def test_votes_by_probability():
    table = np.array([[1, 0], [0.5, 0.5], [0, 0]], np.float32)
    top = make_top([[0, 1], [1, 2], [2, 2]], probs=[[0.6, 0.2], [0.2, 0.7], [1, 1]])
    found = vote_labels(top, table)
    np.testing.assert_allclose(found, [[0.875, 0.125], [0.5, 0.5], [0, 0]], atol=1e-6)


@pytest.mark.parametrize("weight", ["probability", "logit"])
def test_missing_answers_do_not_vote(weight):
    """They come with id -1, probability 0 and logit -inf or 0."""
    table = np.eye(3, dtype=np.float32)
    top = make_top(
        [[0, 1, -1], [-1, -1, -1]],
        probs=[[0.6, 0.2, 0], [0, 0, 0]],
        logits=[[6, 2, -np.inf], [0, 0, 0]],
    )
    found = vote_labels(top, table, weight=weight)
    np.testing.assert_allclose(found, [[0.75, 0.25, 0], [0, 0, 0]], atol=1e-6)


def test_negative_logits_are_shifted():
    top = make_top([[0, 1, 2]], logits=[[2, 0, -2]])
    found = vote_labels(top, np.eye(3, dtype=np.float32), weight="logit")
    np.testing.assert_allclose(found, [[4 / 6, 2 / 6, 0]], atol=1e-6)


@given(
    hnp.arrays(np.int32, (3, 4), elements=st.integers(-1, 5)),
    hnp.arrays(np.float32, (3, 4), elements=st.integers(-8, 8)),
    st.sampled_from(["probability", "logit"]),
)
def test_votes_equal_a_loop(ids, scores, weight):
    table = normalise_counts(np.arange(18, dtype=np.float32).reshape(6, 3) % 5)
    top = make_top(ids, probs=np.abs(scores), logits=scores)
    found = vote_labels(top, table, weight=weight)
    for row in range(3):
        kept = [(i, s) for i, s in zip(ids[row], scores[row], strict=True) if i >= 0]
        shift = min([0, *(s for _, s in kept)]) if weight == "logit" else 0
        total = np.zeros(3)
        for i, s in kept:
            total += (s - shift if weight == "logit" else abs(s)) * table[i]
        wanted = total / total.sum() if total.any() else total
        np.testing.assert_allclose(found[row], wanted, atol=1e-5)


def test_no_queries():
    none = make_top(np.zeros((0, 5)))
    for weight in ("probability", "logit"):
        assert vote_labels(none, np.eye(3), weight=weight).shape == (0, 3)


def test_pooled_cues():
    cues = {
        "context": np.array([[1, 0], [0, 0], [0, 0]], np.float32),
        "phrase": np.array([[0, 1], [0, 1], [0, 0]], np.float32),
        "lexical": np.array([[1, 0], [1, 0], [0, 0]], np.float32),
    }
    found = pool_cues(cues, {"context": 1.0, "phrase": 3.0})
    assert found.tolist() == [[0.25, 0.75], [0, 1], [0, 0]]


def test_a_silent_cue_drops_out():
    """It takes nothing from the others."""
    shares = np.array([[0.3, 0.7]], np.float32)
    cues = {"context": shares, "phrase": np.zeros_like(shares)}
    found = pool_cues(cues, {"context": 0.5, "phrase": 9.0})
    np.testing.assert_allclose(found, shares)


def test_divide_rows():
    found = divide_rows(np.array([[1, 3], [0, 0]], np.float32))
    assert found.tolist() == [[0.25, 0.75], [0, 0]]
    assert found.dtype == np.float32


def test_label_columns():
    assert label_columns(["A", "B", "C"], ["C", "A", "X"]).tolist() == [
        True,
        False,
        True,
    ]
    assert label_columns([], ["A"]).tolist() == []


def test_many_queries_vote_as_few_do(monkeypatch):
    rng = np.random.default_rng(0)
    ids = rng.integers(-1, 9, (7, 3)).astype(np.int32)
    top = TopTerms(ids, rng.random((7, 3), np.float32), np.zeros((7, 3), np.float32))
    table = rng.random((9, 4), np.float32)
    wanted = vote_labels(top, table)
    monkeypatch.setattr(votes, "QUERIES_AT_ONCE", 2)
    np.testing.assert_array_equal(vote_labels(top, table), wanted)
