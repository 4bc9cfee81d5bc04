"""Blocked neighbours against a loop over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.vectors.neighbours import normalize_rows, top_neighbours
from tests.vectors.naive import cosine

VECTORS = arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.just(3)),
    elements=st.integers(-3, 3).map(float),
)


@given(VECTORS, st.integers(1, 4), st.integers(1, 5))
def test_neighbours_equal_a_loop(vectors: np.ndarray, top_k: int, block: int):
    found = top_neighbours(vectors, top_k=top_k, block=block, bin_width=0.5)
    for i, mine in enumerate(vectors):
        others = [j for j in range(len(vectors)) if j != i]
        cosines = np.array([cosine(mine, vectors[j]) for j in others])
        best = np.sort(cosines)[::-1][:top_k]
        known = found.ids[i] >= 0
        assert known.sum() == len(best)
        np.testing.assert_allclose(found.cosines[i][known], best, atol=1e-5)
        assert i not in found.ids[i]
        assert found.counts[i].sum() == len(others)
        if others:
            assert found.mean[i] == pytest.approx(cosines.mean(), abs=1e-5)
            assert found.std[i] == pytest.approx(cosines.std(), abs=1e-4)


def test_histogram_counts_rounded_cosines():
    angles = np.arccos([1, 0.92, 0.88, 0.04, -1])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = top_neighbours(vectors[1:], vectors[:1])
    used = found.counts[0] > 0
    assert found.bins[used] == pytest.approx([-1, 0, 0.9], abs=1e-6)
    assert found.counts[0][used].tolist() == [1, 1, 2]
    assert found.bins[[0, -1]].tolist() == [-1, 1]


def test_ties_are_broken_by_row_and_zero_rows_are_near_nothing():
    vectors = np.array([[1, 0], [2, 0], [3, 0], [0, 0]], np.float32)
    found = top_neighbours(vectors, top_k=5)
    assert found.ids[0].tolist() == [1, 2, 3, -1, -1]
    assert found.cosines[3, :3].tolist() == [0, 0, 0]
    assert np.isnan(found.cosines[0, 3:]).all()


def test_queries_of_their_own():
    vectors = np.eye(3, dtype=np.float32)
    found = top_neighbours(vectors, np.array([[0, 5, 1]], np.float32), top_k=2)
    assert found.ids.tolist() == [[1, 2]]
    none = top_neighbours(vectors, np.zeros((0, 3), np.float32), top_k=2)
    assert none.ids.shape == (0, 2)


def test_what_cannot_work_is_refused():
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(ConfigError, match="E602"):
        top_neighbours(vectors, np.eye(2, dtype=np.float32))
    with pytest.raises(ConfigError, match="top_k"):
        top_neighbours(vectors, top_k=0)


def test_normalized_rows_have_length_one_or_zero():
    rows = normalize_rows(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0]], atol=1e-6)
