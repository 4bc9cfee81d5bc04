"""`states`: each beginning of a text, against these texts one at a time."""

import numpy as np
import pytest

from spacy_bert_unsup.types import Query
from tests.cli.running import fails_with, run, run_json, run_well

TEXT = "John lives  in Paris ."


def head_cls(lm, text):
    """(D,) the head's vector of [CLS], asked for one text alone."""
    ids = [lm.cls_id, *lm.tokenize([text])[0].ids.tolist(), lm.sep_id]
    return lm.head_vectors([Query(np.array(ids, np.int32), np.zeros(1, np.int32))])[0]


@pytest.mark.parametrize("bias", ["none", "add"])
def test_states_are_those_of_the_beginnings_alone(toy_folder, bert_lm, bias):
    args = ["--model", toy_folder, "--no-labels", "--top", 5, "--unfiltered"]
    found = run_json("states", TEXT, *args, "--bias", bias)
    assert [state["word"] for state in found["states"]] == TEXT.split()
    beginnings = ["John", "John lives", "John lives  in", "John lives  in Paris", TEXT]
    usable = np.array([bool(surface) for surface in bert_lm.surface()])
    for state, beginning in zip(found["states"], beginnings, strict=True):
        scores = bert_lm.rows() @ head_cls(bert_lm, beginning)
        scores = scores + bert_lm.bias() if bias == "add" else scores
        best = np.argsort(np.where(usable, -scores, np.inf), kind="stable")[:5]
        assert [t["term"] for t in state["terms"]] == [bert_lm.terms[i] for i in best]
        shown = [t["score"] for t in state["terms"]]
        assert shown == pytest.approx(scores[best].tolist(), abs=1e-3)


def test_cosines_are_cosines(toy_folder):
    args = ["--model", toy_folder, "--no-labels", "--measure", "cosine"]
    for state in run_json("states", TEXT, *args)["states"]:
        assert all(-1 <= term["score"] <= 1 for term in state["terms"])


def test_table_has_a_row_for_each_word(toy_folder):
    shown = run_well("states", TEXT, "--model", toy_folder, "--no-labels")
    assert len(shown.splitlines()) == 2 + 5
    assert "… Paris" in shown


def test_model_without_sentence_pairs_is_said_once(toy_folder):
    result = run("states", TEXT, "--model", toy_folder, "--no-labels")
    assert result.stderr.count("W571") == 1


def test_starter_knows_sentence_pairs_and_labels(starter):
    result = run("states", "He went to prison", "--top", 3)
    assert result.stderr == ""
    found = run_json("states", "He went to prison", "--bias", "weight")
    assert len(found["states"]) == 4
    assert any(term["labels"] for term in found["states"][-1]["terms"])


def test_long_and_empty_texts(toy_folder):
    args = ["--model", toy_folder, "--no-labels", "--top", 1]
    result = run("states", "John lives in Paris . " * 15, *args)
    assert "W572" in result.stderr
    assert len(result.stdout.splitlines()) == 2 + 75
    fails_with("E570", "states", "  ", *args)
    assert run("states", TEXT, "--bias", "much").exit_code == 2
