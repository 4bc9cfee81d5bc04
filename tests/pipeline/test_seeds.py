"""Own labels in one line of the config."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

ONLY = {"seeds_only": True, "cues": ["lexical"]}


@pytest.fixture(scope="module")
def months() -> Language:
    """The starter with a new label that three terms stand for."""
    nlp = spacy.blank("en")
    seeds = {"MONTH": ["January", "June", "October"]}
    nlp.add_pipe("bert_unsup_ner", config={"seeds": seeds})
    return nlp


def test_seeds_get_their_label(months: Language):
    doc = months("She left in January and came back in June.")
    assert ("January", "MONTH") in entities(doc)
    assert ("June", "MONTH") in entities(doc)


def test_neighbours_of_seeds_get_the_label_too(months: Language):
    """More than half of the seeds are their nearest neighbours."""
    doc = months("She left in September and came back in April.")
    assert {("September", "MONTH"), ("April", "MONTH")} <= set(entities(doc))


def test_other_labels_are_not_harmed(months: Language, nlp: Language):
    text = "Barack Obama flew to Berlin and was treated with aspirin."
    assert entities(months(text)) == entities(nlp(text))
    labels = set(nlp.pipe_labels["bert_unsup_ner"])
    assert set(months.pipe_labels["bert_unsup_ner"]) == labels | {"MONTH"}


def test_own_seeds_win_over_shipped_ones(make_toy: MakeNLP):
    nlp = make_toy(seeds={"CITY": ["Paris"], "DRUG": ["fever"]})
    expected = [(text, "CITY" if text == "Paris" else name) for text, name in TOY_ENTS]
    assert entities(nlp(TOY_TEXT)) == expected
    assert entities(nlp("Mary made fever")) == [("Mary", "PERSON"), ("fever", "DRUG")]


def test_seeds_only(make_toy: MakeNLP):
    nlp = make_toy(seeds={"CITY": ["Paris", "London"], "FUNCTION": ["in"]}, **ONLY)
    ner = nlp.get_pipe("bert_unsup_ner")
    assert ner.labels == ("CITY",)  # type: ignore[attr-defined]
    assert set(ner.assets.seeds) == {"Paris", "London", "in"}  # type: ignore[attr-defined]
    assert ("Paris", "CITY") in entities(nlp("in Paris"))


def test_seeds_do_not_grow_when_saved(make_toy: MakeNLP, tmp_path: Path):
    nlp = make_toy(seeds={"CITY": ["Paris", "London"]})
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    mine, theirs = (
        n.get_pipe("bert_unsup_ner").assets  # type: ignore[attr-defined]
        for n in (nlp, again)
    )
    assert theirs.seeds == mine.seeds
    assert (theirs.counts == mine.counts).all()
    assert entities(again(TOY_TEXT)) == entities(nlp(TOY_TEXT))


def test_seeds_without_an_entry_are_named_once(
    make_toy: MakeNLP, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING, logger="spacy_bert_unsup"):
        make_toy(seeds={"CITY": ["Paris", "Timbuktu", "New York"]}).initialize()
    (record,) = caplog.records
    assert "Timbuktu, New York" in record.getMessage()
    assert "Paris" not in record.getMessage()


def test_seeds_without_an_entry_are_found_in_texts(make_toy: MakeNLP):
    nlp = make_toy(seeds={"CITY": ["Paris", "Timbuktu"]})
    doc = nlp("Mary lived in Timbuktu")
    assert entities(doc) == [("Mary", "PERSON"), ("Timbuktu", "CITY")]
    (voter,) = doc.ents[1]._.evidence
    assert voter == {
        "term": "Timbuktu",
        "probability": 1.0,
        "cue": "lexical",
        "labels": ["CITY"],
    }
