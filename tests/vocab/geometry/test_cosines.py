"""Rounded cosines equal the float64 rule, whatever is between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup.errors import AssetsError, ConfigError
from spacy_bert_unsup.vocab.geometry import cosines as module, near as near_module
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import Naive, dot, unit
from tests.vocab.strategies import make_table, tables


def hundredths(vectors):
    naive = Naive(vectors.terms, vectors.matrix.tolist())
    return [[round(100 * value) for value in row] for row in naive.exact]


@settings(max_examples=40)
@given(tables(most=40))
def test_all_bins(table):
    vectors, _ = table
    (block,) = Cosines(vectors).bin_blocks()
    assert block[1].tolist() == hundredths(vectors)


@settings(max_examples=20)
@given(tables(most=30), st.integers(1, 7))
def test_blocks_do_not_matter(table, block):
    cosines = Cosines(table[0])
    whole = cosines.bins(cosines.rows(slice(None)))
    parts = list(cosines.bin_blocks(block=block))
    assert np.array_equal(np.concatenate([bins for _, bins in parts]), whole)


def test_values_at_edges():
    """Every cosine is half-way between two bins, up to the last bit."""
    vectors, _ = make_table("edges", 200, 5)
    cosines = Cosines(vectors)
    values = cosines.products(cosines.rows(np.array([0])))[0] * 100 % 1
    assert np.mean(np.abs(values - 0.5) < 0.01) > 0.9
    assert (
        cosines.bins(cosines.rows(np.array([0])))[0].tolist() == hundredths(vectors)[0]
    )


@pytest.mark.parametrize("size", [4, 64, 1024])
@pytest.mark.parametrize("kind", ["normal", "constant", "signs", "one sign", "steep"])
def test_products_are_as_exact_as_promised(size, kind):
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(100, size))
    if kind == "constant":
        matrix = np.ones((100, size)) * rng.uniform(0.1, 3, size=(100, 1))
    elif kind == "signs":
        matrix = np.sign(matrix)
    elif kind == "one sign":
        matrix = np.abs(matrix)
    elif kind == "steep":
        matrix = matrix / np.arange(1, size + 1) ** 2
    cosines = Cosines(
        VocabVectors.from_wordpieces([f"t{i}" for i in range(100)], matrix)
    )
    left = cosines.rows(np.arange(100))
    wanted = [cosines.exact(row[None], np.arange(100)) for row in left]
    assert np.abs(cosines.products(left) - wanted).max() < cosines.error


def test_exact_is_the_sum_in_order(monkeypatch):
    monkeypatch.setattr(module, "PAIR_VALUES", 20)
    vectors, _ = make_table("planted", 30, 1)
    cosines = Cosines(vectors)
    ids = np.array([3, 3, 29, 0], np.int32)
    units = [unit(row) for row in vectors.matrix.tolist()]
    one = cosines.exact(cosines.rows(np.array([7])), ids)
    assert one.tolist() == [dot(units[7], units[i]) for i in ids]
    each = cosines.exact(cosines.rows(np.array([1, 2, 3, 4])), ids)
    pairs = zip([1, 2, 3, 4], ids, strict=True)
    assert each.tolist() == [dot(units[i], units[j]) for i, j in pairs]


def test_tiny_and_huge_vectors():
    """Their squares leave the range of float32."""
    matrix = np.array([[1, 2], [2e-30, 1e-30], [1e30, 2e30], [0, 0]])
    cosines = Cosines(VocabVectors.from_wordpieces(["a", "b", "c", "d"], matrix))
    bins = cosines.bins(cosines.rows(slice(None)))
    assert bins.tolist() == [[100, 80, 100, 0]] * 1 + [
        [80, 100, 80, 0],
        [100, 80, 100, 0],
        [0, 0, 0, 0],
    ]


@settings(max_examples=30)
@given(tables(most=50), st.sampled_from([0, 3]), st.sampled_from([-2.0, 0.2, 0.31]))
def test_near_lists_are_complete_down_to_their_floors(table, many, least):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_module, "SAMPLE", 8)
        cosines = Cosines(table[0])
        left = cosines.rows(slice(None))
        near = near_module.find_near(cosines, left, many=many, least=least)
    bins = cosines.bins(left)
    assert np.array_equal(near.bins, bins[near.rows, near.terms])
    for row in range(len(bins)):
        listed = near.terms[near.rows == row]
        assert sorted(listed) == listed.tolist()
        due = np.flatnonzero(bins[row] >= near.floors[row])
        assert set(due) <= set(listed)


def test_limit_in_bins():
    cosines = Cosines(make_table("planted", 3, 1)[0])
    assert cosines.limit(0.29) == 29  # 0.29 * 100 is less
    assert cosines.limit(-0.295) == -29.5


@pytest.mark.parametrize("vector", [np.ones(5), np.ones((1, 6)), np.full(6, np.nan)])
def test_vector_that_cannot_be_compared(vector):
    cosines = Cosines(make_table("planted", 3, 1)[0])
    with pytest.raises(AssetsError, match=r"E221.*finite.*6 numbers"):
        cosines.normalise(vector)


def test_vocabulary_that_is_not_finite():
    vectors, _ = make_table("planted", 3, 1)
    vectors.matrix[1, 2] = np.inf
    with pytest.raises(AssetsError, match=rf"E224.*row 2.*'{vectors.terms[1]}'"):
        Cosines(vectors)


@pytest.mark.parametrize("width", [0.001, 0.03, 0.05, 0.3, 0.4, 0.5])
def test_other_widths(width):
    vectors, _ = make_table("alike", 60, 1)
    naive = Naive(vectors.terms, vectors.matrix.tolist())
    cosines = Cosines(vectors, bin_width=width)
    bins = cosines.bins(cosines.rows(slice(None)))
    wanted = [[round(cosines.scale * value) for value in row] for row in naive.exact]
    assert bins.tolist() == wanted
    assert np.abs(bins).max() <= cosines.last


@pytest.mark.parametrize("width", [0, 0.0001, 0.6, float("nan")])
def test_width_that_cannot_be(width):
    with pytest.raises(ConfigError, match=r"E220.*bin_width"):
        Cosines(make_table("planted", 3, 1)[0], bin_width=width)
