"""The factory: found without an import of ours, with all defaults in the config."""

from __future__ import annotations

import subprocess
import sys

import pytest
import spacy
from spacy.language import Language
from spacy.util import load_model_from_config

from spacy_bert_unsup.voting.settings import VotingSettings
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

LIGHT = """
import sys
{code}
heavy = ["transformers", "spacy_bert_unsup.mlm.model", {more}]
found = [name for name in heavy if name in sys.modules]
sys.exit(f"imported: {{found}}" if found else 0)
"""
TAG = """
import spacy
nlp = spacy.blank("en")
nlp.add_pipe("bert_unsup_ner")
assert [e.label_ for e in nlp("She lives in Berlin.").ents] == ["GPE"]
"""
SETTINGS = """
model assets seeds seeds_only device dtype masking candidates cues cue_weights top_k
threshold label_thresholds labels label_map spans_key overwrite_ents max_batch_pieces
on_overflow keep_votes
attrs voting scorer
""".split()


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_factory_is_found_without_an_import_of_ours():
    run(TAG)


def test_import_of_the_package_is_light():
    run(LIGHT.format(code="import spacy_bert_unsup", more='"spacy", "torch"'))


def test_blank_pipeline_imports_nothing_heavy():
    code = "import spacy; spacy.blank('en').get_factory_meta('bert_unsup_ner')"
    run(LIGHT.format(code=code, more='"spacy_bert_unsup.pipeline.ner"'))


def test_all_defaults_are_in_the_config(nlp: Language):
    config = nlp.config["components"]["bert_unsup_ner"]
    assert sorted(config) == sorted([*SETTINGS, "factory"])
    assert config["model"] == "starter"
    voting = nlp.get_pipe("bert_unsup_ner").options.voting  # type: ignore[attr-defined]
    assert voting == VotingSettings()


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="temperature"):
        spacy.blank("en").add_pipe("bert_unsup_ner", config={"temperature": 1})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("labels", "PERSON"),
        ("top_k", "many"),
        ("seeds", {"FRUIT": "apple"}),
        ("threshold", "high"),
        ("candidates", ["auto"]),
    ],
)
def test_settings_of_the_wrong_type_are_refused(key: str, value: object):
    with pytest.raises(ValueError, match=key):
        spacy.blank("en").add_pipe("bert_unsup_ner", config={key: value})


def test_numbers_may_be_whole(make_toy: MakeNLP):
    nlp = make_toy(threshold=0, cue_weights={"lexical": 1}, seeds={"GPE": ["Miami"]})
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS


def test_config_makes_the_same_pipeline(make_toy: MakeNLP):
    nlp = make_toy(label_thresholds={"DRUG": 0.3}, voting={"max_span": 3})
    config = nlp.config.interpolate()
    again = load_model_from_config(spacy.Config().from_str(config.to_str()))
    assert again.config.interpolate() == config
    assert entities(again(TOY_TEXT)) == TOY_ENTS


def test_part_of_the_voting_settings_leaves_the_others(make_toy: MakeNLP):
    ner = make_toy(voting={"max_span": 3}).get_pipe("bert_unsup_ner")
    assert ner.options.voting.max_span == 3  # type: ignore[attr-defined]
    assert ner.options.voting.bridges == VotingSettings().bridges  # type: ignore[attr-defined]


def test_analyze_pipes(make_toy: MakeNLP):
    nlp = make_toy()
    analysis = nlp.analyze_pipes()
    assert "doc.ents" in analysis["summary"]["bert_unsup_ner"]["assigns"]
    assert "ents_f" in analysis["summary"]["bert_unsup_ner"]["scores"]
    assert analysis["problems"] == {"bert_unsup_ner": []}


def test_labels_are_listed(nlp: Language, toy_nlp: Language):
    assert {"PERSON", "LOCATION", "DISEASE", "CHEMICAL"} <= set(
        nlp.pipe_labels["bert_unsup_ner"]
    )
    labels = toy_nlp.get_pipe("bert_unsup_ner").labels  # type: ignore[attr-defined]
    assert set(labels) == {*(label for _, label in TOY_ENTS), "DATE"} | {
        *("LOCATION", "CHEMICAL", "TIME")
    }
