"""Pivots, bipartite strength and sums of terms, against the loops of naive.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup.errors import AssetsError, InputError
from spacy_bert_unsup.vocab.geometry.arithmetic import combine_terms
from spacy_bert_unsup.vocab.geometry.bipartite import bipartite_strength
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.histograms import vector_histogram
from spacy_bert_unsup.vocab.geometry.pivots import find_pivot, measure_sets
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import Naive
from tests.vocab.strategies import make_table, tables


def opposed(*degrees):
    angles = np.radians(degrees)
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    terms = [f"at{d}" for d in degrees]
    return Cosines(VocabVectors.from_wordpieces(terms, matrix))


@settings(max_examples=60)
@given(tables(), st.booleans(), st.data())
def test_pivot_of_a_set(table, upstream, data):
    vectors, _ = table
    ids = data.draw(st.lists(st.integers(0, len(vectors) - 1), min_size=1, max_size=12))
    naive = Naive(vectors.terms, vectors.matrix.tolist(), upstream=upstream)
    best, mean, std, ranking = naive.pivot(ids)
    found = find_pivot(Cosines(vectors), ids, compatible=upstream)
    assert found.term == (None if best is None else vectors.terms[best])
    assert (found.mean, found.std) == (mean, std)
    assert list(found.ranking) == ranking


@settings(max_examples=40)
@given(tables(), st.booleans(), st.data())
def test_pivots_of_many_sets(table, upstream, data):
    vectors, _ = table
    places = st.lists(st.integers(0, len(vectors) - 1), min_size=1, unique=True)
    sets = data.draw(st.lists(places, min_size=1, max_size=6))
    cosines = Cosines(vectors)
    starts = np.cumsum([0, *map(len, sets)])
    flat = np.concatenate(sets).astype(np.int32)
    found = measure_sets(cosines, flat, starts, compatible=upstream)
    names = [str(i) for i in range(len(vectors))]
    naive = Naive(names, vectors.matrix.tolist(), upstream=upstream)
    for ids, place, mean, std in zip(
        sets, found.places, found.means, found.stds, strict=True
    ):
        best, wanted_mean, wanted_std, _ = naive.pivot(ids)
        assert (ids[place] if place >= 0 else None) == best
        assert (mean, std) == (wanted_mean, wanted_std)


def test_means_and_deviations_half_way_between_two_decimals():
    """A pivot between two terms, all three in a plane; float32 cannot tell."""
    rows, sets = [], []
    for n in range(60, 99):
        near, far = (n + 0.5) / 100, (n - 0.5) / 100
        for one, other in [(near, near), (near, far), (near, near - 0.03)]:
            sets.append([len(rows) + i for i in range(3)])
            rows += [
                (1, 0),
                (one, np.sqrt(1 - one**2)),
                (other, -np.sqrt(1 - other**2)),
            ]
    names = [f"term{i}" for i in range(len(rows))]
    vectors = VocabVectors.from_wordpieces(names, np.zeros((len(rows), 2)))
    vectors = replace(vectors, matrix=np.array(rows))  # in double precision
    naive = Naive(names, rows)
    starts = np.arange(0, len(rows) + 1, 3)
    flat = np.arange(len(rows), dtype=np.int32)
    found = measure_sets(Cosines(vectors), flat, starts)
    wanted = [naive.pivot(ids)[1:3] for ids in sets]
    assert list(zip(found.means, found.stds, strict=True)) == wanted


def test_no_sets():
    found = measure_sets(opposed(0), np.zeros(0, np.int32), np.zeros(1, int))
    assert found.means == []


def test_terms_by_name_and_only_once():
    cosines = opposed(0, 40, 60)
    assert find_pivot(cosines, ["at0", "at40", "at60", "at60"]).term == "at40"
    assert find_pivot(cosines, ["at60"]).ranking == (("at60", 1.0),)
    assert find_pivot(cosines, ["at60", "at60"]).term == "at60"
    with pytest.raises(InputError, match="'at50'"):
        find_pivot(cosines, ["at0", "at50"])


def test_upstream_finds_no_pivot_of_a_term_with_itself():
    found = find_pivot(opposed(0, 40), ["at0", "at0"], compatible=True)
    assert (found.term, found.mean, found.ranking) == (None, 0.0, ())


def test_upstream_finds_no_pivot_of_terms_that_look_away():
    cosines = opposed(0, 120, 250)
    terms = ["at0", "at120", "at250"]
    theirs = find_pivot(cosines, terms, compatible=True)
    assert (theirs.term, theirs.mean, theirs.std) == (None, 0.0, 0.0)
    assert len(theirs.ranking) == 3
    ours = find_pivot(cosines, terms)
    assert (ours.term, ours.mean) == ("at0", -0.42)


@settings(max_examples=40)
@given(tables(), st.booleans(), st.booleans(), st.data())
def test_strength(table, upstream, mean, data):
    vectors, _ = table
    ids = st.lists(st.integers(0, len(vectors) - 1), min_size=1, max_size=6)
    left, right = data.draw(ids), data.draw(ids)
    naive = Naive(vectors.terms, vectors.matrix.tolist(), upstream=upstream)
    found = bipartite_strength(
        Cosines(vectors), left, right, mean=mean, compatible=upstream
    )
    assert (found.total, found.maximum) == naive.strength(left, right, mean=mean)


def test_upstream_has_no_strength_below_zero():
    cosines = opposed(0, 180)
    assert bipartite_strength(cosines, ["at0"], ["at180"]).maximum == -1
    found = bipartite_strength(cosines, ["at0"], ["at180"], compatible=True)
    assert (found.total, found.maximum) == (-1, 0)


def test_empty_sets():
    cosines = opposed(0, 180)
    for call in (
        lambda: find_pivot(cosines, []),
        lambda: bipartite_strength(cosines, [], ["at0"]),
        lambda: bipartite_strength(cosines, ["at0"], []),
        lambda: combine_terms(cosines, []),
    ):
        with pytest.raises(AssetsError, match="E229"):
            call()


def test_sums_of_terms():
    matrix = np.array([[1, 1, 0], [3, 0, 0], [0, 0, 2], [0, 1, 1.0]])
    terms = ["king", "man", "woman", "queen"]
    cosines = Cosines(VocabVectors.from_wordpieces(terms, matrix))
    vector = combine_terms(cosines, ["king", "woman"], ["man"])
    np.testing.assert_allclose(np.linalg.norm(vector), 1)
    near = vector_histogram(cosines, vector).above(0.0)
    assert terms[near[0]] == "queen"
    assert not combine_terms(cosines, ["king"], ["king"]).any()
    table, _ = make_table("planted", 5, 1)
    row = table.matrix[2].astype(np.float64)
    np.testing.assert_allclose(
        combine_terms(Cosines(table), [2]), row / np.linalg.norm(row)
    )
