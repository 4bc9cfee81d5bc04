"""Finer labels and their thresholds, for many spans at once and naively."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.voting.spans import Rollup, decide_roots, refine_labels
from spacy_bert_unsup.voting.thresholds import Thresholds

PARENTS = {"DRUG": "CHEMICAL", "OPIOID": "DRUG", "ANTIBIOTIC": "DRUG", "GPE": "LOC"}
LABELS = ("OPIOID", "GPE", "CHEMICAL", "DRUG", "ANTIBIOTIC", "LOC", "VERB")
SCHEME = LabelScheme(LABELS, PARENTS, ("VERB",))
ROLLUP = Rollup.of(SCHEME)

rows = st.lists(st.integers(0, 4), min_size=len(LABELS), max_size=len(LABELS))
tables = st.lists(rows, min_size=1, max_size=6)


def naive_label(shares, root, fine_share):
    by_name = dict(zip(LABELS, shares.tolist(), strict=True))

    def total(label):
        return sum(x for name, x in by_name.items() if SCHEME.is_a(name, label))

    label = root
    while children := [n for n in LABELS if PARENTS.get(n) == label]:
        best = max(children, key=total)
        if total(best) <= 0 or total(best) < fine_share * total(label):
            break
        label = best
    return label


def shares_of(table):
    shares = np.array(table, np.float32)
    return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1)


@given(tables, st.sampled_from([0.25, 0.5, 0.6, 1.0]))
def test_many_labels_as_one_by_one(table, fine_share):
    shares = shares_of(table)
    root = decide_roots(shares, ROLLUP).root
    found = refine_labels(shares, root, ROLLUP, fine_share=fine_share)
    wanted = [
        naive_label(row, ROLLUP.roots[i], fine_share)
        for row, i in zip(shares, root.tolist(), strict=True)
    ]
    assert [ROLLUP.names[i] for i in found.tolist()] == wanted


@given(tables, st.dictionaries(st.sampled_from(LABELS), st.floats(0, 1), max_size=4))
def test_many_bars_as_one_by_one(table, labels):
    shares, bars = shares_of(table), Thresholds(0.25, labels)
    decisions = decide_roots(shares, ROLLUP)
    found = bars.span_bars(shares, decisions, ROLLUP, fine_share=0.6)
    for row, i, bar in zip(
        shares, decisions.root.tolist(), found.tolist(), strict=True
    ):
        line = SCHEME.ancestors(naive_label(row, ROLLUP.roots[i], 0.6))
        own = [labels[name] for name in line if name in labels]
        assert bar == np.float32([*own, 0.25][0])


@given(tables)
def test_sums_do_not_depend_on_the_batch(table):
    """Bit for bit: else a vote about many texts would not be that about each."""
    shares = shares_of(table)
    whole = ROLLUP.sum_up(shares)
    for row, sums in zip(shares, whole, strict=True):
        np.testing.assert_array_equal(ROLLUP.sum_up(row[None])[0], sums)
    np.testing.assert_allclose(whole, shares @ ROLLUP.matrix, atol=1e-6)
