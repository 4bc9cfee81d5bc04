"""config > saved pipeline > assets, for every setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from spacy_bert_unsup.vocab.assets import ClusterAssets
from tests.pipeline.conftest import TOY_TEXT, MakeNLP, entities

SETTINGS: dict[str, Any] = {
    "seeds": {"CITY": ["Paris"]},
    "device": "cpu",
    "dtype": "float32",
    "masking": "none",
    "candidates": "tokens",
    "cues": ["phrase"],
    "cue_weights": {"context": 2.0, "phrase": 1.0, "lexical": 1.0},
    "top_k": 3,
    "threshold": 0.125,
    "label_thresholds": {"GPE": 0.25},
    "labels": ["PERSON"],
    "label_map": "broad",
    "spans_key": "elsewhere",
    "overwrite_ents": True,
    "max_batch_pieces": 77,
    "on_overflow": "warn",
    "attrs": {"confidence": "sureness_of_a_test"},
    "voting": {"max_span": 2},
}


def load(folder: Path, **config: Any) -> tuple[Language, Any]:
    nlp = spacy.load(folder, config={"components": {"bert_unsup_ner": config}})
    return nlp, nlp.get_pipe("bert_unsup_ner")


@pytest.fixture(scope="module")
def saved(make_toy: MakeNLP, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With thresholds in the assets and in the saved cfg, none in the config."""
    folder = tmp_path_factory.mktemp("saved")
    nlp = make_toy()
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    ner.cfg["threshold"] = 0.5
    nlp.to_disk(folder)
    assets = folder / "bert_unsup_ner/assets"
    thresholds = {"": 0.75, "DRUG": 0.875}
    ClusterAssets.from_disk(assets).with_thresholds(thresholds).to_disk(assets)
    return folder


@pytest.mark.parametrize("key", SETTINGS)
def test_the_config_beats_the_saved(saved: Path, key: str):
    value = SETTINGS[key]
    _, ner = load(saved, **{key: value})
    where = {**vars(ner.options.voting), **vars(ner.options), **ner.cfg}
    found = where[key]
    if key == "candidates":
        assert found.__name__ == "find_tokens"
    elif key == "seeds":
        assert "CITY" in ner.labels and ner.assets.seeds["Paris"] == ("CITY",)
    elif key == "label_map":
        assert found["GPE"] == "LOCATION"
    elif key == "attrs":
        assert found.confidence == "sureness_of_a_test"
    elif key == "voting":
        assert found.max_span == 2
    else:
        assert (list(found) if isinstance(value, list) else found) == value


def test_every_setting_is_tested():
    """But for those that say what to load, and the scorer: see below."""
    defaults = Language.get_factory_meta("bert_unsup_ner").default_config
    rest = {"model", "assets", "seeds_only", "scorer", "keep_votes"}
    assert set(SETTINGS) | rest >= set(defaults)


def test_the_saved_beats_the_assets(saved: Path):
    _, ner = load(saved)
    assert ner.cfg["threshold"] == 0.5
    assert ner.assets.thresholds == {"": 0.75, "DRUG": 0.875}


def test_the_assets_speak_last(saved: Path, tmp_path: Path, make_toy: MakeNLP):
    ner: Any = make_toy().get_pipe("bert_unsup_ner")
    ner.from_disk(saved / "bert_unsup_ner", exclude=["cfg"])
    assert ner.cfg["threshold"] is None
    assert ner.assets.thresholds[""] == 0.75


def test_another_model_in_the_config(saved: Path, other_folder: Path):
    _, ner = load(saved, model=str(other_folder), assets=None)
    assert ner.lm.name == other_folder.name
    assert ner.assets.fingerprint == ner.lm.fingerprint


def test_other_assets_in_the_config(saved: Path, toy_folder: Path, tmp_path: Path):
    assets = ClusterAssets.from_disk(toy_folder / "assets")
    assets.with_thresholds({"": 0.25}).to_disk(tmp_path)
    nlp, ner = load(saved, assets=str(tmp_path))
    assert ner.assets.thresholds == {"": 0.25}
    assert ("Paris", "GPE") in entities(nlp(TOY_TEXT))


def test_only_the_seeds_of_the_config(saved: Path):
    nlp, ner = load(saved, seeds={"CITY": ["Paris"]}, seeds_only=True)
    assert ner.labels == ("CITY",)
