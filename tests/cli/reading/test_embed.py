"""`embed`: every kind against plain transformers, in every format."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open

from tests.cli.running import fails_with, run, run_well
from tests.toys import toy_bert

LINES = ["John lives in Paris .", "", "Johnson can't walk", "  ", "two cells", "", ""]
SHOWN = LINES[:5]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return path


def plain_states(text):
    """(n, layers, H) states of the toy BERT, special tokens included."""
    model, tokenizer = toy_bert()
    with torch.inference_mode():
        inputs = tokenizer(text, return_tensors="pt")
        states = model(**inputs, output_hidden_states=True).hidden_states
    return torch.stack(states, dim=2)[0].numpy()


def plain_head(text):
    """(D,) [CLS] after the transform of the head."""
    model, _ = toy_bert()
    with torch.inference_mode():
        last = torch.from_numpy(plain_states(text)[:1, -1])
        return model.cls.predictions.transform(last)[0].numpy()


def embed(file, folder, out, *args):
    run_well("embed", file, "--model", folder, "--out", out, *args)
    if out.suffix == ".npz":
        with np.load(out, allow_pickle=False) as file:
            return dict(file)
    if out.suffix == ".safetensors":
        with safe_open(out, "numpy") as found:
            arrays = {name: found.get_tensor(name) for name in found.keys()}
            return arrays | {"facts": found.metadata()["facts"]}
    rows = out.read_text(encoding="utf-8").splitlines()
    return [json.loads(row) for row in rows]


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_text_vectors_line_by_line(file, toy_folder, tmp_path, suffix):
    found = embed(file, toy_folder, tmp_path / f"new/v{suffix}")
    assert found["lines"].tolist() == [1, 2, 3, 4, 5]
    expected = np.stack([plain_head(line) for line in SHOWN])
    np.testing.assert_allclose(found["vectors"], expected, atol=1e-4)
    facts = json.loads(str(found["facts"]))
    assert facts["vectors_of"] == "cls"
    assert facts["space"] == "vocabulary"


def test_other_kinds_of_text_vectors(file, toy_folder, tmp_path):
    out = tmp_path / "v.npz"
    top = embed(file, toy_folder, out, "--kind", "top_cls")["vectors"]
    states = [plain_states(line) for line in SHOWN]
    np.testing.assert_allclose(top, [s[0, -1] for s in states], atol=1e-4)
    mean = embed(file, toy_folder, out, "--kind", "mean")["vectors"]
    np.testing.assert_allclose(mean, [s[:, -2].mean(axis=0) for s in states], atol=1e-4)
    args = ["--kind", "mean", "--layers=-1", "--normalize"]
    last = embed(file, toy_folder, out, *args)["vectors"]
    expected = np.stack([s[:, -1].mean(axis=0) for s in states])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(last, expected, atol=1e-4)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_word_vectors_with_offsets(file, toy_folder, tmp_path, suffix):
    args = ["--kind", "words", "--merge", "last", "--layers=-2,-1"]
    found = embed(file, toy_folder, tmp_path / f"v{suffix}", *args)
    words = bytes(found["words"]).decode("utf-8").split("\n")
    assert words == [word for line in SHOWN for word in line.split()]
    assert found["offsets"].tolist() == [0, 5, 5, 8, 8, 10]
    first = SHOWN[0]
    bounds = zip(found["starts"][:5], found["ends"][:5], strict=True)
    assert [first[start:end] for start, end in bounds] == first.split()
    states = plain_states("Johnson can't walk")
    # [CLS] John ##son ...: the last piece of the word speaks for it
    expected = states[2, -2] + states[2, -1]
    np.testing.assert_allclose(found["vectors"][5], expected, atol=1e-4)


def test_pieces_have_the_sum_of_the_last_layers(file, toy_folder, tmp_path):
    args = ["--kind", "pieces", "--layers=-2,-1"]
    rows = embed(file, toy_folder, tmp_path / "v.jsonl", *args)
    _, tokenizer = toy_bert()
    for row, line in zip(rows, SHOWN, strict=True):
        assert row["words"] == tokenizer.tokenize(line)
        expected = plain_states(line)[1:-1, -2:].sum(axis=1)
        found = np.array(row["vectors"]).reshape(expected.shape)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_tokens_are_those_of_spacy(file, toy_folder):
    args = ["--kind", "tokens", "--layers=-2", "--model", toy_folder]
    lines = run_well("embed", file, *args).splitlines()
    rows = [json.loads(line) for line in lines]
    assert rows[2]["words"] == ["Johnson", "ca", "n't", "walk"]
    assert [row["line"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[1]["words"] == rows[1]["vectors"] == []
    assert len(rows[0]["vectors"][0]) == 16


def test_jsonl_in_and_out_keeps_other_fields(toy_folder, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "John", "id": 7}\n\n{"text": "é\\ud83d"}\n')
    rows = embed(source, toy_folder, tmp_path / "v.jsonl")
    assert [row["line"] for row in rows] == [1, 2, 3]
    assert rows[0]["meta"] == {"id": 7}
    assert rows[2]["text"] == "é\ufffd"
    assert all(len(row["vector"]) == 16 for row in rows)


def test_small_batches_give_the_same(file, toy_folder, tmp_path):
    args = (file, toy_folder, tmp_path / "v.npz")
    one, many = embed(*args, "--batch-size", 1), embed(*args)
    np.testing.assert_allclose(one["vectors"], many["vectors"], atol=1e-5)


def test_long_lines_are_read_in_windows_and_said(toy_folder, tmp_path):
    source = tmp_path / "long.txt"
    source.write_text("John\n" + "John lives in Paris . " * 30 + "\n")
    for kind, key in (("cls", "vector"), ("words", "vectors")):
        args = ["--model", toy_folder, "--kind", kind, "--layers=-1"]
        result = run("embed", source, *args)
        assert "W572" in result.stderr
        assert "line 2" in result.stderr
        short, long = map(json.loads, result.stdout.splitlines())
        assert "windows" not in short
        assert long["windows"] > 1
        assert len(long[key]) == (16 if kind == "cls" else 150)


def test_empty_input(toy_folder, tmp_path):
    source = tmp_path / "empty.txt"
    source.write_text("\n\n")
    found = embed(source, toy_folder, tmp_path / "v.npz")
    assert found["vectors"].shape[0] == 0
    assert embed(source, toy_folder, tmp_path / "v.jsonl") == []


def test_bad_input_leaves_the_old_file(file, toy_folder, tmp_path):
    out = tmp_path / "v.npz"
    out.write_text("old")
    args = ["--model", toy_folder, "--out", out]
    fails_with("E520", "embed", tmp_path / "no.txt", *args)
    fails_with("E118", "embed", file, "--kind", "mean", "--layers=7", *args)
    assert run("embed", file, "--kind", "mean", "--layers=x", *args).exit_code == 2
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"John\n\xff\n")
    fails_with("E522", "embed", latin, *args, "--kind", "mean")
    assert out.read_text() == "old"
    fails_with("E578", "embed", file, "--out", tmp_path / "v.npy", "--model", "no/x")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "latin.txt",
        "lines.txt",
        "v.npz",
    ]


def test_memory_is_flat_for_json_lines(toy_folder, bert_lm):
    from spacy_bert_unsup.cli.reading.embed import embed as stream
    from spacy_bert_unsup.cli.reading.embedder import make_embedder
    from spacy_bert_unsup.cli.texts import InputText

    read = []

    def endless():
        while True:
            read.append(None)
            yield InputText("John lives", "-", len(read))

    records = stream(endless(), make_embedder(bert_lm, "mean"), batch_size=4)
    assert [next(records).line for _ in range(6)] == [1, 2, 3, 4, 5, 6]
    assert len(read) == 8


@pytest.mark.parametrize(
    "args, named",
    [
        (["--layers=-1", "--merge", "last"], "--layers, --merge"),
        (["--kind", "words", "--layers=-1", "--pooling", "max"], "--pooling"),
        (["--kind", "words", "--layers=-1", "--no-specials"], "--specials"),
        (["--kind", "mean", "--reduction", "concat"], "--reduction"),
    ],
)
def test_options_without_effect_are_named(file, toy_folder, tmp_path, args, named):
    out = tmp_path / "v.npz"
    result = run("embed", file, "--model", toy_folder, "--out", out, *args)
    assert result.exit_code == 0
    (line,) = [line for line in result.stderr.splitlines() if "W573" in line]
    assert line.endswith(f": {named}.")


def test_options_with_effect_are_not(file, toy_folder, tmp_path):
    args = ["--kind", "mean", "--layers=-1", "--weighting", "importance"]
    result = run("embed", file, "--model", toy_folder, "-o", tmp_path / "v.npz", *args)
    assert "W573" not in result.stderr
