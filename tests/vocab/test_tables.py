"""Tables of vectors in files."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import save_file

from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.vocab.tables import read_preserve, read_table, write_table
from spacy_bert_unsup.vocab.vectors import VocabVectors

TERMS = ["[CLS]", "cell", "##s", "", "\u2028", "zero"]


@pytest.fixture
def matrix():
    matrix = np.random.default_rng(0).normal(size=(len(TERMS), 3)).astype(np.float32)
    matrix[-1] = 0
    return matrix


@pytest.fixture
def vocab(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_bytes("".join(f"{term}\n" for term in TERMS).encode())
    return path


def save(path, matrix):
    if path.suffix == ".npy":
        np.save(path, matrix)
    elif path.suffix == ".npz":
        np.savez(path, anything=matrix)
    else:
        save_file({"anything": matrix}, path)
    return path


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".safetensors"])
def test_files(tmp_path, vocab, matrix, suffix):
    found = read_table(save(tmp_path / f"v{suffix}", matrix), vocab)
    assert found.terms == TERMS
    assert found.surfaces == ["", "cell", "s", "", "\u2028", "zero"]
    assert found.continues.tolist() == [False, False, True, False, False, False]
    assert np.array_equal(found.matrix, matrix)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".safetensors"])
def test_round_trip(tmp_path, matrix, suffix):
    table = VocabVectors.from_wordpieces(TERMS, matrix)
    write_table(tmp_path / "deep" / f"v{suffix}", table)
    found = read_table(tmp_path / "deep" / f"v{suffix}", tmp_path / "deep/vocab.txt")
    assert found.fingerprint == table.fingerprint
    assert len(list((tmp_path / "deep").iterdir())) == 2


@pytest.mark.parametrize(
    ("given", "kept"), [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), ("i4", "f4")]
)
def test_precision(tmp_path, vocab, matrix, given, kept):
    path = save(tmp_path / "v.npy", matrix.astype(given))
    assert read_table(path, vocab).matrix.dtype == kept


def test_windows_lines(tmp_path, vocab, matrix):
    vocab.write_bytes(vocab.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
    assert read_table(save(tmp_path / "v.npy", matrix), vocab).terms == TERMS


@pytest.mark.parametrize("mark", ["Ġ", "▁"])
def test_marks_of_other_tokenizers(tmp_path, mark):
    terms = ["<s>", f"{mark}the", "ing", f"{mark}cell", mark, "<"]
    (tmp_path / "vocab.txt").write_text("\n".join(terms), encoding="utf-8")
    path = save(tmp_path / "v.npy", np.ones((6, 2)))
    found = read_table(path, tmp_path / "vocab.txt")
    assert found.surfaces == ["", "the", "ing", "cell", "", "<"]
    assert found.continues.tolist() == [False, False, True, False, False, True]


def test_plain_words(tmp_path):
    (tmp_path / "vocab.txt").write_text("cat\nĠ\n<b>\n", encoding="utf-8")
    found = read_table(
        save(tmp_path / "v.npy", np.ones((3, 2))), tmp_path / "vocab.txt"
    )
    assert found.surfaces == ["cat", "Ġ", "<b>"]
    assert not found.continues.any()


def test_different_lengths(tmp_path, vocab, matrix):
    path = save(tmp_path / "v.npy", matrix[:4])
    with pytest.raises(InputError, match=r"E223.*v\.npy has 4 rows.*has 6 terms"):
        read_table(path, vocab)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_rows_that_are_not_finite(tmp_path, vocab, matrix, value):
    matrix[1, 2] = value
    with pytest.raises(InputError, match=r"E224.*v\.npy, row 2.*'cell'"):
        read_table(save(tmp_path / "v.npy", matrix), vocab)


@pytest.mark.parametrize(
    "bad",
    [
        np.ones(6),
        np.ones((6, 2, 1)),
        np.ones((6, 0)),
        np.array([["a"] * 2] * 6),
        np.ones((6, 2), bool),
        np.ones((6, 2), complex),
        np.array([[object()] * 2] * 6),
    ],
)
def test_arrays_that_are_no_tables(tmp_path, vocab, bad):
    np.save(tmp_path / "v.npy", bad)
    with pytest.raises(InputError, match=r"E222.*v\.npy"):
        read_table(tmp_path / "v.npy", vocab)


@pytest.mark.parametrize("name", ["v.npy", "v.npz", "v.safetensors", "v.txt"])
@pytest.mark.parametrize(
    "content", [b"", b"no table at all", b"\x93NUMPY", b"PK\x03\x04"]
)
def test_files_that_are_no_tables(tmp_path, vocab, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=rf"E222.*{name}"):
        read_table(tmp_path / name, vocab)


def test_more_than_one_array(tmp_path, vocab, matrix):
    np.savez(tmp_path / "v.npz", first=matrix, second=matrix)
    with pytest.raises(InputError, match=r"E222.*2 arrays \(first\.npy, second\.npy\)"):
        read_table(tmp_path / "v.npz", vocab)


@pytest.mark.parametrize("name", ["v.npy", "v.npz", "v.safetensors"])
def test_missing_files(tmp_path, vocab, name):
    with pytest.raises(InputError, match=rf"E002.*{name}"):
        read_table(tmp_path / name, vocab)
    with pytest.raises(InputError, match=r"E002.*none\.txt"):
        read_table(save(tmp_path / name, np.ones((6, 2))), tmp_path / "none.txt")


def test_unknown_format_to_write(tmp_path, matrix):
    with pytest.raises(InputError, match=r"E222.*\.npy, \.npz, \.safetensors"):
        write_table(tmp_path / "v.csv", VocabVectors.from_wordpieces(TERMS, matrix))
    assert not list(tmp_path.iterdir())


def test_preserve(tmp_path):
    path = tmp_path / "keep.txt"
    path.write_text("ab\n\n x \r\n", encoding="utf-8")
    assert read_preserve(path) == ["ab", "x"]
