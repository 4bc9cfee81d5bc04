"""Toy pipelines, as the tests of the pipeline have them."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from tests.pipeline.conftest import make_toy, nlp, toy_config, toy_folder, toy_nlp
from tests.toys import make_lm

__all__ = ["make_toy", "nlp", "toy_folder", "toy_nlp"]


@pytest.fixture
def twins(toy_folder: Path) -> Language:
    """Two components with one model."""
    made = spacy.blank("en")
    for name in ("first", "second"):
        config = toy_config(toy_folder, spans_key=name)
        made.add_pipe("bert_unsup_ner", name=name, config=config)
    return made


@pytest.fixture(scope="session")
def other_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with the toy's vocabulary, but other weights."""
    folder = tmp_path_factory.mktemp("other")
    make_lm("distilbert").save(folder)
    return folder
