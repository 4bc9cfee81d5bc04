"""Living with other components: what they set is kept, what they do is survived."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Span

from spacy_bert_unsup.errors import ConfigError
from tests.pipeline.conftest import (
    TOY_ENTS,
    TOY_TEXT,
    MakeNLP,
    entities,
    toy_config,
)
from tests.toys import make_lm


def test_entities_that_were_set_before_are_kept(toy_nlp: Language):
    doc = toy_nlp.make_doc(TOY_TEXT)
    doc.ents = [Span(doc, 1, 4, label="MINE")]
    kept = [("John", "PERSON"), ("Smith lives in", "MINE"), *TOY_ENTS[1:]]
    assert entities(toy_nlp(doc)) == kept


def test_entities_that_were_set_before_are_replaced(make_toy: MakeNLP):
    nlp = make_toy(overwrite_ents=True)
    doc = nlp.make_doc(TOY_TEXT)
    doc.ents = [Span(doc, 1, 4, label="MINE")]
    assert entities(nlp(doc)) == TOY_ENTS


def test_ids_of_kept_entities_stay(toy_nlp: Language):
    doc = toy_nlp.make_doc(TOY_TEXT)
    doc.ents = [Span(doc, 4, 5, label="CITY", kb_id="Q90", span_id="paris")]
    ent = toy_nlp(doc).ents[1]
    assert (ent.text, ent.label_, ent.kb_id_, ent.id_) == (
        *("Paris", "CITY", "Q90", "paris"),
    )


def test_blocked_tokens_stay_blocked(toy_nlp: Language):
    doc = toy_nlp.make_doc(TOY_TEXT)
    doc.set_ents([], blocked=[doc[4:5]], default="unmodified")
    assert entities(toy_nlp(doc)) == [e for e in TOY_ENTS if e[0] != "Paris"]
    assert doc[4].ent_iob == 3 and not doc[4].ent_type


def test_blocked_tokens_are_overwritten(make_toy: MakeNLP):
    nlp = make_toy(overwrite_ents=True)
    doc = nlp.make_doc(TOY_TEXT)
    doc.set_ents([], blocked=[doc[4:5]], default="unmodified")
    assert entities(nlp(doc)) == TOY_ENTS


def test_tagging_twice_changes_nothing(toy_nlp: Language):
    doc = toy_nlp(toy_nlp(TOY_TEXT))
    assert entities(doc) == TOY_ENTS
    assert [ent._.confidence for ent in doc.ents] == [1.0] * 5


@pytest.mark.parametrize("before", [True, False])
def test_entity_ruler(make_toy: MakeNLP, before: bool):
    nlp = make_toy()
    place = {"first": True} if before else {"last": True}
    ruler = nlp.add_pipe("entity_ruler", **place)
    patterns = [
        {"label": "CITY", "pattern": "Paris"},
        {"label": "ACT", "pattern": "treated"},
    ]
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    found = entities(nlp(TOY_TEXT))
    assert ("Paris", "CITY" if before else "GPE") in found
    assert ("treated", "ACT") in found
    assert len(found) == 6


def test_two_instances(toy_folder: Path, make_toy: MakeNLP, tmp_path: Path):
    """Each with its own model, span group and attribute."""
    make_lm("distilbert").save(tmp_path / "other")
    nlp = make_toy(labels=["PERSON"])
    other = {"model": str(tmp_path / "other"), "spans_key": "second", "threshold": 0.0}
    other |= {"attrs": {"confidence": "second_confidence"}}
    nlp.add_pipe("bert_unsup_ner", name="second", config=other)
    doc = nlp(TOY_TEXT)
    first, second = (
        nlp.get_pipe(name).lm  # type: ignore[attr-defined]
        for name in ("bert_unsup_ner", "second")
    )
    assert first is not second
    assert {"John Smith", "Mary"} <= {ent.text for ent in doc.ents}
    assert len(doc.spans["second"]) > 0
    scores = doc.spans["second"].attrs["scores"]
    assert [s._.second_confidence for s in doc.spans["second"]] == scores
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")(TOY_TEXT)
    assert entities(again) == entities(doc)
    assert again.spans["second"].attrs["scores"] == pytest.approx(scores, abs=1e-3)


def test_one_name_cannot_mean_two_groups(toy_folder: Path, make_toy: MakeNLP):
    make_toy(spans_key="one", attrs={"evidence": "shared_evidence"})
    with pytest.raises(ConfigError, match="shared_evidence"):
        make_toy(spans_key="two", attrs={"evidence": "shared_evidence"})


def test_select_and_replace_pipes(toy_folder: Path, make_toy: MakeNLP):
    nlp = make_toy()
    with nlp.select_pipes(disable="bert_unsup_ner"):
        assert entities(nlp(TOY_TEXT)) == []
    config = toy_config(toy_folder, labels=["PERSON"])
    nlp.replace_pipe("bert_unsup_ner", "bert_unsup_ner", config=config)
    assert entities(nlp(TOY_TEXT)) == [TOY_ENTS[0], TOY_ENTS[2]]


def test_sourced_from_another_pipeline(make_toy: MakeNLP):
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", source=make_toy())
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS


def test_labels_outlive_a_memory_zone(make_toy: MakeNLP):
    nlp = make_toy()
    with nlp.memory_zone():
        assert entities(nlp(TOY_TEXT)) == TOY_ENTS
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS
    assert "DRUG" in nlp.vocab.strings
