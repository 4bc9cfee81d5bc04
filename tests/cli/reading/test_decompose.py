"""`decompose`: the parts add up to the plain model's scores."""

import pytest
import torch

from spacy_bert_unsup.cli.reading.decompose import decompose_text
from spacy_bert_unsup.cli.reading.decompose_plot import draw_decomposition
from spacy_bert_unsup.cli.reading.places import masked_places, plain_places
from spacy_bert_unsup.errors import InputError
from tests.cli.running import fails_with, run, run_json, run_well
from tests.toys import toy_bert

TEXT = "John lives in Paris with two arthritis cells ."


def plain_logits(text):
    """(n, V) scores of the toy BERT at every position, special ones included."""
    model, tokenizer = toy_bert()
    with torch.inference_mode():
        return model(**tokenizer(text, return_tensors="pt")).logits[0].numpy()


def check_rows(rows, logits, terms):
    """Every term has the plain model's score, and the parts that give it."""
    for row in rows:
        for part in row["terms"]:
            score = logits[row["position"], terms.index(part["term"])]
            assert part["score"] == pytest.approx(score, abs=2e-3)
            dot = row["n1"] * part["n2"] * part["cos"]
            assert part["dot"] == pytest.approx(dot, abs=2e-2)
            assert part["score"] == pytest.approx(part["dot"] + part["bias"], abs=2e-4)
        scores = [part["score"] for part in row["terms"]]
        assert scores == sorted(scores, reverse=True)
        by_cos = sorted(row["terms"], key=lambda part: part["by_cos"])
        cosines = [part["cos"] for part in by_cos]
        assert cosines == sorted(cosines, reverse=True)


def test_parts_add_up_to_the_plain_scores(toy_folder, bert_lm):
    args = [TEXT, "--model", toy_folder, "--no-labels", "--top", 7]
    found = run_json("decompose", *args)
    logits = plain_logits(TEXT)
    rows = found["positions"]
    assert [row["position"] for row in rows] == list(range(len(logits)))
    assert [rows[0]["piece"], rows[-1]["piece"]] == ["[CLS]", "[SEP]"]
    assert [row["piece"] for row in rows if row["word"] == "arthritis"] == ["arthritis"]
    check_rows(rows, logits, bert_lm.terms)


def test_closest_words_are_those_of_the_text(toy_folder, bert_lm):
    args = [TEXT, "--model", toy_folder, "--no-labels", "-p", 2, "-p", 4, "-p", 2]
    found = run_json("decompose", *args)
    assert [row["position"] for row in found["positions"]] == [2, 4]
    logits = plain_logits(TEXT)
    own = "John lives in Paris with two arthritis cells".split()
    assert found["own_terms"] == own
    for row in found["positions"]:
        assert {part["term"] for part in row["closest"]} == set(own)
        for part in row["closest"]:
            score = logits[row["position"], bert_lm.terms.index(part["term"])]
            assert part["score"] == pytest.approx(score, abs=2e-3)


def test_blanked_words_are_read_in_copies_of_their_own(toy_folder, bert_lm):
    args = [TEXT, "-w", "Paris", "-w", "John", "--mask", "--model", toy_folder]
    found = run_json("decompose", *args, "--no-labels")
    assert [row["piece"] for row in found["positions"]] == ["John", "Paris"]
    for row in found["positions"]:
        assert row["masked"]
        logits = plain_logits(TEXT.replace(row["word"], "[MASK]"))
        check_rows([row], logits, bert_lm.terms)
    shown = run_well("decompose", *args)
    assert "Paris, blanked" in shown


def test_a_mask_in_the_text_is_read(toy_folder, bert_lm):
    text = TEXT.replace("Paris", "[MASK]")
    args = ["-w", "[MASK]", "--model", toy_folder, "--no-labels"]
    (row,) = run_json("decompose", text, *args)["positions"]
    assert row["piece"] == "[MASK]"
    check_rows([row], plain_logits(text), bert_lm.terms)


def test_words_of_several_pieces(toy_folder):
    args = ["Johnson lives .", "-w", "Johnson", "--model", toy_folder, "--no-labels"]
    found = run_json("decompose", *args)
    assert [row["piece"] for row in found["positions"]] == ["John", "##son"]
    masked = run_json("decompose", *args, "--mask")
    assert [row["position"] for row in masked["positions"]] == [1]
    assert "##son of Johnson" in run_well("decompose", *args)


def test_every_position_of_a_long_text_is_shown_once(toy_folder, bert_lm):
    text = "John lives in Paris . " * 30
    result = run("decompose", text, "--model", toy_folder, "--no-labels", "--top", 1)
    assert result.exit_code == 0
    assert "W570" in result.stderr
    args = ["--model", toy_folder, "--no-labels", "--top", 1]
    found = run_json("decompose", text, *args)
    positions = [row["position"] for row in found["positions"]]
    assert positions == list(range(152))
    words = [row["word"] for row in found["positions"][1:-1]]
    assert words == "John lives in Paris .".split() * 30


def test_places_are_the_same_pieces_in_any_family(toy_lm):
    from spacy_bert_unsup.cli.reading.blanks import read_text_with_blanks

    text, _ = read_text_with_blanks(toy_lm, "Mary visited the old bank . " * 9)
    wanted = list(range(1, len(text.pieces) + 1))
    for place in plain_places(toy_lm, text, wanted):
        assert place.ids[place.row] == text.pieces.ids[place.position - 1]
    for place in masked_places(toy_lm, text, wanted):
        assert place.ids[place.row] == toy_lm.mask_id
        assert len(place.ids) <= toy_lm.max_length


def test_bad_words_and_positions(toy_folder):
    args = ["decompose", TEXT, "--model", toy_folder, "--no-labels"]
    assert "Paris" in fails_with("E574", *args, "-w", "paris")
    assert "to 10" in fails_with("E575", *args, "-p", "99")
    assert run(*args, "-p", "-1").exit_code == 2


def test_picture(toy_folder, tmp_path):
    path = tmp_path / "new" / "scores.png"
    args = ["--model", toy_folder, "--no-labels", "-w", "Paris", "-p", 0]
    run_well("decompose", TEXT, *args, "--plot", path)
    assert path.stat().st_size > 1000
    fails_with("E533", "decompose", TEXT, "--plot", tmp_path / "scores.gif")


def test_a_picture_of_too_many_positions_is_refused(tmp_path):
    row = {"position": 0, "piece": "x", "masked": False, "closest": []}
    row["terms"] = [{"term": "x", "dot": 1.0, "bias": 0.0, "score": 1.0, "cos": 0.1}]
    row["terms"][0]["by_cos"] = 1
    found = {"positions": [row] * 500, "own_terms": []}
    with pytest.raises(InputError, match="E576"):
        draw_decomposition(found, tmp_path / "x.png")
    assert not list(tmp_path.iterdir())
    draw_decomposition(found | {"positions": [row]}, tmp_path / "x.svg")
    assert (tmp_path / "x.svg").exists()


def test_bank_is_two_things_to_the_starter(starter):
    robbed = "The bank was robbed and the money was gone."
    river = "They sat on the bank of the river and fished."
    near = []
    for text in (robbed, river):
        found = decompose_text(text, starter, words=["bank"], masked=True, top=20)
        (row,) = found["positions"]
        near.append({part["term"] for part in row["terms"]})
    assert len(near[0]) == len(near[1]) == 20
    assert len(near[0] & near[1]) < 10
