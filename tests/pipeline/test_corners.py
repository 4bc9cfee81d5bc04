"""What a fresh reading of the component found, each once wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
import spacy
from spacy.tokens import Span

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.mlm.text import TokenizedText
from spacy_bert_unsup.pipeline.options import merge_thresholds
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.voting.candidates import Candidates
from spacy_bert_unsup.voting.evidence import list_voters
from tests.pipeline.conftest import TOY_TEXT, entities, toy_config


def test_a_model_folder_may_be_named_starter(toy_folder, tmp_path):
    folder = tmp_path / "starter"
    shutil.copytree(toy_folder, folder)
    shutil.rmtree(folder / "assets")
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("bert_unsup_ner", config={"model": str(folder)})
    assert ner.assets.fingerprint == ner.lm.fingerprint


def test_evidence_says_what_a_kind_word_is_by_itself(make_toy):
    kinds = {"ROLE": ["king"], "GENERIC": ["king"], "PERSON": ["John"]}
    tagger = make_toy(seeds=kinds, seeds_only=True).get_pipe("bert_unsup_ner").tagger
    text = "king John"
    bounds = [np.array(ends, np.int32) for ends in ([0, 5], [4, 9])]
    texts = tagger.encode([TokenizedText(text, *bounds)])
    scores = tagger.score_spans(texts, np.array([[0, 0, 1], [0, 0, 2]], np.int32))
    alone, whole = (
        list_voters(tagger, scores, row, texts[0], most=1) for row in range(2)
    )
    assert [voter.labels for voter in alone] == [("GENERIC",)]
    assert [voter.labels for voter in whole] == [("ROLE",)]


def test_another_pipe_keeps_its_spans(toy_folder, make_toy):
    nlp = make_toy()
    nlp.add_pipe("bert_unsup_ner", name="second", config=toy_config(toy_folder))
    with pytest.raises(ConfigError, match="spans_key"):
        nlp(TOY_TEXT)


def test_spans_of_a_user_are_not_replaced(make_toy):
    nlp = make_toy()
    doc = nlp.make_doc(TOY_TEXT)
    doc.spans["bert_unsup"] = [Span(doc, 0, 1, label="MINE")]
    with pytest.raises(ConfigError, match="spans_key"):
        nlp.get_pipe("bert_unsup_ner")(doc)


@pytest.mark.parametrize("through", ["disk", "bytes"])
def test_thresholds_set_by_hand_are_saved(make_toy, tmp_path, through):
    nlp = make_toy()
    nlp.get_pipe("bert_unsup_ner").cfg["threshold"] = 1.0
    nlp.get_pipe("bert_unsup_ner").cfg["label_thresholds"] = {"DRUG": 0.9}
    if through == "disk":
        nlp.to_disk(tmp_path)
        loaded = spacy.load(tmp_path)
    else:
        loaded = make_toy().from_bytes(nlp.to_bytes())
    cfg = {"threshold": 1.0, "label_thresholds": {"DRUG": 0.9}}
    assert loaded.get_pipe("bert_unsup_ner").cfg == cfg


def test_the_config_beats_a_saved_threshold(make_toy):
    saved = make_toy()
    saved.get_pipe("bert_unsup_ner").cfg["threshold"] = 1.0
    loaded = make_toy(threshold=0.2).from_bytes(saved.to_bytes())
    assert loaded.get_pipe("bert_unsup_ner").cfg["threshold"] == 0.2


def test_a_threshold_in_the_config_beats_every_stored_one():
    scheme = LabelScheme.collect(["DRUG", "GPE"])
    stored = {"": 0.3, "DRUG": 0.9}
    unset = merge_thresholds(
        {"threshold": None, "label_thresholds": {}}, stored, scheme
    )
    assert (unset.general, unset.labels) == (0.3, {"DRUG": 0.9})
    ours = merge_thresholds({"threshold": 0.1, "label_thresholds": {}}, stored, scheme)
    assert (ours.general, ours.labels) == (0.1, {})


def test_given_spans_get_the_names_that_entities_get(make_toy):
    nlp = make_toy(label_map="ontonotes")
    doc = nlp(TOY_TEXT)
    ner = nlp.get_pipe("bert_unsup_ner")
    given = [(ent.start, ent.end) for ent in doc.ents]
    votes = ner.type_spans([doc], [[*given, given[0]]])[0]
    found = [label for _, label in entities(doc)]
    assert [vote.label for vote in votes] == [*found, found[0]]


def test_a_kind_word_names_a_given_span(make_toy):
    kinds = {"ROLE": ["king"], "GENERIC": ["king", "war"], "GPE": ["war"]}
    nlp = make_toy(seeds=kinds, seeds_only=True, cues=["lexical"])
    doc = nlp("king")
    votes = nlp.get_pipe("bert_unsup_ner").type_spans([doc], [[(0, 1)]])
    assert votes[0][0].label == "ROLE"
    assert not doc.ents


def test_a_span_of_which_nothing_speaks_has_no_label(make_toy):
    nlp = make_toy()
    vote = nlp.get_pipe("bert_unsup_ner").type_spans([nlp.make_doc("\n")], [[(0, 1)]])
    assert (vote[0][0].label, vote[0][0].score) == ("", 0.0)


def test_candidates_outside_the_text_are_named(make_toy):
    nlp = make_toy()
    ner = nlp.get_pipe("bert_unsup_ner")
    object.__setattr__(ner.options, "candidates", lambda doc: Candidates([(0, 99)]))
    with pytest.raises(ConfigError, match=r"\(0, 99\)"):
        nlp(TOY_TEXT)


def test_seeds_bring_their_broad_label(make_toy):
    nlp = make_toy(seeds={"SOFTWARE": ["Paris"]}, labels=["PRODUCT"])
    assert entities(nlp("He lives in Paris.")) == [("Paris", "SOFTWARE")]


def test_adopted_terms_are_not_written_as_seeds(make_toy, tmp_path):
    made = make_toy().get_pipe("bert_unsup_ner").assets
    assets = replace(made, adopted={"Paris": ("PERSON",)})
    assets.to_disk(tmp_path)
    loaded = ClusterAssets.from_disk(tmp_path)
    assert loaded.seeds["Paris"] == ("GPE",)
    assert loaded.term_labels["Paris"] == ("PERSON",)


def test_a_long_given_span_is_noted(make_toy):
    nlp = make_toy(candidates="span_group", voting={"window": 8, "overlap": 2})
    doc = nlp.make_doc(" ".join(["Paris"] * 30))
    doc.spans["sc"] = [Span(doc, 0, 30)]
    doc = nlp.get_pipe("bert_unsup_ner")(doc)
    assert any("asked about in part" in note for note in doc._.bert_unsup_notes)
