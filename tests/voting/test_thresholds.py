"""Thresholds of labels, and of those beneath them."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.voting.spans import Rollup, decide_roots
from spacy_bert_unsup.voting.thresholds import Thresholds

SCHEME = LabelScheme.collect(["PERSON", "GPE", "LANDFORM", "VERB"])
ROLLUP = Rollup.of(SCHEME)


def bars(thresholds: Thresholds, **shares: float) -> float:
    row = np.array([[shares.get(label, 0.0) for label in SCHEME.labels]], np.float32)
    decisions = decide_roots(row, ROLLUP)
    (bar,) = thresholds.span_bars(row, decisions, ROLLUP, fine_share=0.6)
    return float(bar)


@pytest.mark.parametrize(
    ("labels", "shares", "expected"),
    [
        ({}, {"PERSON": 1.0}, 0.1),
        ({"PERSON": 0.5}, {"PERSON": 1.0}, 0.5),
        ({"PERSON": 0.5}, {"GPE": 1.0}, 0.1),
        ({"LOCATION": 0.5}, {"GPE": 1.0}, 0.5),
        ({"GPE": 0.7}, {"GPE": 1.0}, 0.7),
        ({"GPE": 0.7, "LOCATION": 0.5}, {"GPE": 1.0}, 0.7),
        ({"GPE": 0.7, "LOCATION": 0.5}, {"LANDFORM": 1.0}, 0.5),
        ({"GPE": 0.7}, {"GPE": 0.5, "LANDFORM": 0.5}, 0.1),  # neither: LOCATION
    ],
)
def test_nearest_threshold_counts(labels: dict, shares: dict, expected: float):
    assert bars(Thresholds(0.1, labels), **shares) == pytest.approx(expected)


def test_lowest_bars_look_beneath_the_roots():
    thresholds = Thresholds(0.3, {"GPE": 0.1, "PERSON": 0.5, "LANDFORM": 0.9})
    found = dict(zip(ROLLUP.roots, thresholds.lowest_bars(ROLLUP), strict=True))
    assert found == pytest.approx({"LOCATION": 0.1, "PERSON": 0.5, "VERB": 0.3})
