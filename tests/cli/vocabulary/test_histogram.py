"""`histogram` on a toy table, beside a count by hand, and on the starter."""

import json
import math
import re
from collections import Counter

import numpy as np
import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.cli.vocabulary.neighbourhoods import Subject, describe_histogram
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Query
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.histograms import vector_histogram
from tests.cli.toy_tables import FILLERS, save_toy, toy_vectors, write_toy_table
from tests.toys import toy_bert


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_toy_table(tmp_path_factory.mktemp("table"))


def run(*args):
    return CliRunner().invoke(app, ["histogram", *map(str, args)])


def run_json(*args):
    result = run(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def count_by_hand(term):
    vectors = toy_vectors()
    rows = vectors.matrix.astype(np.float64)
    own = rows[vectors.terms.index(term)]
    return {
        other: round(float(np.rint(100 * cosine))) / 100
        for other, cosine in zip(
            vectors.terms,
            rows @ own / np.linalg.norm(rows, axis=1) / np.linalg.norm(own),
            strict=True,
        )
    }


def test_bins_neighbours_and_orthogonal_terms(table):
    (found,) = run_json("cat", *table, "--threshold", "0.5")["histograms"]
    expected = count_by_hand("cat")
    counts = Counter(expected.values())
    assert {part["cosine"]: part["terms"] for part in found["bins"]} == counts
    near = {t: c for t, c in expected.items() if c > 0.5 and t != "cat"}
    assert {row["term"]: row["cosine"] for row in found["neighbours"]} == near
    assert {"dog", "horse", "cow"} <= near.keys()
    zero = [term for term, cosine in expected.items() if abs(cosine) <= 0.05]
    assert found["orthogonal"]["terms"] == len(zero)
    assert set(found["orthogonal"]["sample"]) <= set(zero)


def test_the_tail_follows_the_limits(table):
    (wide,) = run_json("cat", *table)["histograms"]
    (narrow,) = run_json("cat", *table, "--max-bin", 3, "--tail-bin", 2)["histograms"]
    assert narrow["tail"]["terms"] < wide["tail"]["terms"]
    assert narrow["threshold"] == narrow["tail"]["threshold"]
    # The term itself is in its tail, and no neighbour of itself.
    assert len(narrow["neighbours"]) == narrow["tail"]["terms"] - 1


def test_a_phrase_keeps_the_term_of_its_own_name():
    vectors = toy_vectors()
    row = vectors.terms.index("cat")
    histogram = vector_histogram(Cosines(vectors), vectors.matrix[row])
    phrase, term = Subject("cat", histogram), Subject("cat", histogram, row)
    near = [
        [found["term"] for found in describe_histogram(vectors, s)["neighbours"]]
        for s in (phrase, term)
    ]
    assert near[0] == ["cat", *near[1]]


def test_chart_counts_every_term_once(table):
    shown = run("cat", *table, "--top", 3, "--mark", "dog Paris").stdout
    rows = re.findall(r"^ *-?\d\.\d\d .*? (\d+)(?:  tail)?$", shown, re.MULTILINE)
    assert sum(map(int, rows)) == len(toy_vectors())
    assert "more (--top)" in shown
    assert re.search(r"Marked: dog 0\.\d+, Paris -?0\.\d+", shown)


def test_plot_has_marks_and_tail(table, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "cat.svg"
    result = run("cat", *table, "--plot", path, "--mark", "dog", "--mark", "Paris")
    assert result.exit_code == 0, result.stderr
    drawn = path.read_text(encoding="utf-8")
    for text in ("dog", "Paris", "cosine", "tail:"):
        assert f"<!-- {text}" in drawn


def test_whole_vocabulary(table, tmp_path):
    pytest.importorskip("matplotlib")
    found = run_json("--all", *table, "--plot", tmp_path / "all.png")
    picked = FILLERS + 14 + 2  # groups, "of" and "."; neither special ones nor pieces
    assert found["picked"] == picked
    assert len(found["tail_counts"]) == picked
    size = len(toy_vectors())
    assert sum(part["terms"] for part in found["bins"]) == picked * size
    mean = sum(row["terms"] for row in found["tail_counts"]) / picked
    assert math.isclose(found["average_tail"], mean, abs_tol=0.051)
    assert (tmp_path / "all.png").stat().st_size > 1000
    assert f"{picked} terms picked" in run("--all", *table).stdout
    assert run_json("--all", *table, "--subwords")["picked"] == picked + 2


def test_samples_are_the_same_for_the_same_seed(table):
    first, again, other = (
        run_json("--all", *table, "--sample", 0.3, "--seed", seed)["tail_counts"]
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert 20 < len(first) < 100


def test_unknown_term_and_mark(table):
    for args in (["kat"], ["cat", "--mark", "dog kat"]):
        result = run(*args, *table)
        assert result.exit_code == 1
        assert "E240" in result.stderr
        assert "cat" in result.stderr


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["cat", "--threshold", "1.5"], "E220"),
        (["cat", "--threshold", "nan"], "E220"),
        ([], "E540"),
        (["cat", "--all"], "E540"),
        (["--text", "a cat"], "E535"),
        (["cat", "--plot", "cat.bmp"], "E533"),
    ],
)
def test_bad_input(table, args, code):
    result = run(*args, *table)
    assert result.exit_code == 1
    assert code in result.stderr
    assert result.stdout == ""


def test_nothing_is_drawn_when_it_fails(table, tmp_path):
    pytest.importorskip("matplotlib")
    assert run("kat", *table, "--plot", tmp_path / "plot.png").exit_code == 1
    assert not list(tmp_path.iterdir())


def test_phrases_and_blanks_are_read_by_a_model(tmp_path):
    model = ["--model", save_toy(toy_bert(), tmp_path / "toy")]
    lm = MaskedLM.load(tmp_path / "toy")
    (phrase,) = run_json("--text", "heart cells", *model)["histograms"]
    assert sum(part["terms"] for part in phrase["bins"]) == len(lm.terms)
    text = "John works for the [MASK] of [MASK]."
    blanks = run_json("--text", text, *model, "--threshold", "-1")["histograms"]
    assert len(blanks) == 2
    ids = [
        piece
        for part in ("John works for the", "of", ".")
        for piece in lm.tokenize([part])[0].ids.tolist()
    ]
    ids[4:4] = [lm.mask_id]
    ids[6:6] = [lm.mask_id]
    ids = np.array([lm.cls_id, *ids, lm.sep_id], np.int32)
    for place, blank in zip((5, 7), blanks, strict=True):
        assert ids[place] == lm.mask_id
        (vector,) = lm.head_vectors([Query(ids, np.array([place], np.int32))])
        cosine = lm.rows() @ vector / np.linalg.norm(vector)
        cosine /= np.linalg.norm(lm.rows(), axis=1)
        assert blank["neighbours"][0]["cosine"] == round(float(cosine.max()), 2)
    result = run("--text", "the cell " * 40 + "[MASK]", *model)
    assert "E542" in result.stderr


def test_starter():
    (cell,) = run_json("cell")["histograms"]
    assert "cells" in [row["term"] for row in cell["neighbours"]]
