from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.voting.evidence import (
    list_voters,
    name_labels,
    own_terms,
    top_label_scores,
)
from tests.voting.words import encode_words

TEXT = "Mary visited old nephritis cancer in the bank"


@pytest.fixture(scope="module")
def asked(make_tagger):
    tagger = make_tagger()
    (text,) = encode_words(tagger.lm, TEXT)
    scores = tagger.score_spans([text], np.array([[0, 0, 1], [0, 2, 5]], np.int32))
    return tagger, text, scores


def test_voters_are_terms_that_voted(asked):
    """Those that the model offered and that speak for something, and own words."""
    tagger, text, scores = asked
    for row in range(2):
        found = list_voters(tagger, scores, row, text, most=1000)
        wanted = {
            (term, cue)
            for cue, top in scores.tops
            for term in top.ids[row].tolist()
            if term >= 0 and tagger.tables.voters[term].any()
        }
        start, end = scores.spans[row, 1:].tolist()
        own = own_terms(tagger.lexicon, text, start, end)
        wanted |= {(term, "lexical") for term in own}
        assert sorted((v.term, v.cue) for v in found) == sorted(wanted)
        assert {v.cue for v in found} == {"context", "phrase", "lexical"}


def test_strongest_voters_come_first(asked):
    tagger, text, scores = asked
    found = list_voters(tagger, scores, 0, text, most=1000)
    assert list_voters(tagger, scores, 0, text, most=3) == found[:3]
    # The only own word of "Mary" has the whole lexical cue.
    assert tagger.lm.terms[found[0].term] == "Mary" and found[0].cue == "lexical"
    assert found[0].probability == 1.0
    phrase = [v.probability for v in found if v.cue == "phrase"]
    assert phrase == sorted(phrase, reverse=True)


def test_voters_weigh_as_their_cue(make_tagger):
    tagger = make_tagger(cue_weights={"context": 1e-6, "phrase": 1.0, "lexical": 1e3})
    (text,) = encode_words(tagger.lm, TEXT)
    scores = tagger.score_spans([text], np.array([[0, 0, 1]], np.int32))
    cues = [voter.cue for voter in list_voters(tagger, scores, 0, text, most=1000)]
    order = ["lexical", "phrase", "context"]
    assert cues == sorted(cues, key=order.index) and set(cues) == set(order)


def test_probabilities_are_those_of_the_model(asked):
    """The highest of a cue's templates, so that all lie in [0, 1]."""
    tagger, text, scores = asked
    for voter in list_voters(tagger, scores, 1, text, most=1000):
        if voter.cue != "lexical":
            said = [
                float(prob)
                for cue, top in scores.tops
                for term, prob in zip(top.ids[1], top.probs[1], strict=True)
                if (cue, term) == (voter.cue, voter.term)
            ]
            assert voter.probability == pytest.approx(max(said), abs=1e-4)


def test_own_words_do_not_vote_without_the_lexical_cue(make_tagger):
    tagger = make_tagger(cues=("context",))
    (text,) = encode_words(tagger.lm, TEXT)
    scores = tagger.score_spans([text], np.array([[0, 0, 1]], np.int32))
    found = list_voters(tagger, scores, 0, text, most=1000)
    assert {voter.cue for voter in found} == {"context"}


def test_own_terms(asked):
    """Words of the vocabulary, or their pieces; only what speaks for something."""
    tagger, text, _ = asked
    names = tagger.lm.terms
    found = own_terms(tagger.lexicon, text, 2, 8)
    assert [names[i] for i in found] == ["old", "##itis", "cancer", "in", "the"]
    assert own_terms(tagger.lexicon, text, 7, 8) == []


def test_top_label_scores():
    summed, roots = np.array([0.1, 0.62341, 0.0, 0.27]), ["A", "B", "C", "D"]
    found = top_label_scores(summed, roots, label="B", share=0.62341, most=9)
    assert list(found.items()) == [("B", 0.6234), ("D", 0.27), ("A", 0.1)]
    found = top_label_scores(summed, roots, label="B2", share=0.5, most=3)
    assert list(found.items()) == [("B", 0.6234), ("B2", 0.5), ("D", 0.27)]


def test_named_labels(word_tagger):
    """At most three, each with at least half of the best share."""
    scheme = word_tagger.assets.scheme
    shares = np.zeros(len(scheme.labels), np.float32)
    assert name_labels(shares, scheme) == ()
    shares[:5] = [0.1, 0.3, 0.05, 0.16, 0.3]
    names = [scheme.labels[i] for i in (1, 4, 3)]
    assert name_labels(shares, scheme) == tuple(names)
    shares[3] = 0.14
    assert name_labels(shares, scheme) == tuple(names[:2])


def test_voters_say_what_they_voted_for(make_tagger):
    """A kind word by itself is no entity; in an entity it speaks for its kind."""
    tagger = make_tagger(cues=("lexical",))
    (text,) = encode_words(tagger.lm, TEXT)
    spans = np.array([[0, 0, 1], [0, 4, 5], [0, 3, 5]], np.int32)
    scores = tagger.score_spans([text], spans)
    said = [
        {tagger.lm.terms[v.term]: v.labels for v in voters}
        for voters in (list_voters(tagger, scores, i, text, most=9) for i in range(3))
    ]
    assert said[0] == {"Mary": ("PERSON",)}
    assert said[1] == {"cancer": ("GENERIC",)}
    assert said[2] == {"##itis": ("DISEASE",), "cancer": ("DISEASE",)}
