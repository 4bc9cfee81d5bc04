from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from spacy_bert_unsup.voting.ballots import OwnTerms
from spacy_bert_unsup.voting.evidence import list_all_voters
from spacy_bert_unsup.voting.lexicon import WordTerms
from spacy_bert_unsup.voting.text import spread_ranges
from tests.voting.words import encode_words

TEXT = "Mary visited old nephritis cancer in the bank and Mary Mary nephritis"


def naive_voters(tagger, scores, row, words, most):
    """One span after the other, with dictionaries: (term, cue), strongest first."""
    strength, probability = {}, {}
    templates = [cue for cue, _ in scores.tops]
    for cue, top in scores.tops:
        weight = tagger.settings.weight(cue) / templates.count(cue)
        total = max(float(top.probs[row].sum()), 1e-9)
        for term, prob in zip(
            top.ids[row].tolist(), top.probs[row].tolist(), strict=True
        ):
            if term >= 0 and tagger.tables.voters[term].any():
                key = (term, cue)
                strength[key] = strength.get(key, 0.0) + weight * prob / total
                probability[key] = max(probability.get(key, 0.0), prob)
    start, end = scores.spans[row, 1:].tolist()
    for term in dict.fromkeys(words.own(start, end).tolist()):
        if tagger.tables.voters[term].any():
            strength[term, "lexical"] = 1.0 / (end - start)
            probability[term, "lexical"] = 1.0
    best = sorted(strength, key=lambda key: -strength[key])[:most]
    return [(term, cue, round(probability[term, cue], 4)) for term, cue in best]


def test_many_spans_as_one_by_one(make_tagger):
    tagger = make_tagger(cue_weights={"lexical": 1.0, "context": 0.7})
    (text,) = encode_words(tagger.lm, TEXT)
    size = len(text.words)
    spans = [(0, s, e) for s in range(size) for e in range(s + 1, min(s + 5, size) + 1)]
    scores = tagger.score_spans([text], np.array(spans, np.int32))
    words = tagger.lexicon.read_words(text)
    rows = np.arange(len(spans), dtype=np.int32)[::-1]
    for most in (1, 4, 99):
        found = list_all_voters(tagger, scores, rows, words, most=most)
        for row, voters in zip(rows.tolist(), found, strict=True):
            listed = [(v.term, v.cue, v.probability) for v in voters]
            assert listed == naive_voters(tagger, scores, row, words, most)
    assert list_all_voters(tagger, scores, rows[:2], words, most=0) == [[], []]
    assert list_all_voters(tagger, scores, rows[:0], words, most=3) == []


counts = st.lists(st.integers(0, 3), min_size=1, max_size=8)


@given(counts, st.data())
def test_own_terms_as_one_by_one(sizes, data):
    total = sum(sizes)
    terms = st.lists(st.integers(0, 5), min_size=total, max_size=total)
    ids = np.array(data.draw(terms), np.int32)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    none = np.zeros(len(sizes), bool)
    words = WordTerms(ids, bounds, none, none, none.astype(np.int32))
    starts = st.integers(0, len(sizes) - 1)
    spans = [
        (s, data.draw(st.integers(s + 1, len(sizes))))
        for s in data.draw(st.lists(starts, max_size=5))
    ]
    voting = np.array([True, False, True, True, False, True])
    found = OwnTerms.find(voting, np.array(spans, np.int32).reshape(-1, 2), words)
    wanted = [
        (row, term)
        for row, (s, e) in enumerate(spans)
        for term in dict.fromkeys(words.own(s, e).tolist())
        if voting[term]
    ]
    assert list(zip(found.row.tolist(), found.term.tolist(), strict=True)) == wanted


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=6))
def test_spread_ranges(ranges):
    bounds = np.array([(s, s + n) for s, n in ranges], np.int32).reshape(-1, 2)
    owner, numbers = spread_ranges(bounds[:, 0], bounds[:, 1])
    wanted = [(i, x) for i, (s, n) in enumerate(ranges) for x in range(s, s + n)]
    assert list(zip(owner.tolist(), numbers.tolist(), strict=True)) == wanted
