"""Suggestions for a unit, against the propagation of a single term."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.propagation import Propagation, propagate_labels
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.vocab.workshop.advice import Adviser

HOW = Propagation(components=-1, picks=3)


@pytest.fixture(scope="module")
def vectors():
    random = np.random.default_rng(0)
    middles = np.repeat(np.eye(6)[:3], 10, axis=0)
    matrix = middles + 0.2 * random.normal(size=(30, 6))
    terms = [f"{name}{i}" for name in "abc" for i in range(10)]
    return VocabVectors.from_wordpieces([*terms, "[PAD]"], [*matrix, np.ones(6)])


def test_a_single_term_is_told_what_the_propagation_would_give_it(vectors):
    matched = {0: ("A",), 1: ("A",), 10: ("B",), 11: ("B", "A"), 12: ("B",)}
    counts = propagate_labels(vectors, matched, ["A", "B"], how=HOW)
    units = [np.array([i], np.int32) for i in (5, 15, 17)]
    advice = Adviser.of(vectors, how=HOW).advise(units, matched)
    for unit, found in zip(units, advice, strict=True):
        votes = counts[unit[0]]
        assert found.label == "AB"[votes.argmax()]
        assert found.share == pytest.approx(votes.max() / votes.sum(), abs=0.01)


def test_neighbours_are_near_and_others(vectors):
    unit = np.array([0, 1, 2], np.int32)
    (found,) = Adviser.of(vectors, how=HOW, neighbours=4).advise([unit], {20: ("C",)})
    assert len(found.neighbours) == 4
    assert set(found.neighbours) <= set(range(3, 10))
    middle = vectors.unit[unit].mean(axis=0)
    cosines = [float(vectors.unit[i] @ middle) for i in found.neighbours]
    assert cosines == sorted(cosines, reverse=True)


def test_nobody_near_means_no_suggestion(vectors):
    unit = np.array([0], np.int32)
    assert Adviser.of(vectors, how=HOW).advise([unit], {})[0].label == ""
    far = Propagation(components=-1, min_cosine=0.9999)
    (found,) = Adviser.of(vectors, how=far).advise([unit], {1: ("A",)})
    assert (found.label, found.share, found.neighbours) == ("", 0.0, ())


def test_a_units_own_labelled_terms_do_not_vote(vectors):
    matched = {0: ("A",), 3: ("B",)}
    (found,) = Adviser.of(vectors, how=HOW).advise([np.array([0, 1])], matched)
    assert (found.label, found.share) == ("B", 1.0)


def test_blocks_change_nothing(vectors):
    matched = {0: ("A",), 10: ("B",)}
    units = [np.array([i], np.int32) for i in range(30)]
    adviser = Adviser.of(vectors, how=HOW)
    whole = adviser.advise(units, matched)
    small = Adviser(adviser.vectors, HOW, block=7).advise(units, matched)
    assert [a.label for a in whole] == [a.label for a in small]
    assert [a.neighbours for a in whole] == [a.neighbours for a in small]
