"""The same text gives the same entities, however it goes in and wherever it was."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from spacy_bert_unsup.evaluation.texts import GoldText
from tests.pipeline.conftest import TOY_TEXT, MakeNLP, assert_same

FEW = slice(None, None, 12)


@pytest.fixture(scope="module")
def light() -> Language:
    """The starter with one question a span, so that all texts take seconds."""
    made = spacy.blank("en")
    voting = {"context_templates": ["[MASK]"], "extend": 1, "max_span": 4}
    config = {"voting": voting, "cues": ["context", "lexical"]}
    made.add_pipe("bert_unsup_ner", config=config)
    return made


@pytest.fixture(scope="module")
def looped(light: Language, gold: list[GoldText], texts: list[str]) -> list[Doc]:
    """All texts, one at a time."""
    docs = [light(text.to_doc(light.vocab)) for text in gold]
    return [*docs, *(light(text) for text in texts)]


@pytest.mark.parametrize(("batch_size", "step"), [(1, 4), (7, 2), (1000, 1)])
def test_batch_size_does_not_matter(
    light: Language,
    looped: list[Doc],
    gold: list[GoldText],
    texts: list[str],
    batch_size: int,
    step: int,
):
    """All texts in one batch, some of them in smaller ones."""
    assert sum(len(doc.ents) for doc in looped) > 300
    docs = [text.to_doc(light.vocab) for text in gold]
    docs = [*docs, *map(light.make_doc, texts)][::step]
    assert_same(list(light.pipe(docs, batch_size=batch_size)), looped[::step])


@pytest.fixture(scope="module")
def some(nlp: Language, gold: list[GoldText]) -> list[Doc]:
    """Some sentences with the default settings."""
    return list(nlp.pipe(text.to_doc(nlp.vocab) for text in gold[FEW]))


def test_default_settings_one_at_a_time(
    nlp: Language, some: list[Doc], gold: list[GoldText]
):
    assert_same([nlp(text.to_doc(nlp.vocab)) for text in gold[FEW]], some)


def test_saved(nlp: Language, some: list[Doc], gold: list[GoldText], tmp_path: Path):
    nlp.to_disk(tmp_path)
    assert_same(read(spacy.load(tmp_path), gold), some)


def test_bytes(nlp: Language, some: list[Doc], gold: list[GoldText]):
    other = spacy.blank("en")
    other.add_pipe("bert_unsup_ner")
    assert_same(read(other.from_bytes(nlp.to_bytes()), gold), some)


def test_pickled(nlp: Language, some: list[Doc], gold: list[GoldText]):
    assert_same(read(pickle.loads(pickle.dumps(nlp)), gold), some)


def test_two_processes(nlp: Language, some: list[Doc]):
    docs = list(nlp.pipe((doc.text for doc in some[:8]), n_process=2, batch_size=2))
    assert_same(docs, [nlp(doc.text) for doc in some[:8]])


def test_saving_the_loaded_pipeline_changes_nothing(make_toy: MakeNLP, tmp_path: Path):
    nlp = make_toy(cues=["context", "phrase", "lexical"])
    nlp.to_disk(tmp_path / "a")
    spacy.load(tmp_path / "a").to_disk(tmp_path / "b")
    files = sorted((tmp_path / "a/bert_unsup_ner").rglob("*.*"))
    assert {"meta.json", "config.json"} <= {file.name for file in files}
    for file in files:
        copy = tmp_path / "b" / file.relative_to(tmp_path / "a")
        assert copy.read_bytes() == file.read_bytes()


def test_bytes_carry_the_assets(make_toy: MakeNLP):
    nlp = make_toy(seeds={"CITY": ["Paris"]})
    again = make_toy().from_bytes(nlp.to_bytes())
    assert ("Paris", "CITY") in [(e.text, e.label_) for e in again(TOY_TEXT).ents]


def read(nlp: Language, gold: list[GoldText]) -> list[Doc]:
    return list(nlp.pipe(text.to_doc(nlp.vocab) for text in gold[FEW]))
