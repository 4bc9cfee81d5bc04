from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.voting.spans import Rollup, decide_roots
from spacy_bert_unsup.voting.thresholds import Thresholds

SCHEME = LabelScheme.collect(
    ["OPIOID", "GENE", "VERB"], {"OPIOID": "DRUG", "DRUG": "CHEMICAL"}
)
ROLLUP = Rollup.of(SCHEME)


def bars_of(thresholds, **shares):
    row = np.array([[shares.get(label, 0) for label in SCHEME.labels]], np.float32)
    decisions = decide_roots(row, ROLLUP)
    (bar,) = thresholds.span_bars(row, decisions, ROLLUP, fine_share=0.6)
    return pytest.approx(float(bar))


def test_general_threshold():
    assert bars_of(Thresholds(0.4), GENE=1) == 0.4
    assert Thresholds(0.4).lowest_bars(ROLLUP).tolist() == pytest.approx([0.4] * 3)


def test_threshold_of_a_label_and_what_lies_beneath():
    thresholds = Thresholds(0.4, {"CHEMICAL": 0.7})
    assert bars_of(thresholds, CHEMICAL=1) == 0.7
    assert bars_of(thresholds, OPIOID=1) == 0.7
    assert bars_of(thresholds, GENE=1) == 0.4


def test_nearest_threshold_counts():
    thresholds = Thresholds(0.4, {"CHEMICAL": 0.7, "DRUG": 0.2})
    assert bars_of(thresholds, OPIOID=1) == 0.2
    assert bars_of(thresholds, DRUG=1) == 0.2
    assert bars_of(thresholds, CHEMICAL=1) == 0.7
    assert bars_of(Thresholds(0.4, {"OPIOID": 0.9}), DRUG=1) == 0.4


def test_lowest_bars():
    """No span with this root can need less."""
    thresholds = Thresholds(0.4, {"OPIOID": 0.1, "DRUG": 0.9, "GENE": 0.8})
    assert ROLLUP.roots == ("CHEMICAL", "GENE", "VERB")
    assert thresholds.lowest_bars(ROLLUP).tolist() == pytest.approx([0.1, 0.8, 0.4])
