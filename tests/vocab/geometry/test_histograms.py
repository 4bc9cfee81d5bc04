"""Histograms, tails and the distribution, against the loops of naive.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from spacy_bert_unsup.errors import ConfigError, InputError
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.distribution import vocab_distribution
from spacy_bert_unsup.vocab.geometry.graph import build_tail_graph
from spacy_bert_unsup.vocab.geometry.histograms import term_histogram, vector_histogram
from spacy_bert_unsup.vocab.geometry.neighbours import find_tail_members
from spacy_bert_unsup.vocab.geometry.tails import TailRule, find_tails
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import Naive, tail_of
from tests.vocab.strategies import SHAPES, make_table, tables

WORKED = [
    ({100: 1, 50: 3, 40: 9, 30: 11, 29: 25}, 13, 30),  # a stop, one bin dropped
    ({100: 1, 40: 9, 30: 20}, 10, 30),
    ({100: 25}, 0, 100),  # empty: not even the term itself
    ({100: 1, 53: 2, 20: 15, -10: 5}, 23, 0),  # no stop
    ({100: 10, 40: 10}, 0, 100),  # two bins of ten, with a gap
    ({100: 12, 40: 9, 30: 12, 20: 11}, 21, 30),  # ten, but not neighbours
    ({}, 0, 0),
]


def counts_of(histogram, last=100):
    counts = np.zeros((1, 2 * last + 1), np.int32)
    for place, count in histogram.items():
        counts[0, place + last] = count
    return counts


@pytest.mark.parametrize(("histogram", "length", "limit"), WORKED)
def test_worked_tails(histogram, length, limit):
    found = find_tails(counts_of(histogram), TailRule())
    assert (found.lengths.tolist(), found.limits.tolist()) == ([length], [limit])


histograms = st.dictionaries(
    st.integers(-100, 100), st.sampled_from([1, 5, 9, 10, 11, 19, 20, 21]), max_size=30
)


@given(st.lists(histograms, min_size=1, max_size=5))
def test_any_tails(rows):
    counts = np.concatenate([counts_of(row) for row in rows])
    found = find_tails(counts, TailRule())
    wanted = [tail_of({k / 100: n for k, n in row.items()}) for row in rows]
    pairs = zip(found.lengths.tolist(), (found.limits / 100).tolist(), strict=True)
    assert list(pairs) == wanted


@settings(max_examples=40)
@given(tables(), st.data())
def test_histogram_of_a_term(table, data):
    vectors, _ = table
    i = data.draw(st.integers(0, len(vectors) - 1))
    naive = Naive(vectors.terms, vectors.matrix.tolist())
    found = term_histogram(Cosines(vectors), i)
    counted = zip((found.bins / 100).tolist(), found.counts.tolist(), strict=True)
    assert list(counted) == list(naive.histogram(i).items())
    assert found.tail == naive.tail(i)
    assert found.orthogonal.tolist() == naive.zero_terms(i)
    assert found.above().tolist() == naive.above(i, naive.tail(i)[1])
    for threshold in (-1.0, 0.0, 0.29, 0.295):
        assert found.above(threshold).tolist() == naive.above(i, threshold)


def test_names_of_the_parts():
    matrix = np.array([[1.0, 0.0], [0.29, 0.9570266], [0.0, 1.0], [0.0, -1.0]])
    vectors = VocabVectors.from_wordpieces(["a", "b", "c", "d"], matrix)
    found = term_histogram(Cosines(vectors), "a")
    assert found.centres.tolist() == [0.0, 0.29, 1.0]
    assert found.cosines.tolist() == [1.0, 0.29, 0.0, 0.0]
    assert found.counts.sum() == 4
    assert found.orthogonal.tolist() == [2, 3]
    assert found.above(0.28).tolist() == [0, 1]
    assert found.above(0.29).tolist() == [0]


def test_histogram_of_a_vector():
    """That of a term's own vector is the term's, whatever its length."""
    vectors, _ = make_table("planted", 80, 1)
    cosines = Cosines(vectors)
    row = vectors.matrix[9].astype(np.float64)
    found = vector_histogram(cosines, row * 4)
    assert np.array_equal(found.row, term_histogram(cosines, 9).row)
    zero = vector_histogram(cosines, np.zeros(6))
    assert zero.bins.tolist() == [0] and zero.tail == (0, 0.0)


def test_unknown_term():
    vectors, _ = make_table("planted", 80, 1)
    with pytest.raises(InputError, match="'termm'"):
        term_histogram(Cosines(vectors), "termm")


def test_least_threshold_of_a_tail():
    counts = counts_of({100: 1, 50: 3, 40: 9, 30: 11, 29: 25})
    for least, length, limit in [
        (0.2, 13, 30),
        (0.3, 13, 30),
        (0.45, 4, 45),
        (1, 0, 100),
    ]:
        found = find_tails(counts, TailRule(min_threshold=least))
        assert (found.lengths[0], found.limits[0]) == (length, limit)


def test_rule_and_cosines_have_the_same_bins():
    cosines = Cosines(make_table("planted", 60, 1)[0], bin_width=0.05)
    assert term_histogram(cosines, 2).rule.bin_width == 0.05
    assert abs(term_histogram(cosines, 2).tail.threshold) <= 1
    for call in (
        lambda: term_histogram(cosines, 2, rule=TailRule()),
        lambda: vector_histogram(cosines, np.ones(6), rule=TailRule()),
        lambda: vocab_distribution(cosines, rule=TailRule()),
        lambda: build_tail_graph(cosines, rule=TailRule()),
    ):
        with pytest.raises(ConfigError, match=r"E219.*bins of 0\.01.*bins of 0\.05"):
            call()


def test_tails_by_z_score():
    """Mean 0, deviation 0.1, so that the cut at two deviations is 0.2, included."""
    counts = counts_of({10: 480, -10: 480, 20: 4, 40: 1, 0: 5, 19: 30})
    values = np.repeat(np.arange(-100, 101), counts[0]) / 100
    cut = np.mean(values) + 2 * np.std(values)
    found = find_tails(counts, TailRule(z_score=2.0))
    assert 0.2 < cut < 0.4 and found.lengths[0] == 1
    found = find_tails(counts, TailRule(z_score=1.0))
    assert found.lengths[0] == 35
    found = find_tails(counts, TailRule(z_score=1.0, max_share=0.02))
    assert found.lengths[0] == 5  # 35 would reach 2 % of all
    assert found.limits[0] == 19


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("max_bin", 0, "E303"),
        ("tail_bin", 0, "E303"),
        ("bin_width", 0, "E220"),
        ("max_share", 2, "E220"),
        ("min_threshold", -1.5, "E220"),
    ],
)
def test_rules_that_cannot_be(key, value, code):
    with pytest.raises(ConfigError, match=f"{code}.*{key}"):
        TailRule(**{key: value})


@pytest.mark.parametrize("rule", [TailRule(), TailRule(z_score=1.5), TailRule(3, 2)])
def test_tails_from_short_lists_are_those_from_histograms(rule, monkeypatch):
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.near.SAMPLE", 32)
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.neighbours.GUESS", 1)
    for shape in SHAPES:
        vectors, _ = make_table(shape, 120, 11)
        cosines = Cosines(vectors)
        members, tails = find_tail_members(cosines, cosines.rows(slice(None)), rule)
        for i in range(len(vectors)):
            histogram = term_histogram(cosines, i, rule=rule)
            assert tails.limits[i] / 100 == histogram.tail.threshold
            assert tails.lengths[i] == histogram.tail.length
            assert members.of(i).tolist() == histogram.above().tolist()


@settings(max_examples=25)
@given(tables(), st.booleans(), st.booleans())
@example(make_table("planted", 250, 4), False, False)
@example(make_table("lattice", 250, 4), True, True)
def test_distribution(table, upstream, subwords):
    vectors, _ = table
    naive = Naive(vectors.terms, vectors.matrix.tolist(), upstream=upstream)
    wanted = naive.distribution(subwords=subwords)
    found = vocab_distribution(Cosines(vectors), subwords=subwords, compatible=upstream)
    assert found.picked == wanted["picked"]
    assert {t.value: t.mean for t in found.tenths} == wanted["means"]
    assert [t.value for t in found.tenths] == list(wanted["means"])
    assert list(found.tail_counts) == wanted["tails"]
    assert list(found.zero_counts) == wanted["zeros"]
    assert found.counts.sum() == found.picked * len(vectors)


def test_average_tail():
    vectors, _ = make_table("planted", 100, 1)
    found = vocab_distribution(Cosines(vectors))
    lengths = [length for _, length in found.tail_counts]
    assert found.average_tail == round(np.mean(lengths), 1)
    empty = VocabVectors.from_wordpieces([], np.zeros((0, 3)))
    assert vocab_distribution(Cosines(empty)).average_tail == 0


def test_samples():
    cosines = Cosines(make_table("planted", 300, 1)[0])
    everything = vocab_distribution(cosines)
    some = vocab_distribution(cosines, sample=0.3, seed=1)
    assert 0.15 < some.picked / everything.picked < 0.45
    assert (
        some.tail_counts == vocab_distribution(cosines, sample=0.3, seed=1).tail_counts
    )
    assert (
        some.tail_counts != vocab_distribution(cosines, sample=0.3, seed=2).tail_counts
    )
    assert set(some.tail_counts) <= set(everything.tail_counts)
    with pytest.raises(ConfigError, match=r"E220.*sample"):
        vocab_distribution(cosines, sample=3)


def test_progress_of_the_distribution():
    cosines = Cosines(make_table("planted", 60, 1)[0])
    calls = []
    found = vocab_distribution(cosines, progress=lambda *call: calls.append(call))
    assert calls[-1] == (found.picked, found.picked)
