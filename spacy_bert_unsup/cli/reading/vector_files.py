"""Write vectors of texts or words: arrays in one file, or JSON lines as they come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, TypeAlias

import typer

from ...errors import Errors, InputError
from ...types import Floats, Ints
from ...util import atomic_path

SUFFIXES = (".npz", ".safetensors", ".jsonl")
DIGITS = 6
"""Decimals of numbers in JSON lines; arrays hold every bit."""


@dataclass(frozen=True)
class WordList:
    """The words of a text that have vectors.

    names (list[str]): T words, without line breaks.
    starts, ends (Ints): (T,) first character of each, and one past its last.
    """

    names: list[str]
    starts: Ints
    ends: Ints


@dataclass(frozen=True)
class TextRecord:
    """A text with its vectors.

    line (int): In the file, from 1.
    text (str): The text.
    vectors (Floats): (W,) of the text, or (T, W) of its words.
    windows (int): How many windows it was read in.
    words (Optional[WordList]): T words; None if the vector is of the text.
    meta (dict[str, Any]): Other fields of a JSON line.
    """

    line: int
    text: str
    vectors: Floats
    windows: int = 1
    words: WordList | None = None
    meta: dict[str, Any] = field(default_factory=dict)


Write: TypeAlias = Callable[[TextRecord], None]


def check_vector_path(out: Path | None) -> None:
    """Refuse a file of no known format, before anything long is computed.

    out (Optional[Path]): The file; None is stdout, which gets JSON lines.
    RAISES (InputError): if its suffix says nothing.
    """
    if out is not None and out.suffix not in SUFFIXES:
        raise InputError(Errors.E578.format(path=out))


@contextmanager
def open_vector_file(out: Path | None, facts: dict[str, Any]) -> Iterator[Write]:
    """Something to give records to; a file appears when everything went well.

    JSON lines are written one at a time; arrays are kept until the end.

    out (Optional[Path]): .npz, .safetensors or .jsonl; None is stdout.
    facts (dict[str, Any]): What the vectors are, kept with arrays as JSON.
    YIELDS (Callable[[TextRecord], None]): Writes one record.
    """
    if out is None:
        yield lambda record: typer.echo(json_line(record), nl=False)
    elif out.suffix == ".jsonl":
        with atomic_path(out) as beside:
            with beside.open("w", encoding="utf-8", newline="\n") as file:
                yield lambda record: _write(file, json_line(record))
    else:
        records: list[TextRecord] = []
        yield lambda record: records.append(record)
        save_arrays(out, collect_arrays(records), facts)


def json_line(record: TextRecord) -> str:
    """A record as a line of JSON.

    record (TextRecord): Text and vectors.
    RETURNS (str): The line, its numbers rounded to 6 decimals.
    """
    import numpy as np

    numbers = np.round(record.vectors.astype(np.float64), DIGITS).tolist()
    row: dict[str, Any] = {"line": record.line, "text": record.text}
    if record.words is None:
        row["vector"] = numbers
    else:
        row["words"] = record.words.names
        row["starts"] = record.words.starts.tolist()
        row["ends"] = record.words.ends.tolist()
        row["vectors"] = numbers
    if record.windows > 1:
        row["windows"] = record.windows
    if record.meta:
        row["meta"] = record.meta
    return json.dumps(row, ensure_ascii=False) + "\n"


def collect_arrays(records: list[TextRecord]) -> dict[str, Any]:
    """Put records together.

    records (list[TextRecord]): n records, all of texts or all of words.
    RETURNS (dict[str, np.ndarray]): `vectors` and `lines` (n,). Of texts, `vectors` is
        (n, W). Of words it is (T, W), all texts one after the other; text i has rows
        `offsets[i]` to `offsets[i + 1]`, `starts` and `ends` are (T,) characters, and
        `words` the bytes of all words in UTF-8, one a line.
    """
    import numpy as np

    arrays: dict[str, Any] = {"lines": np.array([r.line for r in records], np.int64)}
    lists = [record.words for record in records if record.words is not None]
    if not lists:
        shown = [record.vectors for record in records]
        arrays["vectors"] = np.stack(shown) if shown else np.zeros((0, 0), np.float32)
        return arrays
    names = [name for words in lists for name in words.names]
    sizes = [len(words.names) for words in lists]
    arrays["offsets"] = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    arrays["vectors"] = np.concatenate([record.vectors for record in records])
    arrays["starts"] = np.concatenate([words.starts for words in lists])
    arrays["ends"] = np.concatenate([words.ends for words in lists])
    arrays["words"] = np.frombuffer("\n".join(names).encode("utf-8"), np.uint8)
    return arrays


def save_arrays(out: Path, arrays: dict[str, Any], facts: dict[str, Any]) -> None:
    """Write arrays in one step.

    out (Path): .npz or .safetensors; no pickle in either.
    arrays (dict[str, np.ndarray]): By name.
    facts (dict[str, Any]): Kept as JSON: in an .npz the array `facts`, in a
        .safetensors file the metadata.
    """
    import numpy as np
    from safetensors.numpy import save

    text = json.dumps(facts)
    with atomic_path(out) as beside, beside.open("wb") as file:
        if out.suffix == ".npz":
            np.savez(file, facts=np.array(text), **arrays)
        else:
            file.write(save(arrays, metadata={"facts": text}))


def _write(file: TextIO, line: str) -> None:
    file.write(line)
