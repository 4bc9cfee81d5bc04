"""Texts out of arguments, files and stdin, one at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from ..errors import Errors, InputError, Warnings
from .messages import warn
from .splitting import split_text

Split: TypeAlias = Literal["line", "file"]
STDIN = "-"
SUFFIXES = (".txt", ".jsonl")


@dataclass(frozen=True)
class InputText:
    """A text and where it comes from.

    text (str): Without lone surrogates.
    source (str): The file, "-" or "argument".
    line (int): In the file, from 1.
    meta (dict[str, Any]): The other fields of a JSONL line.
    start (Optional[int]): Where this part starts in a text that was split.
    """

    text: str
    source: str
    line: int = 1
    meta: dict[str, Any] = field(default_factory=dict)
    start: int | None = None


def read_texts(
    inputs: Iterable[str], *, split: Split = "line", jsonl_stdin: bool = False
) -> Iterator[InputText]:
    """Look at all inputs, then read them lazily, in order.

    inputs (Iterable[str]): Each a .txt or .jsonl file, "-" for stdin, or a text: what
        is no file and has white space in it.
    split (Literal["line", "file"]): Whether a line of plain text is a text, or the
        whole file. Empty texts are left out.
    jsonl_stdin (bool): Whether stdin has JSON lines.
    RETURNS (Iterator[InputText]): Repaired texts; the first repair is announced on
        stderr.
    RAISES (InputError): if there is no such file; while reading, naming file and line,
        if one cannot be read.
    """
    files = [(item, item == STDIN or _is_file(item)) for item in inputs]
    return _repaired(_read_all(files, split, jsonl_stdin))


def _repaired(texts: Iterable[InputText]) -> Iterator[InputText]:
    warned = False
    for found in texts:
        text = repair_surrogates(found.text)
        if text != found.text and not warned:
            warned = True
            warn(Warnings.W501.format(source=found.source, line=found.line))
        if text.strip():
            yield InputText(text, found.source, found.line, found.meta)


def split_long(texts: Iterable[InputText], most: int) -> Iterator[InputText]:
    """Cut texts that are too long into parts, at ends of sentences.

    texts (Iterable[InputText]): Read one at a time.
    most (int): Characters that a text may have.
    RETURNS (Iterator[InputText]): Texts and parts; the first cut is announced on
        stderr, and parts of nothing but white space are left out.
    """
    warned = False
    for whole in texts:
        if len(whole.text) <= most:
            yield whole
            continue
        if not warned:
            warned = True
            message = Warnings.W503.format(
                source=whole.source, line=whole.line, length=len(whole.text), most=most
            )
            warn(message)
        for start, end in split_text(whole.text, most):
            if (text := whole.text[start:end]).strip():
                yield replace(whole, text=text, start=start)


def repair_surrogates(text: str) -> str:
    """Join the halves of surrogate pairs; a lone half becomes U+FFFD.

    text (str): Any; JSON escapes can give such halves, and spaCy cannot read them.
    RETURNS (str): A text that can be written as UTF-8.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read_all(
    inputs: Iterable[tuple[str, bool]], split: Split, jsonl_stdin: bool
) -> Iterator[InputText]:
    for item, is_file in inputs:
        if not is_file:
            yield InputText(item, "argument")
            continue
        with _open(item) as file:
            if item.endswith(".jsonl") or (item == STDIN and jsonl_stdin):
                yield from _read_jsonl(file, item)
            elif split == "file":
                yield InputText("".join(line for _, line in _lines(file, item)), item)
            else:
                for number, line in _lines(file, item):
                    yield InputText(line.rstrip("\r\n"), item, number)


def _is_file(item: str) -> bool:
    """Whether an argument names a file, and one that can be read."""
    path = Path(item)
    suffix = path.suffix
    named = suffix in SUFFIXES or not any(char.isspace() for char in item.strip())
    if not named and not _exists(path):
        return False
    if not _exists(path):
        raise InputError(Errors.E520.format(item=item))
    if suffix not in SUFFIXES:
        raise InputError(Errors.E521.format(path=item))
    return True


def _exists(path: Path) -> bool:
    try:
        return path != Path() and path.exists()
    except OSError:  # a text may be too long for a file name
        return False


@contextmanager
def _open(item: str) -> Iterator[BinaryIO]:
    if item == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = Path(item).open("rb")
    except OSError as error:
        raise InputError(Errors.E002.format(path=item, error=error.strerror)) from error
    with file:
        yield file


def _lines(file: BinaryIO, source: str) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(file, 1):
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            message = Errors.E522.format(source=source, line=number, byte=error.start)
            raise InputError(message) from error


def _read_jsonl(file: BinaryIO, source: str) -> Iterator[InputText]:
    for number, line in _lines(file, source):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row.pop("text")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            message = Errors.E523.format(source=source, line=number)
            raise InputError(message) from error
        if not isinstance(text, str):
            raise InputError(Errors.E523.format(source=source, line=number))
        yield InputText(text, source, number, row)
