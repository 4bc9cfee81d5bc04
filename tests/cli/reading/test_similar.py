"""`similar`: neighbours, means and histograms, against plain cosines."""

import json

import numpy as np
import pytest

from spacy_bert_unsup.vectors.settings import TextVectors
from spacy_bert_unsup.vectors.texts import text_vectors
from tests.cli.reading.test_states import head_cls
from tests.cli.running import fails_with, run, run_json, run_well

LINES = [
    "John lives in Paris .",
    "",
    "Mary works in London .",
    "The gene made two proteins .",
    "John lives in London .",
]


@pytest.fixture
def sentences(tmp_path):
    path = tmp_path / "sentences.txt"
    path.write_text("\n".join(LINES) + "\n\n", encoding="utf-8")
    return path


def plain_cosines(lm, texts):
    """(n, n) cosines of the texts' head vectors, each asked for alone."""
    rows = np.stack([head_cls(lm, text) for text in texts]).astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def test_neighbours_mean_and_histogram(sentences, toy_folder, bert_lm):
    found = run_json("similar", sentences, "--model", toy_folder, "--top", 2)
    texts = [line for line in LINES if line]
    lines = [number for number, line in enumerate(LINES, 1) if line]
    assert [row["line"] for row in found["texts"]] == lines
    cosines = plain_cosines(bert_lm, texts)
    for i, row in enumerate(found["texts"]):
        others = np.delete(np.arange(len(texts)), i)
        order = others[np.argsort(-cosines[i, others])][:2]
        assert [near["line"] for near in row["neighbors"]] == [lines[j] for j in order]
        shown = [near["cosine"] for near in row["neighbors"]]
        assert shown == pytest.approx(cosines[i, order].tolist(), abs=1e-3)
        assert row["mean"] == pytest.approx(cosines[i, others].mean(), abs=1e-3)
        assert row["std"] == pytest.approx(cosines[i, others].std(), abs=1e-3)
        assert sum(row["histogram"].values()) == len(others)


def test_query_finds_itself_first(sentences, toy_folder):
    args = ["--model", toy_folder, "--query", LINES[2], "--query", "Mary"]
    found = run_json("similar", sentences, *args)
    assert [row["text"] for row in found["texts"]] == [LINES[2], "Mary"]
    assert found["texts"][0]["line"] is None
    assert found["texts"][0]["neighbors"][0] == {
        "line": 3,
        "text": LINES[2],
        "cosine": pytest.approx(1, abs=1e-4),
    }


def test_report_and_file(sentences, toy_folder, tmp_path):
    args = ["similar", sentences, "--model", toy_folder, "--histogram"]
    shown = run_well(*args)
    assert "5: John lives in London ." in shown
    assert "█" in shown
    out = tmp_path / "new" / "near.json"
    assert run_well(*args, "--out", out) == ""
    assert json.loads(out.read_text()) == run_json(*args)


@pytest.mark.parametrize("kind", ["top_cls", "mean"])
def test_other_kinds(sentences, toy_folder, kind):
    args = ["--model", toy_folder, "--kind", kind]
    found = run_json("similar", sentences, *args)
    assert found["kind"] == kind
    assert found != run_json("similar", sentences, "--model", toy_folder)
    warned = "W571" in run("similar", sentences, *args).stderr
    assert warned == (kind == "top_cls")


def test_one_sentence_has_no_neighbours(toy_folder):
    result = run("similar", "-", "--model", toy_folder, stdin="John lives .\n")
    assert result.exit_code == 0
    assert "1: John lives ." in result.stdout
    assert "nan" not in result.stdout


def test_nothing_to_compare(toy_folder, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text("\n \n")
    fails_with("E577", "similar", empty, "--model", toy_folder)
    fails_with("E520", "similar", tmp_path / "no.txt", "--model", toy_folder)


def test_means_of_chosen_layers_by_importance(sentences, toy_folder, bert_lm):
    args = ["--kind", "mean", "--layers", "0,-1", "--weighting", "importance"]
    found = run_json("similar", sentences, "--model", toy_folder, *args)
    settings = TextVectors("mean", (0, -1), weighting="importance", normalize=True)
    units = text_vectors(bert_lm, [line for line in LINES if line], settings)
    wanted = sorted((units @ units.T)[0].tolist())[-2]
    near = found["texts"][0]["neighbors"][0]["cosine"]
    assert near == pytest.approx(wanted, abs=1e-3)


def test_options_of_means_are_not_silently_dropped(sentences, toy_folder):
    args = ["--model", toy_folder, "--weighting", "importance", "--layers=-1"]
    result = run("similar", sentences, *args)
    assert result.exit_code == 0
    assert "W573" in result.stderr and "--layers, --weighting" in result.stderr


def test_empty_query_is_refused(sentences, toy_folder):
    fails_with("E570", "similar", sentences, "--model", toy_folder, "--query", " ")
