"""The order of work, against a greedy cover without any shortcut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.vocab.workshop.worklist import (
    count_masses,
    doubts,
    guess_masses,
    rank_work,
)

SIZE = 8
ids = st.integers(0, SIZE - 1)
groups = st.lists(st.lists(ids, unique=True, max_size=4), max_size=7)


def rank_naively(groups, masses, done):
    """Look at every unit again before each choice."""
    done, order, left = done.copy(), [], list(range(len(groups)))
    while True:
        open_units = [i for i in left if any(not done[t] for t in groups[i])]
        if not open_units:
            return order
        values = [sum(masses[t] for t in groups[i] if not done[t]) for i in open_units]
        best = open_units[int(np.argmax(values))]
        order.append(best)
        left.remove(best)
        done[groups[best]] = True


@given(groups, st.sets(ids), st.lists(st.integers(0, 4), min_size=SIZE, max_size=SIZE))
def test_every_unit_comes_when_it_is_worth_most(groups, labelled, counts):
    masses = np.array(counts, np.float64) / 16  # exact sums
    done = np.zeros(SIZE, bool)
    done[list(labelled)] = True
    found = rank_work([np.array(g, np.int32) for g in groups], masses, done=done)
    assert [work.unit for work in found] == rank_naively(groups, masses, done)
    decided = masses[done].sum()
    seen = set(np.flatnonzero(done))
    for work in found:
        assert not seen & set(work.terms)
        seen |= set(work.terms)
        decided += work.gain
        assert work.reached == pytest.approx(min(decided, 1))


def test_limit_and_weights():
    masses = np.array([0.5, 0.3, 0.2], np.float32)
    units = [np.array([i], np.int32) for i in range(3)]
    done = np.zeros(3, bool)
    (first,) = rank_work(units, masses, done=done, limit=1)
    assert (first.unit, first.gain) == (0, 0.5)
    doubt = np.array([0.1, 1, 1], np.float32)
    found = rank_work(units, masses, done=done, weights=doubt)
    assert [work.unit for work in found] == [1, 2, 0]
    assert found[0].gain == pytest.approx(0.3)  # the mass itself, not the weighted one


def test_masses():
    assert count_masses(np.array([3, 0, 1])).tolist() == [0.75, 0, 0.25]
    assert count_masses(np.zeros(2, np.int32)).tolist() == [0, 0]
    usable = np.array([True, False, True, True])
    found = guess_masses(np.array([0, 9, 2, 0], np.float32), usable)
    np.testing.assert_allclose(found, np.array([3, 0, 6, 2]) / 11, rtol=1e-6)


def test_doubt_is_what_the_best_label_lacks():
    counts = np.array([[4, 0], [1, 1], [3, 1], [0, 0]], np.float32)
    assert doubts(counts).tolist() == [0, 0.5, 0.25, 1]
