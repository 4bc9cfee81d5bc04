from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.voting.candidates import Candidates
from spacy_bert_unsup.voting.tagging import find_spans, tag_texts
from spacy_bert_unsup.voting.thresholds import Thresholds
from tests.voting.words import encode_words

AUTO = Candidates([], join=True)
TEXT = "Mary visited old Paris with arthritis ."


def tag(tagger, *texts, candidates=AUTO, thresholds=None, taken=None):
    """The chosen spans of each text, as (words, root label)."""
    encoded = encode_words(tagger.lm, *texts)
    tagged = tag_texts(
        tagger,
        encoded,
        [candidates] * len(texts),
        thresholds or Thresholds(),
        taken=taken,
    )
    return [show(tagger, *pair) for pair in zip(encoded, tagged, strict=True)]


def show(tagger, text, tagged):
    shown = []
    for row in tagged.chosen:
        _, start, end = tagged.scores.spans[row].tolist()
        root = tagger.rollup.roots[tagged.decisions.root[row]]
        shown.append((" ".join(text.words[start:end]), root))
    return shown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", []),
        (" ", []),
        (", .", []),
        ("the old city", []),
        ("Mary", [("Mary", "PERSON")]),
        ("Mary lives in Paris .", [("Mary", "PERSON"), ("Paris", "LOCATION")]),
        ("Mary Smith visited Texas", [("Mary Smith", "PERSON"), ("Texas", "LOCATION")]),
        ("the patient with nephritis", [("nephritis", "DISEASE")]),
        ("the cancer", []),  # a kind by itself
        ("London 's city", [("London", "LOCATION")]),
    ],
)
def test_tagged_by_words_alone(word_tagger, text, wanted):
    assert tag(word_tagger, text) == [wanted]


def test_adjectives_are_left_outside(word_tagger):
    """They may be taken in, but cost a span more than they bring."""
    assert tag(word_tagger, "with old arthritis")[0] == [("arthritis", "DISEASE")]
    (text,) = encode_words(word_tagger.lm, "with old arthritis")
    words = [word_tagger.lexicon.label_words(text)]
    assert (1, 3) in find_spans(word_tagger, [text], words, [AUTO])[0]


def test_given_spans(word_tagger):
    """Only these; of two that overlap, the one with the higher score."""
    given = Candidates([(1, 2), (2, 4), (3, 4), (5, 6)])
    assert tag(word_tagger, TEXT, candidates=given) == [
        [("Paris", "LOCATION"), ("arthritis", "DISEASE")]
    ]
    assert tag(word_tagger, TEXT, candidates=Candidates([])) == [[]]


def test_given_and_proposed_spans_in_one_call(word_tagger):
    encoded = encode_words(word_tagger.lm, TEXT, "", TEXT, "Peter was in Texas")
    given = Candidates([(5, 6)])
    tagged = tag_texts(word_tagger, encoded, [AUTO, AUTO, given, AUTO], Thresholds())
    found = [show(word_tagger, *pair) for pair in zip(encoded, tagged, strict=True)]
    disease = ("arthritis", "DISEASE")
    assert found == [
        [("Mary", "PERSON"), ("Paris", "LOCATION"), disease],
        [],
        [disease],
        [("Peter", "PERSON"), ("Texas", "LOCATION")],
    ]
    assert [len(t.scores.spans) for t in tagged] == [len(t.passes) for t in tagged]
    assert tagged[2].scores.spans.tolist() == [[2, 5, 6]]


def test_no_texts(make_tagger):
    assert tag_texts(make_tagger(), [], [], Thresholds()) == []


@pytest.mark.parametrize(
    ("thresholds", "wanted"),
    [
        (Thresholds(1.0), ["Mary", "Paris", "arthritis"]),
        (Thresholds(labels={"DISEASE": 1.01}), ["Mary", "Paris"]),
        (Thresholds(1.01, {"PERSON": 0.2}), ["Mary"]),
        (Thresholds(1.01, {"GPE": 0.2}), ["Paris"]),
        (Thresholds(0.0, {"GPE": 1.01}), ["Mary", "arthritis"]),
        (
            Thresholds(0.0, {"GPE": 0.2, "LOCATION": 1.01}),
            ["Mary", "Paris", "arthritis"],
        ),
    ],
)
@pytest.mark.parametrize("given", [True, False])
def test_thresholds(word_tagger, thresholds, wanted, given):
    spans = Candidates([(0, 1), (3, 4), (5, 6)]) if given else AUTO
    (found,) = tag(word_tagger, TEXT, candidates=spans, thresholds=thresholds)
    assert [words for words, _ in found] == wanted


@pytest.mark.parametrize(
    ("share", "wanted"), [(0.5, []), (0.3, [("Mary the", "PERSON")])]
)
def test_non_entities_win_where_they_are_stronger(make_tagger, share, wanted):
    """The head of "Mary the" has two thirds of the vote."""
    tagger = make_tagger(cues=("lexical",), entity_share=share, head=2.0)
    assert tag(tagger, "Mary the", candidates=Candidates([(0, 2)])) == [wanted]


@pytest.mark.parametrize("candidates", [AUTO, Candidates([(0, 1), (2, 4), (3, 4)])])
def test_taken_tokens_stay_free(word_tagger, candidates):
    busy = np.array([word in ("Paris", "arthritis") for word in TEXT.split()])
    found = tag(word_tagger, TEXT, candidates=candidates, taken=[busy])
    assert found == [[("Mary", "PERSON")]]


def test_spans_of_a_text_do_not_depend_on_the_others(make_tagger):
    tagger = make_tagger(entity_share=0.0)
    texts = [TEXT, "Peter was in Texas", "a gene of cats"]
    assert tag(tagger, *texts) == [tag(tagger, text)[0] for text in texts]


def test_chosen_spans_never_overlap(make_tagger):
    tagger = make_tagger(entity_share=0.0, propose=0.0)
    encoded = encode_words(tagger.lm, TEXT, "Peter Smith 's old aspirin of Texas")
    for tagged in tag_texts(tagger, encoded, [AUTO] * 2, Thresholds()):
        bounds = tagged.scores.spans[list(tagged.chosen), 1:].tolist()
        assert bounds == sorted(bounds)
        assert all(a[1] <= b[0] for a, b in zip(bounds, bounds[1:], strict=False))
        assert tagged.passes[list(tagged.chosen)].all()


def asked_in_context(tagger, candidates, cue="context"):
    encoded = encode_words(tagger.lm, TEXT)
    (tagged,) = tag_texts(tagger, encoded, [candidates], Thresholds())
    (top,) = (top for name, top in tagged.scores.tops if name == cue)
    return top.ids


def test_only_hopeful_proposals_are_asked_in_context(make_tagger):
    """The dearer cue is spent where words and phrase leave a chance."""
    settings = {"context_templates": ("[MASK]",), "cues": ("context", "lexical")}
    settings["extra_cost"] = 9.0  # "old Paris" has no chance
    wanted = asked_in_context(make_tagger(context_margin=1e9, **settings), AUTO)
    found = asked_in_context(make_tagger(context_margin=0.0, **settings), AUTO)
    asked = (found >= 0).any(axis=1)
    assert (wanted >= 0).any(axis=1).all()
    assert 0 < asked.sum() < len(asked)
    np.testing.assert_array_equal(found[asked], wanted[asked])


def test_only_hopeful_phrases_are_asked(make_tagger):
    settings = {"cues": ("phrase", "lexical"), "extra_cost": 9.0}
    wanted = asked_in_context(
        make_tagger(phrase_margin=1e9, **settings), AUTO, "phrase"
    )
    tagger = make_tagger(phrase_margin=0.0, **settings)
    found = asked_in_context(tagger, AUTO, "phrase")
    asked = (found >= 0).any(axis=1)
    assert (wanted >= 0).any(axis=1).all()
    assert 0 < asked.sum() < len(asked)
    np.testing.assert_array_equal(found[asked], wanted[asked])


def test_given_spans_are_all_asked_in_context(make_tagger):
    settings = {"context_templates": ("[MASK]",), "context_margin": -1e9}
    given = Candidates([(0, 1), (1, 2), (2, 3)])
    assert (asked_in_context(make_tagger(**settings), given) >= 0).any(axis=1).all()


@pytest.mark.parametrize(("cost", "words"), [(0.0, "Smith"), (9.0, "Visited Smith")])
def test_runs_of_capitals_are_kept_whole(make_tagger, cost, words):
    settings = {"cues": ("lexical",), "head": 1.0, "entity_share": 0.3}
    tagger = make_tagger(cut_cost=cost, **settings)
    ((found,),) = tag(tagger, "the Visited Smith")
    assert found == (words, "PERSON")


@pytest.mark.parametrize(
    ("cost", "capitals", "wanted"),
    [(0.0, True, "treated Smith"), (9.0, True, "Smith"), (9.0, False, "treated Smith")],
)
def test_words_in_lower_case_are_left_outside_names(
    make_tagger, cost, capitals, wanted
):
    settings = {"cues": ("lexical",), "head": 3.0, "extra_cost": 0.0, "block": 1.0}
    settings |= {"lower_cost": cost, "capitals": capitals, "entity_share": 0.2}
    ((found,),) = tag(make_tagger(**settings), "treated Smith")
    assert found == (wanted, "PERSON")
