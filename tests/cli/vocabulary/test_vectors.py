"""`vectors` on toy models, saved as ordinary folders, and on the starter."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.cli.vocabulary.vectors import write_vectors
from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.tables import read_table
from tests.cli.toy_tables import save_toy
from tests.toys import toy_albert, toy_bert, toy_untied_bert


def run(*args):
    return CliRunner().invoke(app, ["vectors", *map(str, args)])


@pytest.fixture(scope="module")
def untied(tmp_path_factory):
    return save_toy(toy_untied_bert(), tmp_path_factory.mktemp("untied"))


def test_list_has_all_tensors_with_shapes(untied):
    result = run(untied, "--list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert any("word_embeddings" in x and x.endswith("input") for x in lines)
    assert any("decoder.weight" in x and x.endswith("decoder") for x in lines)
    assert any("bert.encoder.layer.1.output.dense.weight" in x for x in lines)
    short = run(untied)
    assert "encoder.layer" not in short.stdout
    assert "word_embeddings" in short.stdout


def read_vectors(path):
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".safetensors":
        return load_file(path)["vectors"]
    with np.load(path) as file:
        return file["vectors"]


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".safetensors"])
def test_input_and_decoder_rows_of_an_untied_model(untied, tmp_path, suffix):
    model, _ = toy_untied_bert()
    rows = {
        "input": model.get_input_embeddings().weight.detach().numpy(),
        "decoder": model.get_output_embeddings().weight.detach().numpy(),
    }
    for key, expected in rows.items():
        out = tmp_path / key / f"v{suffix}"
        result = run(untied, "--key", key, "--out", out)
        assert result.exit_code == 0, result.stderr
        np.testing.assert_array_equal(read_vectors(out), expected)
    assert not np.array_equal(rows["input"], rows["decoder"])


def test_vocabulary_lies_beside_line_by_line(untied, tmp_path):
    run(untied, "--out", tmp_path / "v.npy")
    lines = (tmp_path / "vocab.txt").read_text(encoding="utf-8").split("\n")
    _, tokenizer = toy_bert()
    for term, row in tokenizer.get_vocab().items():
        assert lines[row] == term
    assert lines[len(tokenizer)] == ""  # a row that no term names
    assert len(lines) == len(np.load(tmp_path / "v.npy")) + 1


def test_json_says_whether_rows_are_tied(untied, tmp_path):
    assert not json.loads(run(untied, "--json").stdout)["tied"]
    folder = save_toy(toy_albert(), tmp_path / "albert")
    found = json.loads(run(folder, "--json").stdout)
    assert found["tied"]
    assert found["tensors"][found["decoder"]][1] == 8


def test_missing_key_lists_the_candidates(untied):
    for key in ("bert.embeddings.word_embedding", "bert.embeddings.LayerNorm.weight"):
        result = run(untied, "--key", key)
        assert result.exit_code == 1
        assert "E536" in result.stderr
        assert "bert.embeddings.word_embeddings.weight" in result.stderr


def test_unknown_suffix_and_folder_of_another_vocabulary(untied, tmp_path):
    assert "E537" in run(untied, "--out", tmp_path / "v.json").stderr
    (tmp_path / "vocab.txt").write_text("other\n")
    result = run(untied, "--out", tmp_path / "v.npy")
    assert result.exit_code == 1
    assert "E539" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["vocab.txt"]
    assert (tmp_path / "vocab.txt").read_text() == "other\n"


def test_what_was_written_can_be_read(untied, tmp_path):
    out = tmp_path / "v.safetensors"
    run(untied, "--out", out)
    found = read_table(out, tmp_path / "vocab.txt")
    lm = MaskedLM.load(untied)
    assert found.terms == lm.terms
    assert found.fingerprint == lm.fingerprint


def test_line_break_in_a_term_is_refused(tmp_path, bert_lm, monkeypatch):
    monkeypatch.setattr(bert_lm, "terms", ["a\nb", *bert_lm.terms[1:]])
    with pytest.raises(InputError, match="E538"):
        write_vectors(bert_lm, bert_lm.rows(), tmp_path / "v.npy")
    assert not list(tmp_path.iterdir())


def test_starter():
    found = json.loads(run("--json").stdout)
    assert found["model"] == "starter"
    assert found["tied"]
    assert found["tensors"][found["input"]] == [20000, 256]
