"""`neighbors`: of a term and of a phrase, against plain products."""

import numpy as np
import pytest

from spacy_bert_unsup.cli.reading.neighbors import near_text, text_table
from tests.cli.reading.test_states import head_cls
from tests.cli.running import fails_with, run, run_json, run_well


def test_neighbours_of_a_term_by_plain_cosines(toy_folder, bert_lm):
    args = ["--model", toy_folder, "--no-labels", "--unfiltered", "--top", 6]
    found = run_json("neighbors", "cell", *args)
    own = bert_lm.terms.index("cell")
    rows = bert_lm.rows().astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    cosines = rows @ rows[own] / (lengths * lengths[own])
    left_out = [i for i, surface in enumerate(bert_lm.surface()) if not surface]
    cosines[[own, *left_out]] = -2
    best = np.argsort(-cosines)[:6]
    shown = found["neighbors"]
    assert found["term"] == "cell"
    assert [row["term"] for row in shown] == [bert_lm.terms[i] for i in best]
    assert [row["cosine"] for row in shown] == pytest.approx(cosines[best], abs=1e-3)


def test_a_piece_has_neighbours_too(toy_folder):
    found = run_json("neighbors", "##itis", "--model", toy_folder, "--no-labels")
    assert found["term"] == "##itis"
    assert not any(row["term"].startswith("##") for row in found["neighbors"])


def test_labels_of_the_starter(starter):
    found = run_json("neighbors", "kidney", "--top", 5)
    assert "BODY_PART" in found["labels"]
    assert sum("BODY_PART" in row["labels"] for row in found["neighbors"]) >= 3
    shown = run_well("neighbors", "kidney")
    assert shown.startswith("kidney speaks for BODY_PART")


def test_unknown_term_and_wrong_usage(toy_folder):
    args = ["--model", toy_folder, "--no-labels"]
    assert "protein" in fails_with("E240", "neighbors", "protien", *args)
    fails_with("E570", "neighbors", "--text", " ", *args)
    assert run("neighbors").exit_code == 2
    assert run("neighbors", "cell", "--text", "a cell").exit_code == 2


def test_phrase_three_ways(toy_folder, bert_lm):
    text = "the blood cell"
    args = ["--model", toy_folder, "--no-labels", "--unfiltered", "--top", 4]
    found = run_json("neighbors", "--text", text, *args)
    usable = np.array([bool(surface) for surface in bert_lm.surface()])
    scores = np.where(usable, bert_lm.rows() @ head_cls(bert_lm, text), -np.inf)
    best = np.argsort(-scores)[:4]
    assert [row["term"] for row in found["head"]] == [bert_lm.terms[i] for i in best]
    ids = [bert_lm.cls_id, *bert_lm.tokenize([text])[0].ids, bert_lm.sep_id]
    states = bert_lm.hidden_states([np.array(ids, np.int32)], layers=[-1])[0]
    scores = np.where(usable, bert_lm.rows() @ states[0, 0], -np.inf)
    best = np.argsort(-scores)[:4]
    shown = [row["term"] for row in found["top_layer"]]
    assert shown == [bert_lm.terms[i] for i in best]
    assert found["weighted"] != found["head"]


def test_weighting_moves_stop_words_back(starter):
    found = near_text("chronic kidney disease", starter, top=10)
    stop = {"the", "The", "and", "of", "with", "in", "In", "to"}
    head, weighted = (
        sum(row["term"] in stop for row in found[way]) for way in ("head", "weighted")
    )
    assert weighted < head
    assert "weighted by importance" in text_table(found)


def test_states_of_another_width_have_no_third_column():
    from spacy_bert_unsup.cli.reading.labelled import LabelledModel
    from spacy_bert_unsup.vocab.vectors import VocabVectors
    from tests.toys import make_lm

    lm = make_lm("albert")
    found = near_text("two cells", LabelledModel(lm, VocabVectors.from_mlm(lm)))
    assert found["top_layer"] is None
    assert "top layer" not in text_table(found)
