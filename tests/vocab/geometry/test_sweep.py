"""A sweep over all terms says what single rows say."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.counts import count_rows
from spacy_bert_unsup.vocab.geometry.distribution import vocab_distribution
from spacy_bert_unsup.vocab.geometry.graph import build_tail_graph
from spacy_bert_unsup.vocab.geometry.sweep import (
    sweep_counts,
    sweep_near,
)
from spacy_bert_unsup.vocab.geometry.tails import TailRule
from tests.vocab.naive import Naive
from tests.vocab.strategies import SHAPES, make_table


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """So that a small table has many blocks, and samples."""
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.cosines.BLOCK_VALUES", 4000)
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.near.SAMPLE", 16)
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.neighbours.GUESS", 1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.2, 0.7, 1.0])
@pytest.mark.parametrize(("many", "least"), [(0, -2.0), (20, -2.0), (40, 0.3)])
def test_nearest_terms(shape, share, many, least):
    vectors, _ = make_table(shape, 150, 2)
    cosines = Cosines(vectors)
    wanted = np.random.default_rng(0).random(150) < share
    bins = cosines.bins(cosines.rows(slice(None)))
    met = []
    for ids, left, near in sweep_near(
        cosines, np.flatnonzero(wanted), many=many, least=least
    ):
        met += ids.tolist()
        assert np.array_equal(left, cosines.rows(ids))
        for row, term in enumerate(ids):
            found = near.terms[near.rows == row]
            assert np.array_equal(near.bins[near.rows == row], bins[term, found])
            assert found.tolist() == sorted(set(found.tolist()))
            assert set(np.flatnonzero(bins[term] >= near.floors[row])) <= set(found)
            if many:
                assert least > -1 or near.floors[row] < bins[term].max() + 2
    assert met == np.flatnonzero(wanted).tolist()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.2, 0.7, 1.0])
def test_histograms(shape, share):
    vectors, _ = make_table(shape, 150, 2)
    cosines = Cosines(vectors)
    wanted = np.random.default_rng(0).random(150) < share
    parts = list(sweep_counts(cosines, np.flatnonzero(wanted)))
    assert len(parts) > 1
    found = np.concatenate([counts for _, counts in parts])
    assert np.concatenate([ids for ids, _ in parts]).tolist() == [
        *np.flatnonzero(wanted)
    ]
    assert np.array_equal(found, count_rows(cosines.bins(cosines.rows(wanted)), 100))


@pytest.mark.parametrize("filtered", [False, True])
def test_graph_in_many_blocks(filtered):
    vectors, _ = make_table("planted", 200, 4)
    rule = TailRule()
    graph = build_tail_graph(Cosines(vectors), rule=rule, filtered=filtered)
    wanted = Naive(vectors.terms, vectors.matrix.tolist()).edges(filtered=filtered)
    for i in range(len(vectors)):
        assert graph.out(i).tolist() == wanted.get(i, [])


def test_distribution_in_many_blocks():
    vectors, _ = make_table("planted", 200, 4)
    wanted = Naive(vectors.terms, vectors.matrix.tolist()).distribution()
    found = vocab_distribution(Cosines(vectors))
    assert list(found.tail_counts) == wanted["tails"]
    assert {t.value: t.mean for t in found.tenths} == wanted["means"]


def test_nothing_to_sweep():
    cosines = Cosines(make_table("planted", 60, 2)[0])
    nothing = np.zeros(0, np.int32)
    assert list(sweep_near(cosines, nothing, many=20)) == []
    assert list(sweep_counts(cosines, nothing)) == []
