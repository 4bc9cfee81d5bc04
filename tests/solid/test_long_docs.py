"""Long documents: read in windows, found anywhere, and never cut in silence."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from spacy_bert_unsup.errors import ConfigError, InputError
from tests.pipeline.conftest import TOY_TEXT, MakeNLP, entities

SIZE = 5000
ENTITY = ["John", "Smith"]
ASKING = {"cues": ["context", "lexical"], "voting": {"context_templates": ["[MASK]"]}}


def plant(nlp: Language, places: list[int], size: int = SIZE) -> Doc:
    """A doc of words that mean nothing, with the entity at some places."""
    words = ["the"] * size
    for place in places:
        words[place : place + 2] = ENTITY
    return nlp(Doc(nlp.vocab, words=words))


def borders(nlp: Language) -> list[int]:
    """Tokens (each of one piece) at which a window of the long doc starts or ends."""
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    _, texts, _ = ner._read([Doc(nlp.vocab, words=["the"] * SIZE)])
    assert len(texts[0].pieces) == SIZE
    return sorted({edge for window in texts[0].windows for edge in window})


@pytest.fixture(scope="module")
def asking(make_toy: MakeNLP) -> Language:
    return make_toy(**ASKING)


def test_an_entity_is_found_at_any_place(toy_nlp: Language):
    """Every place of the doc, in nine docs whose entities stand apart."""
    for shift in range(0, 9, 2):
        places = list(range(shift, SIZE - 2, 9))
        doc = plant(toy_nlp, places)
        assert [(ent.start, ent.end) for ent in doc.ents] == [
            (place, place + 2) for place in places
        ]
        assert {ent.label_ for ent in doc.ents} == {"PERSON"}


def test_an_entity_is_found_on_the_borders_of_windows(asking: Language):
    """With the context asked, before, across and behind every border."""
    edges = [edge for edge in borders(asking) if 4 < edge < SIZE - 4]
    assert len(edges) > 100
    for shift in (-2, -1, 0):
        places = [edge + shift for edge in edges[::7]]
        doc = plant(asking, places)
        found = {(ent.start, ent.end, ent.label_) for ent in doc.ents}
        assert found >= {(place, place + 2, "PERSON") for place in places}


def test_a_place_is_as_good_as_the_start(toy_nlp: Language):
    first = plant(toy_nlp, [0]).ents[0]
    for place in (1, 44, 45, 46, 47, 2500, SIZE - 2):
        ent = plant(toy_nlp, [place]).ents[0]
        assert (ent.text, ent._.label_scores) == (first.text, first._.label_scores)
        assert ent.start_char == place * 4


def test_windows_are_noted(toy_nlp: Language):
    (note,) = plant(toy_nlp, [7])._.bert_unsup_notes
    assert "overlapping windows of at most 46 pieces" in note


def test_a_warning_for_long_docs(make_toy: MakeNLP, caplog: pytest.LogCaptureFixture):
    nlp = make_toy(on_overflow="warn")
    with caplog.at_level(logging.WARNING, logger="spacy_bert_unsup"):
        nlp(TOY_TEXT)
        assert not caplog.records
        doc = plant(nlp, [7], 200)
    (record,) = caplog.records
    assert "overlapping windows" in record.getMessage()
    assert len(doc._.bert_unsup_notes) == 1


def test_long_docs_are_refused(make_toy: MakeNLP):
    nlp = make_toy(on_overflow="error")
    with pytest.raises(InputError, match="200 pieces.*46.*'bert_unsup_ner'.*window"):
        plant(nlp, [7], 200)
    told: list[str] = []
    nlp.set_error_handler(lambda name, pipe, docs, error: told.append(docs[0].text))
    long = " ".join(["the"] * 200)
    docs = list(nlp.pipe([TOY_TEXT, long, TOY_TEXT]))
    assert [doc.text for doc in docs] == [TOY_TEXT] * 2 and told == [long]
    assert entities(docs[0]) == entities(docs[1])


def test_there_is_no_other_way(make_toy: MakeNLP):
    with pytest.raises(ConfigError, match="'on_overflow' cannot be 'cut'.*window"):
        make_toy(on_overflow="cut")
