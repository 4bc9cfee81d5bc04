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
    return CliRunner().invoke(app, ["bipartite", *map(str, args)])


def by_hand(left, right):
    vectors = toy_vectors()
    rows = vectors.matrix.astype(np.float64)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    one, two = ([vectors.terms.index(t) for t in s.split()] for s in (left, right))
    return rows[one] @ rows[two].T


@pytest.mark.parametrize("sets", [("cat dog", "horse cow cat"), ("cat", "Paris Rome")])
def test_sum_mean_and_maximum(table, sets):
    cosines = by_hand(*sets)
    found = json.loads(run(*sets, *table, "--json").stdout)
    assert found["strength"] == pytest.approx(cosines.sum(), abs=0.0051)
    assert found["maximum"] == pytest.approx(cosines.max(), abs=0.0051)
    assert found["pairs"] == cosines.size
    mean = json.loads(run(*sets, *table, "--json", "--mean").stdout)
    assert mean["strength"] == pytest.approx(cosines.mean(), abs=0.0051)


def test_in_words(table):
    shown = run("cat dog", "cow horse", *table, "--mean").stdout
    assert "the mean of 4 cosines" in shown
    assert "maximum" in shown


def test_bad_input(table):
    assert "E543" in run(" ", "cat", *table).stderr
    assert "E240" in run("cat", "dgo", *table).stderr
    assert run("cat", *table).exit_code == 2
