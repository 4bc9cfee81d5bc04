"""Where commands get a vocabulary from, and what is wrong with it."""

import numpy as np
import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.cli.vocabulary.loading import (
    VocabularySource,
    load_vocabulary,
    phrase_vector,
)
from spacy_bert_unsup.errors import BertUnsupError, InputError
from tests.cli.toy_tables import toy_vectors, write_toy_table


def source(folder):
    write_toy_table(folder)
    return VocabularySource(None, folder / "vectors.npy", folder / "vocab.txt")


def test_files_give_what_was_written(tmp_path):
    found = load_vocabulary(source(tmp_path))
    assert found.vectors.terms == toy_vectors().terms
    np.testing.assert_array_equal(found.vectors.matrix, toy_vectors().matrix)
    with pytest.raises(InputError, match="E535"):
        found.model()


def test_starter_is_the_default():
    found = load_vocabulary(VocabularySource())
    assert found.name == "starter"
    assert found.model().terms == found.vectors.terms


@pytest.mark.parametrize(
    "options",
    [
        ["--model", "starter", "--vectors", "v.npy", "--vocab", "v.txt"],
        ["--vectors", "v.npy"],
        ["--vocab", "v.txt"],
        ["--model", "starter", "--vocab", "v.txt"],
    ],
)
def test_contradictions(options):
    result = CliRunner().invoke(app, ["pivot", "a", "b", *options])
    assert result.exit_code == 1
    assert "E534" in result.stderr


def test_vectors_and_vocabulary_of_different_length(tmp_path):
    files = source(tmp_path)
    with (tmp_path / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("onemore\n")
    with pytest.raises(BertUnsupError) as caught:
        load_vocabulary(files)
    size = len(toy_vectors())
    assert str(size) in str(caught.value)
    assert str(size + 1) in str(caught.value)


def test_row_that_is_no_number_is_named(tmp_path):
    files = source(tmp_path)
    matrix = toy_vectors().matrix.copy()
    matrix[toy_vectors().terms.index("horse"), 3] = np.nan
    np.save(tmp_path / "vectors.npy", matrix)
    with pytest.raises(BertUnsupError, match="horse"):
        load_vocabulary(files)


def test_missing_file(tmp_path):
    files = source(tmp_path)
    (tmp_path / "vectors.npy").unlink()
    with pytest.raises(BertUnsupError, match=r"vectors\.npy"):
        load_vocabulary(files)


def test_phrase_without_words(bert_lm):
    with pytest.raises(InputError, match="E570"):
        phrase_vector(bert_lm, " ")
    assert phrase_vector(bert_lm, "cells").shape == (16,)
