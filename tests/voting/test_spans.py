from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.voting.spans import (
    Rollup,
    decide_roots,
    refine_label,
    resolve_overlaps,
    segment_tokens,
)

SCHEME = LabelScheme.collect(
    ["DRUG", "OPIOID", "STEROID", "GENE", "VERB", "TIME"],
    {"OPIOID": "DRUG", "STEROID": "DRUG", "DRUG": "CHEMICAL"},
)


def shares_of(**wanted):
    row = [wanted.get(label, 0) for label in SCHEME.labels]
    return np.array([row], np.float32)


@st.composite
def valued_spans(draw):
    length = draw(st.integers(1, 6))
    all_spans = [(a, b) for a, b in combinations(range(length + 1), 2)]
    values = st.integers(-3, 9).map(float)
    return length, draw(st.dictionaries(st.sampled_from(all_spans), values, max_size=9))


def total_value(chosen, values, split_cost, free=()):
    touching = sum(
        a[1] == b[0] and b[0] not in free
        for a, b in zip(chosen, chosen[1:], strict=False)
    )
    return sum(values[span] for span in chosen) - split_cost * touching


@settings(max_examples=200)
@given(
    valued_spans(), st.sampled_from([0.0, 1.0, 5.0]), st.frozensets(st.integers(1, 5))
)
def test_segments_are_the_best_of_all(case, split_cost, free):
    length, values = case
    found = segment_tokens(length, values, split_cost=split_cost, free=free)
    assert disjoint(found) and found == sorted(found) and set(found) <= set(values)
    best = max(
        total_value(sorted(chosen), values, split_cost, free)
        for n in range(len(values) + 1)
        for chosen in combinations(values, n)
        if disjoint(sorted(chosen))
    )
    assert total_value(found, values, split_cost, free) == best
    assert all(values[span] > 0 for span in found)


def disjoint(chosen):
    return all(a[1] <= b[0] for a, b in zip(chosen, chosen[1:], strict=False))


def test_two_spans_side_by_side_cost_extra():
    values = {(0, 1): 2.0, (1, 2): 2.0, (0, 2): 3.5}
    assert segment_tokens(2, values) == [(0, 1), (1, 2)]
    assert segment_tokens(2, values, split_cost=1.0) == [(0, 2)]
    apart = {(0, 1): 2.0, (2, 3): 2.0, (0, 3): 3.5}
    assert segment_tokens(3, apart, split_cost=1.0) == [(0, 1), (2, 3)]


def test_no_spans():
    assert segment_tokens(0, {}) == segment_tokens(5, {}) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(0, 3), st.sampled_from([0.1, 0.5, 0.9])
        )
    ),
    st.sets(st.integers(0, 8)),
)
def test_resolved_overlaps(rows, busy):
    """Equal to picking the best free span again and again."""
    spans = [(start, start + width) for start, width, _ in rows]
    scores = [score for *_, score in rows]
    taken = np.array([i in busy for i in range(9)])
    found = resolve_overlaps(spans, scores, taken)
    free, wanted = {i for i in range(9) if i not in busy}, []
    rest = list(range(len(spans)))
    while rest:
        best = max(
            rest, key=lambda i: (scores[i], spans[i][1] - spans[i][0], -spans[i][0], -i)
        )
        rest.remove(best)
        tokens = set(range(*spans[best]))
        if tokens and tokens <= free:
            free -= tokens
            wanted.append(best)
    assert sorted(found) == sorted(wanted)
    assert [spans[i] for i in found] == sorted(spans[i] for i in found)
    assert taken.sum() == len(busy)  # the argument is left as it was


def test_higher_score_before_longer_span():
    taken = np.zeros(4, bool)
    spans = [(0, 3), (1, 2), (2, 4), (3, 4)]
    assert resolve_overlaps(spans, [0.5, 0.9, 0.5, 0.5], taken) == [1, 2]
    assert resolve_overlaps(spans, [0.5] * 4, taken) == [0, 3]


def test_roots():
    rollup = Rollup.of(SCHEME)
    assert rollup.roots == ("CHEMICAL", "GENE", "TIME", "VERB")
    assert rollup.entity.tolist() == [True, True, True, False]
    summed = rollup.sum_up(shares_of(OPIOID=0.2, DRUG=0.1, CHEMICAL=0.1, VERB=0.6))
    np.testing.assert_allclose(summed, [[0.4, 0, 0, 0.6]], atol=1e-6)


def test_decisions():
    rollup = Rollup.of(SCHEME)
    rows = [
        shares_of(OPIOID=0.2, STEROID=0.2, GENE=0.3, VERB=0.3),
        shares_of(VERB=0.9, TIME=0.1),
        shares_of(),
    ]
    found = decide_roots(np.concatenate(rows), rollup)
    assert [rollup.roots[i] for i in found.root] == ["CHEMICAL", "TIME", "CHEMICAL"]
    np.testing.assert_allclose(found.score, [0.4, 0.1, 0], atol=1e-6)
    np.testing.assert_allclose(found.entity, [0.7, 0.1, 0], atol=1e-6)
    assert found.summed.shape == (3, 4)


def test_no_decisions_about_no_spans():
    found = decide_roots(
        np.zeros((0, len(SCHEME.labels)), np.float32), Rollup.of(SCHEME)
    )
    assert found.root.shape == found.score.shape == (0,)


@pytest.mark.parametrize(
    ("wanted", "label"),
    [
        ({"CHEMICAL": 1.0}, "CHEMICAL"),
        ({"CHEMICAL": 0.3, "DRUG": 0.7}, "DRUG"),
        ({"CHEMICAL": 0.3, "STEROID": 0.7}, "STEROID"),
        ({"STEROID": 0.5, "OPIOID": 0.5}, "DRUG"),
        ({"CHEMICAL": 0.41, "STEROID": 0.59}, "CHEMICAL"),
        ({"GENE": 0.9, "STEROID": 0.1}, "STEROID"),
        ({"GENE": 1.0}, "CHEMICAL"),
    ],
)
def test_refined_label(wanted, label):
    shares = shares_of(**wanted)[0]
    assert refine_label(shares, "CHEMICAL", SCHEME, fine_share=0.6) == label
