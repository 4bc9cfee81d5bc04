"""A model without assets gets them from the shipped seeds, once."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from spacy_bert_unsup.pipeline.resources import CACHE_VARIABLE, cache_folder
from spacy_bert_unsup.vocab.assets import ClusterAssets
from tests.pipeline.conftest import TOY_TEXT, entities
from tests.toys import TOYS, make_lm

BUILDING = "Building assets"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def make(folder: Path) -> Language:
    nlp = spacy.blank("en")
    config = {"model": str(folder), "cues": ["lexical"]}
    nlp.add_pipe("bert_unsup_ner", config=config)
    nlp.initialize()
    return nlp


def test_assets_are_built_from_the_shipped_seeds_once(
    cache: Path, toy_folder: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, logger="spacy_bert_unsup")
    nlp = make(toy_folder)
    assert caplog.text.count(BUILDING) == 1
    assert {("Paris", "GPE"), ("arthritis", "DISEASE")} <= set(entities(nlp(TOY_TEXT)))
    assets = nlp.get_pipe("bert_unsup_ner").assets  # type: ignore[attr-defined]
    (folder,) = cache.iterdir()
    assert folder.name.startswith(assets.fingerprint)
    again = make(toy_folder)
    assert caplog.text.count(BUILDING) == 1
    assert entities(again(TOY_TEXT)) == entities(nlp(TOY_TEXT))
    assert (ClusterAssets.from_disk(folder).counts == assets.counts).all()


def test_another_model_does_not_get_them(cache: Path, toy_folder: Path, tmp_path: Path):
    make_lm("distilbert").save(tmp_path / "other")
    make(toy_folder)
    make(tmp_path / "other")
    assert len(list(cache.iterdir())) == 2


def test_cache_that_cannot_be_written(
    cache: Path, toy_folder: Path, caplog: pytest.LogCaptureFixture
):
    cache.write_text("a file where the folder should be")
    assert ("Paris", "GPE") in entities(make(toy_folder)(TOY_TEXT))
    assert "could not be kept" in caplog.text


def test_place_of_the_cache(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(CACHE_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "/of/the/user")
    assert cache_folder() == Path("/of/the/user/spacy_bert_unsup")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "spacy_bert_unsup"


@pytest.mark.parametrize("family", TOYS)
def test_each_family(family: str, tmp_path: Path):
    """Cased WordPiece, byte-level BPE and unigram vocabularies, all cues."""
    make_lm(family).save(tmp_path)
    seeds = {"PERSON": ["patient", "Peter"], "GPE": ["London", "Paris"]}
    nlp = spacy.blank("en")
    config = {"model": str(tmp_path), "seeds": seeds}
    nlp.add_pipe("bert_unsup_ner", config=config)
    docs = list(nlp.pipe([TOY_TEXT, "Peter visited the bank of London."]))
    for doc in docs:
        assert len(doc.spans["bert_unsup"].attrs["scores"]) == len(
            doc.spans["bert_unsup"]
        )
    nlp.to_disk(tmp_path / "nlp")
    again = list(spacy.load(tmp_path / "nlp").pipe(doc.text for doc in docs))
    assert [entities(doc) for doc in again] == [entities(doc) for doc in docs]
