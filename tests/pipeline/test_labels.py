"""`labels` and `label_map`: what users see of the scheme."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spacy.language import Language

from spacy_bert_unsup.errors import AssetsError, ConfigError
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities


def found(make_toy: MakeNLP, **config: object) -> dict[str, str]:
    return dict(entities(make_toy(**config)(TOY_TEXT)))


def test_fine_labels_by_default(toy_nlp: Language):
    assert entities(toy_nlp(TOY_TEXT)) == TOY_ENTS


def test_broad_labels(make_toy: MakeNLP):
    nlp = make_toy(label_map="broad")
    labels = dict(entities(nlp(TOY_TEXT)))
    assert labels["Paris"] == "LOCATION" and labels["aspirin"] == "CHEMICAL"
    seen = nlp.get_pipe("bert_unsup_ner").labels  # type: ignore[attr-defined]
    assert set(seen) == {"PERSON", "LOCATION", "CHEMICAL", "DISEASE", "TIME"}


def test_ontonotes_labels(make_toy: MakeNLP):
    nlp = make_toy(label_map="ontonotes", seeds={"LOCATION": ["Miami"]})
    assert ("Miami", "LOC") in entities(nlp("John visited Miami and Paris."))
    assert ("Paris", "GPE") in entities(nlp("John visited Miami and Paris."))


def test_own_map(make_toy: MakeNLP, tmp_path: Path):
    own = {"GPE": "CITY", "CHEMICAL": "STUFF", "PERSON": None}
    expected = {"Paris": "CITY", "aspirin": "STUFF", "arthritis": "DISEASE"}
    assert found(make_toy, label_map=own) == expected
    (tmp_path / "map.json").write_text(json.dumps(own))
    assert found(make_toy, label_map=str(tmp_path / "map.json")) == expected


def test_dropped_labels_leave_no_scored_spans(make_toy: MakeNLP):
    doc = make_toy(label_map={"PERSON": None})(TOY_TEXT)
    assert "PERSON" not in {span.label_ for span in doc.spans["bert_unsup"]}


def test_kept_labels_include_those_beneath(make_toy: MakeNLP):
    assert found(make_toy, labels=["CHEMICAL"]) == {"aspirin": "DRUG"}
    assert found(make_toy, labels=["DRUG"]) == {"aspirin": "DRUG"}
    assert found(make_toy, labels=[]) == {}


def test_kept_labels_by_their_new_names(make_toy: MakeNLP):
    cities = found(make_toy, label_map={"GPE": "CITY"}, labels=["CITY"])
    assert cities == {"Paris": "CITY"}


def test_unknown_kept_labels_are_refused(make_toy: MakeNLP):
    with pytest.raises(ConfigError, match="'labels'.*'HUMAN'.*PERSON"):
        make_toy(labels=["HUMAN"]).initialize()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no label map.*'broad'"),
        ("{", "is no label map"),
        ("[]", "not an object"),
    ],
)
def test_bad_maps(make_toy: MakeNLP, tmp_path: Path, content: str, message: str):
    path = tmp_path / "map.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(AssetsError, match=message):
        make_toy(label_map=str(path))


@pytest.mark.parametrize("way", ["call", "pipe"])
def test_settings_of_one_call(toy_nlp: Language, way: str):
    def tag(**changes: object) -> list[tuple[str, str]]:
        cfg = {"bert_unsup_ner": changes}
        if way == "call":
            return entities(toy_nlp(TOY_TEXT, component_cfg=cfg))
        return entities(next(toy_nlp.pipe([TOY_TEXT], component_cfg=cfg)))

    assert tag(labels=["CHEMICAL"]) == [("aspirin", "DRUG")]
    assert tag() == TOY_ENTS
    with pytest.raises(ConfigError, match="'HUMAN'"):
        tag(labels=["HUMAN"])
    with pytest.raises(ConfigError, match="threshold"):
        tag(threshold=2)


def test_threshold_of_one_call(nlp: Language):
    text = "Barack Obama flew to Berlin."
    cfg = {"bert_unsup_ner": {"threshold": 0.99}}
    assert entities(nlp(text)) and not entities(nlp(text, component_cfg=cfg))
