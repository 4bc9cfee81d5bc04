from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import AssetsError
from spacy_bert_unsup.mlm.queries import mask_span
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.toys import TEXTS

TERMS = ["[CLS]", "[unused1]", "[", "cell", "##s", "##", "zero", "cell"]


def make_vectors(terms=TERMS, width=3):
    matrix = np.random.default_rng(0).normal(size=(len(terms), width))
    matrix[[i for i, term in enumerate(terms) if term == "zero"]] = 0
    return VocabVectors.from_wordpieces(list(terms), matrix)


def test_wordpieces():
    vectors = make_vectors()
    assert vectors.surfaces == ["", "", "[", "cell", "s", "##", "zero", "cell"]
    assert vectors.continues.tolist() == [False] * 4 + [True] + [False] * 3
    assert vectors.matrix.dtype == np.float32


def test_usable_entries_mean_something():
    vectors = make_vectors()
    assert vectors.usable.tolist() == [False] * 2 + [True] * 4 + [False, True]


def test_index_gives_the_first_entry():
    index = make_vectors().index
    assert index["cell", False] == 3
    assert index["s", True] == 4
    assert ("s", False) not in index and ("", False) not in index


def test_zero_vector_has_no_cosine_with_anything():
    vectors = make_vectors()
    norms = np.linalg.norm(vectors.unit, axis=1)
    np.testing.assert_allclose(norms, [1] * 6 + [0, 1], atol=1e-6)
    ((_, cosines),) = vectors.cosine_blocks(np.array([6]))
    assert (cosines == 0).all()


@pytest.mark.parametrize("block", [1, 3, 100])
@pytest.mark.parametrize("ids", [None, np.array([5, 0, 3, 6])])
def test_blocks_equal_the_full_product(block, ids):
    vectors = make_vectors()
    parts = list(vectors.cosine_blocks(ids, block=block))
    asked = np.concatenate([part for part, _ in parts])
    assert asked.tolist() == list(range(8) if ids is None else ids)
    full = vectors.unit @ vectors.unit.T
    found = np.concatenate([cosines for _, cosines in parts])
    np.testing.assert_allclose(found, full[asked], atol=1e-6)
    assert max(len(part) for part, _ in parts) <= block


def test_no_entries_give_no_blocks():
    assert list(make_vectors().cosine_blocks(np.zeros(0, np.int32))) == []


def test_as_many_vectors_as_terms():
    with pytest.raises(AssetsError, match=r"E201.*3, 2, 3"):
        VocabVectors.from_wordpieces(["a", "b", "c"], np.ones((2, 4)))


def test_fingerprint_names_terms_and_vectors():
    vectors = make_vectors()
    again = make_vectors()
    assert vectors.fingerprint == again.fingerprint
    assert len(vectors.fingerprint) == 16
    renamed = make_vectors([*TERMS[:-1], "cells"])
    assert renamed.fingerprint != vectors.fingerprint
    again.matrix[3, 1] += 1e-3
    moved = VocabVectors.from_wordpieces(TERMS, again.matrix)
    assert moved.fingerprint != vectors.fingerprint


def test_fingerprint_of_a_model(toy_lm):
    vectors = VocabVectors.from_mlm(toy_lm)
    assert vectors.fingerprint == toy_lm.fingerprint
    assert vectors.terms == toy_lm.terms


@given(st.integers(0, 5))
def test_common_components_are_taken_out(components):
    """No variance is left along the first axes, all of it along the others."""
    vectors = make_vectors([f"term{i}" for i in range(20)], width=4)
    found = vectors.without_common(components).matrix
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-5)
    before = np.linalg.svd(vectors.matrix - vectors.matrix.mean(axis=0))[1]
    after = np.linalg.svd(found)[1]
    wanted = np.sort([*before[components:], *[0] * min(components, 4)])[::-1]
    np.testing.assert_allclose(after, wanted, atol=1e-4)


def test_entries_without_meaning_get_no_vector():
    vectors = make_vectors()
    found = vectors.without_common(1)
    assert (found.matrix[~vectors.usable] == 0).all()
    assert vectors.without_common(-1) is vectors


def test_the_mean_cannot_matter_to_a_prediction(bert_lm):
    """It adds the same to every score, and a softmax forgets that."""
    vectors = VocabVectors.from_mlm(bert_lm)
    used = vectors.usable
    ids = bert_lm.tokenize(TEXTS[:1])[0].ids
    queries = [mask_span(bert_lm, ids, i, i + 1) for i in range(6)]
    heads = bert_lm.head_vectors(queries)

    def chances(matrix):
        scores = np.exp(heads @ matrix[used].T + bert_lm.bias()[used])
        return scores / scores.sum(axis=1, keepdims=True)

    centred = vectors.without_common(0).matrix
    assert not np.allclose(centred[used], vectors.matrix[used], atol=0.01)
    np.testing.assert_allclose(chances(centred), chances(vectors.matrix), atol=1e-5)
