"""Sums of labels and sorted whole numbers, against dicts and sorted lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup.vocab.clustering import label_sums
from spacy_bert_unsup.vocab.clustering.label_sums import LabelTable
from spacy_bert_unsup.vocab.geometry.ordering import order_stably

LABELS = st.lists(st.sampled_from("ABCDE"), unique=True, max_size=4)
PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), max_size=40)


def add_slowly(table, size, pairs):
    found = [{} for _ in range(size)]
    for row, thing in pairs:
        for label, count in table[thing].items():
            found[row][label] = found[row].get(label, 0) + count
    return [sorted(row.items(), key=lambda pair: -pair[1]) for row in found]


@settings(max_examples=100)
@given(st.lists(LABELS, min_size=6, max_size=6), PAIRS, PAIRS, st.sampled_from([3, 99]))
def test_sums_and_sums_of_sums(labels, pairs, again, chunk):
    def spread(table, pairs, size):
        rows, things = np.array(pairs, np.int64).reshape(-1, 2).T
        return table.add_up(size, rows, things)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_sums, "CHUNK", chunk)
        once = spread(LabelTable.make(labels), pairs, 7)
        twice = spread(once, again, 8)
    wanted = add_slowly([dict.fromkeys(row, 1) for row in labels], 7, pairs)
    assert [list(row.items()) for row in once.to_dicts()] == wanted
    wanted = add_slowly([dict(row) for row in wanted], 8, again)
    assert [list(row.items()) for row in twice.to_dicts()] == wanted


@given(st.lists(st.integers(0, 2**35)))
def test_stable_order(keys):
    for most in (max(keys, default=0), 2**40):
        found = order_stably(np.array(keys, np.int64), most)
        assert found.tolist() == sorted(range(len(keys)), key=keys.__getitem__)
