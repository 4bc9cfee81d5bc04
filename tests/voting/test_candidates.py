from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc, Span, SpanGroup

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.voting.candidates import (
    find_auto,
    find_entity_marks,
    find_noun_chunks,
    find_pos_runs,
    find_span_group,
    find_tokens,
    group_tokens,
)

nlp = spacy.blank("en")
FINDERS = [
    find_auto,
    find_entity_marks,
    find_noun_chunks,
    find_pos_runs,
    find_span_group,
    find_tokens,
]


def parsed_doc():
    """The old king 's doctor saw her ."""
    return Doc(
        nlp.vocab,
        words=["The", "old", "king", "'s", "doctor", "saw", "her", "."],
        tags=["DT", "JJ", "NN", "POS", "NN", "VBD", "PRP", "."],
        pos=["DET", "ADJ", "NOUN", "PART", "NOUN", "VERB", "PRON", "PUNCT"],
        heads=[2, 2, 4, 2, 5, 5, 5, 5],
        deps=["det", "amod", "poss", "case", "nsubj", "ROOT", "dobj", "punct"],
    )


def test_auto_joins_tokens():
    found = find_auto(nlp("Ann lives in Rome."))
    assert found.join and found.spans == []


def test_tokens_with_letters_or_digits():
    found = find_tokens(nlp("In 2019 , é ! ²"))
    assert found.spans == [(0, 1), (1, 2), (3, 4), (5, 6)]
    assert not found.join


def test_pos_runs():
    assert find_pos_runs(parsed_doc()).spans == [(1, 5)]
    assert find_pos_runs(parsed_doc(), ("NOUN", "PRON")).spans == [
        (2, 3),
        (4, 5),
        (6, 7),
    ]


def test_noun_chunks_without_determiners_and_pronouns():
    assert find_noun_chunks(parsed_doc()).spans == [(1, 5)]


@pytest.mark.parametrize(
    ("finder", "need"), [(find_pos_runs, "tagger"), (find_noun_chunks, "parser")]
)
def test_without_tagger_or_parser(finder, need):
    with pytest.raises(ConfigError, match=f"E304.*needs a {need}.*'auto'"):
        finder(nlp("Ann lives in Rome."))


def test_language_without_noun_chunks():
    doc = Doc(spacy.blank("xx").vocab, words=["a"], deps=["ROOT"], heads=[0])
    with pytest.raises(ConfigError, match="E304"):
        find_noun_chunks(doc)


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_to_find(finder, text):
    doc = Doc(nlp.vocab) if not text else nlp(text)
    if text:
        for token in doc:
            token.tag_, token.dep_ = "_SP", "dep"
            token.head = token
    assert finder(doc).spans == []


def test_span_group():
    doc = nlp("Ann lives in Rome.")
    doc.spans["sc"] = [doc[3:4], doc[0:1], doc[0:4], Span(doc, 0, 1, label="X")]
    doc.spans["mine"] = [doc[1:2]]
    assert find_span_group(doc).spans == [(0, 1), (0, 4), (3, 4)]
    assert find_span_group(doc, "mine").spans == [(1, 2)]
    assert find_span_group(doc, "nowhere").spans == []


def test_empty_spans_of_a_group_are_not_asked():
    doc = nlp("Ann lives in Rome.")
    doc.spans["sc"] = SpanGroup(doc, spans=[doc[0:0], doc[2:2], doc[4:5]])
    assert find_span_group(doc).spans == [(4, 5)]


def read(text, found):
    """What the model reads, and the text of each span without marks."""
    kept = [not any(a <= i < b for a, b in found.unread) for i in range(len(text))]
    doc = nlp(text)

    def clean(start, end):
        return "".join(text[i] for i in range(start, end) if kept[i])

    spans = [doc[start:end] for start, end in found.spans]
    return clean(0, len(text)), [clean(s.start_char, s.end_char) for s in spans]


@pytest.mark.parametrize(
    ("text", "clean", "phrases"),
    [
        ("I met Ann today .", "I met Ann today .", []),
        ("I met Ann:__entity__ today .", "I met Ann today .", ["Ann"]),
        (
            "In New:__entity__ York:__entity__ and Rome:__entity__",
            "In New York and Rome",
            ["New York", "Rome"],
        ),
        ("a :__entity__ Rome:__entity__ b", "a  Rome b", ["Rome"]),
        ("a Rome:__entity__ :__entity__ b", "a Rome  b", ["Rome"]),
        (":__entity__", "", []),
        ("x:__entity__y", "x:__entity__y", []),
        ("p53/bcl:__entity__ binds", "p53/bcl binds", ["p53/bcl"]),
    ],
)
def test_entity_marks(text, clean, phrases):
    assert read(text, find_entity_marks(nlp(text))) == (clean, phrases)


def test_other_mark():
    text = "Ann@@ met Bob."
    assert read(text, find_entity_marks(nlp(text), "@@")) == ("Ann met Bob.", ["Ann"])


def test_group_tokens():
    wanted = [True, True, False, True, False, False, True]
    assert group_tokens(wanted) == [(0, 2), (3, 4), (6, 7)]
    assert group_tokens([]) == group_tokens([False]) == []
