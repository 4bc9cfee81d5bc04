"""How much is labelled."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.workshop.coverage import LabelPortion, measure_coverage

USABLE = np.array([True, True, True, True, False])
MASSES = np.array([0.4, 0.3, 0.2, 0.1, 0], np.float32)
COUNTS = np.array([[0, 2], [1, 2], [3, 0], [0, 0], [9, 9]], np.float32)


def measure(matched, counts, labels):
    return measure_coverage(matched, counts, labels, masses=MASSES, usable=USABLE)


def test_people_come_before_votes():
    found = measure({0: ("A", "B"), 4: ("B",)}, COUNTS, ("A", "B"))
    parts = [found.people, found.vote, found.nobody]
    assert [part.terms for part in parts] == [1, 2, 1]
    assert [part.share for part in parts] == [0.25, 0.5, 0.25]
    assert [part.mass for part in parts] == pytest.approx([0.4, 0.5, 0.1])
    a, b = found.labels
    assert (a.label, a.by_people, a.by_vote) == ("A", 1, 1)
    assert (b.label, b.by_people, b.by_vote) == ("B", 0, 1)
    assert [a.mass, b.mass] == pytest.approx([0.6, 0.3])


def test_before_the_first_build():
    found = measure({1: ("NEW",)}, np.zeros((5, 0), np.float32), ())
    assert found.vote.terms == 0
    assert found.labels == (LabelPortion("NEW", 1, 0, pytest.approx(0.3)),)
    assert measure({}, np.zeros((5, 0), np.float32), ()).labels == ()
