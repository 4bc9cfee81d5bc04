import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.evaluation.metrics import (
    Counts,
    count_found,
    finest_target,
    score_spans,
)
from spacy_bert_unsup.evaluation.texts import GoldText, LabelledSpan

PARENTS = {"GPE": "LOCATION", "DOG": "ANIMAL", "ANIMAL": "SPECIES"}
LABELS = ["GPE", "LOCATION", "DOG", "ANIMAL", "SPECIES", "EVENT"]


def is_a(label, ancestor):
    while label is not None:
        if label == ancestor:
            return True
        label = PARENTS.get(label)
    return False


def gold_text(*spans, dropped=()):
    spans = tuple(LabelledSpan(*span) for span in spans)
    return GoldText(tuple("abcdefgh"), spans, tuple(dropped))


def score(text, *predicted, targets=()):
    spans = [LabelledSpan(*span) for span in predicted]
    return score_spans(gold_set(text, targets), [spans], is_a=is_a)


def gold_set(text, targets=()):
    return GoldSet("x", [text], frozenset(targets) | {s.label for s in text.spans})


def numbers(counts):
    return counts.right, counts.predicted, counts.gold


def test_a_label_beneath_the_gold_label_is_right():
    scores = score(gold_text((0, 2, "LOCATION")), (0, 2, "GPE"))
    assert numbers(scores.overall) == (1, 1, 1)
    assert numbers(scores.per_type["LOCATION"]) == (1, 1, 1)


def test_a_label_above_the_gold_label_is_not_scored():
    scores = score(gold_text((0, 2, "GPE")), (0, 2, "LOCATION"))
    assert numbers(scores.overall) == (0, 0, 1)


@pytest.mark.parametrize("bounds", [(0, 1), (1, 2), (0, 3), (4, 5)])
def test_other_bounds_are_wrong(bounds):
    scores = score(gold_text((0, 2, "LOCATION")), (*bounds, "GPE"))
    assert numbers(scores.overall) == (0, 1, 1)


def test_kinds_that_the_gold_does_not_know_are_not_scored():
    scores = score(gold_text((0, 2, "LOCATION")), (0, 2, "EVENT"), (5, 6, "EVENT"))
    assert numbers(scores.overall) == (0, 0, 1)
    known = score(gold_text((0, 2, "LOCATION")), (5, 6, "EVENT"), targets=LABELS)
    assert numbers(known.per_type["EVENT"]) == (0, 1, 0)


def test_predictions_over_dropped_spans_are_neither_right_nor_wrong():
    text = gold_text((0, 2, "LOCATION"), dropped=[(4, 6)])
    scores = score(text, (4, 6, "GPE"), (5, 7, "GPE"), (6, 7, "GPE"))
    assert numbers(scores.overall) == (0, 1, 1)


def test_finest_target():
    assert finest_target("DOG", ["SPECIES", "ANIMAL"], is_a=is_a) == "ANIMAL"
    assert finest_target("DOG", ["LOCATION"], is_a=is_a) is None


def test_ratios():
    counts = Counts(right=1, predicted=2, gold=4)
    assert (counts.precision, counts.recall) == (0.5, 0.25)
    assert counts.f1 == pytest.approx(2 * 0.5 * 0.25 / 0.75)
    assert Counts().f1 == Counts().precision == Counts().recall == 0


def test_candidate_recall_counts_each_candidate_once():
    text = gold_text((0, 2, "LOCATION"), (3, 4, "EVENT"))
    counts = count_found([text], [[(0, 2), (0, 2), (5, 6)]])
    assert numbers(counts) == (1, 2, 2)


def naive_f1(text, predicted, targets):
    """The definition, span by span and without tables."""
    scored = [p for p in predicted if any(is_a(p.label, t) for t in targets)]
    right = sum(
        1
        for p in scored
        for g in text.spans
        if (p.start, p.end) == (g.start, g.end) and is_a(p.label, g.label)
    )
    total = len(scored) + len(text.spans)
    return 2 * right / total if total else 0.0


@st.composite
def spans(draw):
    cuts = sorted(draw(st.sets(st.integers(0, 8))))
    return [
        LabelledSpan(start, end, draw(st.sampled_from(LABELS)))
        for start, end in zip(cuts, cuts[1:], strict=False)
        if draw(st.booleans())
    ]


@given(spans(), spans(), st.sets(st.sampled_from(LABELS)))
def test_scores_agree_with_the_definition(gold, predicted, more):
    text = gold_text(*gold)
    wanted = gold_set(text, more)
    scores = score_spans(wanted, [predicted], is_a=is_a)
    expected = naive_f1(text, predicted, wanted.targets)
    assert scores.overall.f1 == pytest.approx(expected)
    for name in ("right", "predicted", "gold"):
        parts = sum(getattr(counts, name) for counts in scores.per_type.values())
        assert parts == getattr(scores.overall, name)
