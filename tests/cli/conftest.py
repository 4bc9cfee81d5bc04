"""Models for the commands that read them, kept in memory between commands."""

import pytest

from spacy_bert_unsup.cli.reading.labelled import load_labelled
from spacy_bert_unsup.mlm.model import MaskedLM
from tests.toys import make_lm


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory):
    """The toy BERT, as a user would name it: by its folder."""
    folder = tmp_path_factory.mktemp("models") / "toy-bert"
    make_lm("bert").save(folder, storage="float32")
    kept = MaskedLM.load(folder)
    yield folder
    del kept


@pytest.fixture(scope="session")
def starter():
    """The starter with its labels."""
    return load_labelled()
