"""Tables of vectors as files: a matrix, and a vocabulary with one term a line."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from ..errors import Errors, InputError
from ..util import read_text, write_bytes, write_text
from .vectors import VocabVectors

SUFFIXES = (".npy", ".npz", ".safetensors")
STARTS = ("Ġ", "▁")
"""Marks of entries that start a word, where "##" does not mark those that continue."""


def read_table(vectors: str | Path, vocab: str | Path) -> VocabVectors:
    """Read a table of vectors and its vocabulary.

    A vocabulary in which "##" marks the pieces that continue a word is read as
    WordPiece's. If its entries that start a word are marked by "Ġ" or "▁", the others
    continue one, and "<...>" is special; letters that stand for bytes stay. Without any
    mark every entry is a word.
    Zero rows may be; double precision stays.

    vectors (str | Path): .npy, or .npz or .safetensors with one array.
    vocab (str | Path): Terms in the order of the rows; an empty line is an entry
        without a name.
    RETURNS (VocabVectors): The table.
    RAISES (InputError): if a file cannot be read, is no table, if the two differ in
        length, or if a row has numbers that are not finite.
    """
    matrix = _read_matrix(Path(vectors))
    terms = read_terms(vocab)
    if len(terms) != len(matrix):
        message = Errors.E223.format(
            vectors=vectors, rows=len(matrix), vocab=vocab, terms=len(terms)
        )
        raise InputError(message)
    for row in np.flatnonzero(~np.isfinite(matrix).all(axis=1))[:1].tolist():
        message = Errors.E224.format(where=vectors, row=row + 1, term=terms[row])
        raise InputError(message)
    return name_entries(terms, matrix)


def name_entries(terms: list[str], matrix: NDArray[np.floating]) -> VocabVectors:
    """Tell words from pieces and special entries by the marks of a vocabulary.

    terms (list[str]): V entries.
    matrix (NDArray): (V, D) vectors.
    RETURNS (VocabVectors): With surfaces.
    """
    plain = VocabVectors.from_wordpieces(terms, np.zeros((len(terms), 0), np.float32))
    surfaces, continues = plain.surfaces, plain.continues
    mark = next((m for m in STARTS if sum(m == t[:1] for t in terms) > 1), "")
    if mark and not continues.any():
        pairs = zip(surfaces, terms, strict=True)
        special = [not text or term[:1] + term[-1:] == "<>" for text, term in pairs]
        surfaces = [
            "" if no else term.removeprefix(mark)
            for no, term in zip(special, terms, strict=True)
        ]
        starts = np.array([term.startswith(mark) for term in terms], bool)
        continues = ~starts & ~np.array(special, bool)
    return VocabVectors(terms, matrix, surfaces, continues)


def write_table(vectors: str | Path, table: VocabVectors) -> None:
    """Write a table, and its vocabulary beside it as vocab.txt.

    vectors (str | Path): .npy, .npz or .safetensors.
    table (VocabVectors): What to write.
    RAISES (InputError): if the suffix names no format.
    """
    path = Path(vectors)
    if path.suffix == ".safetensors":
        content = save({"vectors": np.ascontiguousarray(table.matrix)})
    elif path.suffix in SUFFIXES:
        buffer = BytesIO()
        if path.suffix == ".npy":
            np.save(buffer, table.matrix, allow_pickle=False)
        else:
            np.savez(buffer, vectors=table.matrix)
        content = buffer.getvalue()
    else:
        reason = f"the suffix is none of {', '.join(SUFFIXES)}"
        raise InputError(Errors.E222.format(path=path, reason=reason))
    write_text(path.with_name("vocab.txt"), "".join(f"{t}\n" for t in table.terms))
    write_bytes(path, content)


def read_terms(path: str | Path) -> list[str]:
    """Read a vocabulary file, one entry a line; nothing is skipped.

    path (str | Path): The file.
    RETURNS (list[str]): Entries in order.
    RAISES (InputError): if it is missing or not UTF-8.
    """
    lines = read_text(path).split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def read_preserve(path: str | Path) -> list[str]:
    """Read the terms of one or two characters that are worth keeping.

    path (str | Path): One term a line; empty lines do not count.
    RETURNS (list[str]): Terms.
    RAISES (InputError): if the file is missing or not UTF-8.
    """
    return [term.strip() for term in read_terms(path) if term.strip()]


def _read_matrix(path: Path) -> NDArray[np.floating]:
    try:
        found = _read_arrays(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Errors.E002.format(path=path, error=reason)) from error
    except (ValueError, EOFError, BadZipFile, SafetensorError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is empty"
        raise InputError(Errors.E222.format(path=path, reason=reason)) from error
    if len(found) != 1:
        reason = f"it holds {len(found)} arrays ({', '.join(found)}), not one"
        raise InputError(Errors.E222.format(path=path, reason=reason))
    (matrix,) = found.values()
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu" or not matrix.shape[1]:
        reason = f"it has shape {matrix.shape} and type {matrix.dtype}"
        raise InputError(Errors.E222.format(path=path, reason=reason))
    return matrix if matrix.dtype == np.float64 else matrix.astype(np.float32)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    if path.suffix == ".safetensors":
        return load_file(path)
    if path.suffix not in SUFFIXES:
        raise ValueError(f"the suffix is none of {', '.join(SUFFIXES)}")
    with path.open("rb") as file:
        if path.suffix == ".npy":
            return {"array": np.lib.format.read_array(file, allow_pickle=False)}
        with ZipFile(file) as members:
            return {name: _read_member(members, name) for name in members.namelist()}


def _read_member(members: ZipFile, name: str) -> np.ndarray:
    with members.open(name) as member:
        return np.lib.format.read_array(member, allow_pickle=False)
