import json

import numpy as np
import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from tests.cli.toy_tables import toy_vectors, write_toy_table


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_toy_table(tmp_path_factory.mktemp("table"))


def run(*args):
    return CliRunner().invoke(app, ["pivot", *map(str, args)])


def test_pivot_is_nearest_to_the_others(table):
    words = ["cat", "dog", "horse", "Paris"]
    found = json.loads(run(*words, *table, "--json").stdout)
    vectors = toy_vectors()
    rows = vectors.matrix[[vectors.terms.index(word) for word in words]]
    rows = rows.astype(np.float64) / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows.T
    means = (cosines.sum(axis=1) - 1) / 3
    assert found["pivot"] == words[int(means.argmax())]
    assert found["mean"] == round(means.max(), 2)
    ranked = [row["term"] for row in found["ranking"]]
    assert ranked == [words[i] for i in np.argsort(-means)]
    assert ranked[-1] == "Paris"


def test_one_term_and_repeated_terms(table):
    assert json.loads(run("cat", *table, "--json").stdout)["pivot"] == "cat"
    twice = run("cat", "dog", "cat", *table).stdout
    assert twice == run("cat", "dog", *table).stdout


def test_in_words(table):
    shown = run("cat", "dog", "horse", *table).stdout
    assert shown.startswith("pivot ")
    assert len(shown.splitlines()) == 7


def test_unknown_term(table):
    result = run("cat", "hors", *table)
    assert result.exit_code == 1
    assert "horse" in result.stderr
    assert run(*table).exit_code == 2
