"""The starter once, and toy pipelines whose labels come from the words themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc

from spacy_bert_unsup.evaluation.gold import read_gold
from spacy_bert_unsup.evaluation.texts import GoldText
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.labels import invert_seeds
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.toys import make_lm

EXAMPLES = Path(__file__).parents[2] / "examples"
TOY_SEEDS = {
    "PERSON": ["John", "Mary", "Peter", "Anna", "Smith", "Jones", "king"],
    "GPE": ["Paris", "London", "York", "Berlin", "France", "Germany", "Texas"],
    "DRUG": ["aspirin"],
    "DISEASE": ["cancer", "fever", "diabetes", "arthritis"],
    "DATE": ["Monday", "January", "2019"],
    "FUNCTION": [*"the of and in to was is on with for by at from".split(), "."],
    "VERB": ["lives", "lived", "works", "visited", "treated", "made", "said"],
}
TOY_TEXT = "John Smith lives in Paris and Mary was treated with aspirin for arthritis."
TOY_ENTS = [
    ("John Smith", "PERSON"),
    ("Paris", "GPE"),
    ("Mary", "PERSON"),
    ("aspirin", "DRUG"),
    ("arthritis", "DISEASE"),
]

MakeNLP: TypeAlias = Callable[..., Language]
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The starter with default settings; nobody may change it."""
    made = spacy.blank("en")
    made.add_pipe("bert_unsup_ner")
    return made


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy BERT, saved; its assets are in the folder `assets` beneath."""
    folder = tmp_path_factory.mktemp("toy")
    lm = make_lm("bert")
    lm.save(folder)
    seeds = invert_seeds(TOY_SEEDS)
    vectors = VocabVectors.from_mlm(lm)
    ClusterAssets.build(vectors, seeds, model="toy").to_disk(folder / "assets")
    return folder


@pytest.fixture(scope="session")
def make_toy(toy_folder: Path) -> MakeNLP:
    """Make toy pipelines: only a span's own words vote, so that labels can be read."""

    def make(**config: Any) -> Language:
        made = spacy.blank("en")
        made.add_pipe("bert_unsup_ner", config=toy_config(toy_folder, **config))
        return made

    return make


@pytest.fixture(scope="session")
def toy_nlp(make_toy: MakeNLP) -> Language:
    """One toy pipeline for all tests that do not change it."""
    return make_toy()


@pytest.fixture(scope="session")
def gold() -> list[GoldText]:
    """About 150 sentences, general and biomedical."""
    files = ("general.conll", "biomedical.conll")
    return [text for name in files for text in read_gold(EXAMPLES / "gold" / name)]


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """The paragraphs of the example texts."""
    found = [f.read_text("utf8") for f in sorted((EXAMPLES / "texts").glob("*.txt"))]
    return [part for text in found for part in text.split("\n\n") if part.strip()]


def toy_config(folder: Path, **config: Any) -> dict[str, Any]:
    """The config of a toy pipeline, some of it changed."""
    base = {"model": str(folder), "assets": str(folder / "assets"), "cues": ["lexical"]}
    return {**base, **config}


def entities(doc: Doc) -> list[tuple[str, str]]:
    """Text and label of each entity."""
    return [(ent.text, ent.label_) for ent in doc.ents]


def scored(doc: Doc, key: str = "bert_unsup") -> list[tuple[int, int, str, float]]:
    """All scored spans of a group."""
    scores = doc.spans[key].attrs["scores"]
    spans = zip(doc.spans[key], scores, strict=True)
    return [(span.start, span.end, span.label_, score) for span, score in spans]


def assert_same(docs: list[Doc], others: list[Doc]) -> None:
    """The same entities and spans, with scores that are equal to a thousandth."""
    assert [entities(doc) for doc in docs] == [entities(doc) for doc in others]
    for doc, other in zip(docs, others, strict=True):
        mine, theirs = scored(doc), scored(other)
        assert [span[:3] for span in mine] == [span[:3] for span in theirs]
        assert [s[3] for s in mine] == pytest.approx([s[3] for s in theirs], abs=1e-3)
