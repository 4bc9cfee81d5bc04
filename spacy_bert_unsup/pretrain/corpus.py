"""Streams documents out of text files: checked, de-duplicated, split."""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import Errors, InputError, PretrainError
from .settings import CorpusConfig

ENDINGS = (".txt", ".txt.gz", ".txt.xz", ".jsonl", ".jsonl.gz", ".jsonl.xz")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the corpus.

    source (str): File name without its ending.
    paragraphs (list[str]): Its paragraphs, at least one, none empty.
    held_out (bool): Whether it belongs to the validation share.
    """

    source: str
    paragraphs: list[str]
    held_out: bool


def find_files(config: CorpusConfig) -> list[Path]:
    """List the corpus files in a fixed order.

    RETURNS (list[Path]): Sorted by name; at least one.
    RAISES (PretrainError): If there is none.
    """
    folder = Path(config.folder)
    patterns = config.files or [f"*{ending}" for ending in ENDINGS]
    found = {path for pattern in patterns for path in folder.glob(pattern)}
    files = sorted(path for path in found if path.name.endswith(ENDINGS))
    if not files:
        raise PretrainError(
            Errors.E411.format(folder=folder, endings=", ".join(ENDINGS))
        )
    return files


def source_name(path: Path) -> str:
    """RETURNS (str): The file's name without its ending: the name of the source."""
    return next(
        path.name[: -len(ending)]
        for ending in sorted(ENDINGS, key=len, reverse=True)
        if path.name.endswith(ending)
    )


def read_documents(config: CorpusConfig) -> Iterator[Document]:
    """Stream the corpus, each paragraph once.

    A paragraph whose letters and digits were seen before, in any file, is dropped. A
    document is held out by the hash of its text, so that the split does not depend on
    the other files.

    YIELDS (Document): In the order of the files.
    """
    seen: set[bytes] = set()
    limit = int(config.valid_share * 2**64)
    for path in find_files(config):
        reader = _read_jsonl if ".jsonl" in path.name else _read_text
        for paragraphs in reader(path, config):
            fresh = [text for text in paragraphs if _is_new(text, seen)]
            if fresh:
                draw = int.from_bytes(_digest("\n".join(fresh)), "big")
                yield Document(source_name(path), fresh, draw < limit)


def _is_new(text: str, seen: set[bytes]) -> bool:
    key = _digest("".join(filter(str.isalnum, text)).casefold())
    if key in seen:
        return False
    seen.add(key)
    return True


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".xz":
        return cast(BinaryIO, lzma.open(path, "rb"))
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def _read_lines(path: Path) -> Iterator[tuple[int, str]]:
    offset = 0
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise InputError(
                    Errors.E412.format(
                        path=path, line=number, offset=offset + error.start
                    )
                ) from error
            offset += len(line)
            yield number, text.strip()


def _read_text(path: Path, config: CorpusConfig) -> Iterator[list[str]]:
    paragraphs: list[str] = []
    for _, line in _read_lines(path):
        if line:
            paragraphs.append(line)
        elif paragraphs:
            yield paragraphs
            paragraphs = []
    if paragraphs:
        yield paragraphs


def _read_jsonl(path: Path, config: CorpusConfig) -> Iterator[list[str]]:
    for number, line in _read_lines(path):
        if not line:
            continue
        try:
            text = json.loads(line)[config.text_key]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                Errors.E413.format(path=path, line=number, key=config.text_key)
            ) from error
        paragraphs = [part.strip() for part in str(text).splitlines()]
        yield [part for part in paragraphs if part]
