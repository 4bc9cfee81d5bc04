"""Rows whose nearest terms are too few are looked at again."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.near import find_near
from spacy_bert_unsup.vocab.geometry.neighbours import (
    find_labelled_members,
    find_tail_members,
    least_cosine,
)
from spacy_bert_unsup.vocab.geometry.tails import TailRule
from tests.vocab.naive import Naive
from tests.vocab.strategies import SHAPES, make_table


@pytest.mark.parametrize("least", [-2.0, 0.6, 0.99])
@pytest.mark.parametrize("shape", SHAPES)
def test_tails_out_of_short_lists(shape, least, monkeypatch):
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.cosines.BLOCK_VALUES", 6000)
    vectors, _ = make_table(shape, 200, 3)
    cosines, naive = Cosines(vectors), Naive(vectors.terms, vectors.matrix.tolist())
    left = cosines.rows(slice(None))
    near = find_near(cosines, left, least=least)
    members, tails = find_tail_members(cosines, left, TailRule(), near=near)
    exact = left @ left.T
    for row in range(200):
        length, threshold = naive.tail(row)
        assert (tails.lengths[row], tails.limits[row] / 100) == (length, threshold)
        found = members.of(row)
        assert found.tolist() == naive.above(row, threshold)
        cosine = members.cosines[members.starts[row] : members.starts[row + 1]]
        np.testing.assert_allclose(cosine, exact[row, found], atol=1e-5)


@pytest.mark.parametrize("least", [0.1, 0.8])
def test_labelled_terms_out_of_short_lists(least, monkeypatch):
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.cosines.BLOCK_VALUES", 6000)
    vectors, _ = make_table("planted", 200, 3)
    vectors.matrix[-1] = 0  # it has no neighbours, and no row comes after it
    cosines = Cosines(vectors)
    left = cosines.rows(slice(None))
    allowed = np.arange(200) % 7 != 0
    labelled = allowed & (np.arange(200) % 4 == 0)
    near = find_near(cosines, left, least=max(least, least_cosine(cosines, 20)))
    found = find_labelled_members(
        cosines, left, near, 20, labelled=labelled, allowed=allowed, picks=5
    )
    naive = Naive(vectors.terms, vectors.matrix.tolist())
    for row in range(200):
        wanted, met = [], 0
        for term in naive.above(row, 0.2):
            wanted += [term] if allowed[term] else []
            met += labelled[term]
            if met == 5:
                break
        assert found.of(row).tolist() == wanted
