"""`bias`: ranking, quantiles, marked terms, plot."""

import numpy as np
import pytest

from spacy_bert_unsup.cli.reading.bias import rank_by_bias
from spacy_bert_unsup.errors import ModelError
from tests.cli.running import fails_with, run_json, run_well


def naive_order(lm):
    """Ids of ordinary entries, the highest bias first; by plain sorting."""
    bias, surfaces = lm.bias().tolist(), lm.surface()
    ids = [i for i in range(len(bias)) if surfaces[i]]
    return sorted(ids, key=lambda i: -bias[i])


def test_ranking_is_that_of_plain_sorting(toy_folder, bert_lm):
    args = ["--model", toy_folder, "--top", 3, "--bottom", 2]
    found = run_json("bias", *args)
    order = naive_order(bert_lm)
    assert found["ranked"] == len(order)
    shown = [row["term"] for row in [*found["top"], *found["bottom"]]]
    assert shown == [bert_lm.terms[i] for i in [*order[:3], *order[-2:]]]
    assert [row["rank"] for row in found["bottom"]] == [len(order) - 1, len(order)]
    assert found["top"][0]["importance"] == 0
    assert found["bottom"][-1]["importance"] == 1
    values = bert_lm.bias()[order]
    assert found["quantiles"]["0.5"] == pytest.approx(np.median(values), abs=1e-3)
    assert {row["term"] for row in found["special"]} == {
        *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    }


def test_none_of_either_end(toy_folder):
    found = run_json("bias", "--model", toy_folder, "--top", 0, "--bottom", 0)
    assert found["top"] == found["bottom"] == []
    shown = run_well("bias", "--model", toy_folder, "--top", 0, "--bottom", 0)
    assert "Highest" not in shown
    assert "Quantiles" in shown


def test_given_terms(toy_folder, bert_lm):
    found = run_json("bias", "cell", "##itis", "[MASK]", "--model", toy_folder)
    assert [row["term"] for row in found["terms"]] == ["cell", "##itis", "[MASK]"]
    assert "rank" not in found["terms"][2]
    order = naive_order(bert_lm)
    assert found["terms"][0]["rank"] == 1 + order.index(bert_lm.terms.index("cell"))
    shown = run_well("bias", "cell", "--model", toy_folder)
    assert "Highest" not in shown


def test_unknown_term_names_its_neighbours(toy_folder):
    message = fails_with("E240", "bias", "protien", "--model", toy_folder)
    assert "protein" in message


def test_stop_words_of_the_starter_have_the_highest_bias(starter):
    found = run_json("bias", "--top", 12)
    assert {",", "the", "and", "of"} <= {row["term"] for row in found["top"]}
    assert all(row["bias"] < 0 for row in found["special"])


def test_plot(toy_folder, tmp_path):
    for name in ("b.png", "b.svg"):
        run_well("bias", "--model", toy_folder, "--plot", tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    svg = (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert "[MASK]" in svg


def test_plot_of_no_known_format_is_refused_first(tmp_path):
    fails_with("E533", "bias", "--plot", tmp_path / "b.jpg", "--model", "nowhere/x")
    assert not list(tmp_path.iterdir())


def test_model_without_bias_is_refused(bert_lm, monkeypatch):
    flat = np.zeros(len(bert_lm.terms), np.float32)
    monkeypatch.setattr(type(bert_lm), "bias", lambda self: flat)
    with pytest.raises(ModelError, match="E573"):
        rank_by_bias(bert_lm)
