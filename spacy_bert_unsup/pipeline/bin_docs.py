"""The docs of a `DocBin` as the arrays it keeps, read and written without a `Doc`.

Making a `Doc` and serialising it again costs milliseconds, and a file may hold many
thousands. The layout is that of spaCy's `DocBin`, `SpanGroups` and `SpanGroup`.
"""

from __future__ import annotations

import gc
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ENT_IOB, ENT_TYPE, IDS, ORTH  # type: ignore[import-not-found]  # Cython
from spacy.strings import StringStore, get_string_id
from spacy.tokens import DocBin
from srsly import msgpack

from ..errors import Errors, InputError
from ..types import TokenSpan

SPAN = struct.Struct(">QQQllll")
"""A span of a group: id, knowledge base id, label, tokens, characters."""
INSIDE, OUTSIDE, BEGIN = 1, 2, 3
LEVEL = 3
"""Of zlib: files are 4% larger than at 6, its own choice."""
ENT_COLUMNS = tuple(IDS[name] for name in IDS if name.startswith("ENT_"))
Groups = dict[bytes, list[str]]
"""Serialised span groups of a doc, and the keys of each."""


class Codec:
    """msgpack as spaCy writes it; srsly looks for plugins at every single call."""

    def __init__(self) -> None:
        self._packer = msgpack.Packer(use_bin_type=True)
        self._unpacker = msgpack.Unpacker(raw=False)

    def load(self, content: bytes) -> Any:
        """Bytes to data."""
        self._unpacker.feed(content)
        return self._unpacker.unpack()

    def dump(self, data: Any) -> bytes:
        """Data to bytes."""
        return self._packer.pack(data)


@contextmanager
def pause_gc() -> Iterator[None]:
    """Look for no cycles while much is unpacked: there are none, and it takes long."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_bin(path: Path) -> DocBin:
    """Read a `.spacy` file.

    path (Path): The file.
    RETURNS (DocBin): Its docs, not made yet.
    RAISES (InputError): if it is missing or no DocBin.
    """
    try:
        return DocBin(store_user_data=True).from_disk(path)
    except OSError as error:
        raise InputError(Errors.E002.format(path=path, error=error.strerror)) from error
    except Exception as error:  # zlib, msgpack and spaCy each have their own
        raise InputError(Errors.E504.format(path=path, error=error)) from error


def write_bin(docs: DocBin, path: Path) -> None:
    """Write what `DocBin.to_disk` writes, packed less tightly and in 60% of the time.

    docs (DocBin): At least one doc.
    path (Path): The file.
    """
    lengths = np.array([len(tokens) for tokens in docs.tokens], np.int32)
    content = {
        "version": docs.version,
        "attrs": docs.attrs,
        "tokens": b"".join([tokens.tobytes() for tokens in docs.tokens]),
        "spaces": b"".join([spaces.tobytes() for spaces in docs.spaces]),
        "lengths": lengths.tobytes(),
        "strings": sorted(docs.strings),
        "cats": docs.cats,
        "flags": docs.flags,
        "span_groups": docs.span_groups,
    }
    if docs.store_user_data:
        content["user_data"] = docs.user_data
    path.write_bytes(zlib.compress(Codec().dump(content), LEVEL))


def has_user_data(docs: DocBin) -> bool:
    """Whether a DocBin that was read keeps the user data of its docs."""
    return any(data is not None for data in docs.user_data)


def copy_doc(docs: DocBin, i: int, out: DocBin) -> None:
    """Add a doc of one DocBin to another, as it is."""
    out.tokens.append(docs.tokens[i])
    out.spaces.append(docs.spaces[i])
    out.cats.append(docs.cats[i])
    out.flags.append(docs.flags[i])
    out.span_groups.append(docs.span_groups[i])
    data = docs.user_data[i] if i < len(docs.user_data) else None
    out.user_data.append(msgpack.packb({}) if data is None else data)


def read_groups(docs: DocBin, i: int, codec: Codec) -> Groups:
    """The span groups of a doc, still packed.

    docs (DocBin): The docs.
    i (int): Which one.
    codec (Codec): Reads them.
    RETURNS (dict[bytes, list[str]]): Group -> its keys; empty if there are none.
    """
    content = docs.span_groups[i]
    groups = codec.load(content) if content else {}
    return groups if isinstance(groups, dict) else {}


def read_words(
    docs: DocBin, i: int, strings: StringStore
) -> tuple[list[str], list[bool]]:
    """The token texts of a doc, and whether a space follows each."""
    words = [strings[key] for key in docs.tokens[i][:, docs.attrs.index(ORTH)].tolist()]
    known = not docs.flags[i].get("has_unknown_spaces")
    spaces = docs.spaces[i][:, 0].tolist() if known else [True] * len(words)
    return words, spaces


def pack_group(
    name: str,
    spans: Sequence[tuple[TokenSpan, list[int], str]],
    attrs: Mapping[str, Any],
    codec: Codec,
) -> bytes:
    """A span group as `SpanGroup.to_bytes` writes it.

    name (str): Of the group.
    spans (Sequence[tuple[TokenSpan, list[int], str]]): Tokens, characters and label.
    attrs (Mapping[str, Any]): Of the group.
    codec (Codec): Writes it.
    RETURNS (bytes): The group.
    """
    packed = [
        SPAN.pack(0, 0, get_string_id(label), *tokens, *characters)
        for tokens, characters, label in spans
    ]
    return codec.dump({"name": name, "attrs": dict(attrs), "spans": packed})


@dataclass(frozen=True)
class EntityTable:
    """The entity columns of the tokens of a doc.

    tokens (NDArray): (T, A) attributes, as a DocBin keeps them.
    columns (Mapping[int, int]): Attribute -> column, of those that speak of entities.
    """

    tokens: NDArray[np.uint64]
    columns: Mapping[int, int]

    @classmethod
    def of(cls, docs: DocBin, i: int) -> EntityTable:
        """A copy of a doc's attributes, to be changed."""
        columns = {
            attr: docs.attrs.index(attr) for attr in ENT_COLUMNS if attr in docs.attrs
        }
        return cls(docs.tokens[i].copy(), columns)

    @property
    def iob(self) -> NDArray[np.uint64]:
        """(T,) 1 inside, 2 outside, 3 begin."""
        return self.tokens[:, self.columns[ENT_IOB]]

    @property
    def types(self) -> NDArray[np.uint64]:
        """(T,) hashes of the labels; 0 for none."""
        return self.tokens[:, self.columns[ENT_TYPE]]

    def read(self) -> list[tuple[int, int, int]]:
        """Start, end and label hash of each entity; blocked tokens have 0."""
        found: list[tuple[int, int, int]] = []
        pairs = zip(self.iob.tolist(), self.types.tolist(), strict=True)
        for i, (iob, label) in enumerate(pairs):
            if iob == BEGIN:
                found.append((i, i + 1, label))
            elif iob == INSIDE and found:
                found[-1] = (found[-1][0], i + 1, found[-1][2])
        return found

    def clear(self, kept: Sequence[TokenSpan]) -> NDArray[np.bool_]:
        """Take out all entities but some.

        kept (Sequence[TokenSpan]): Bounds of those that stay.
        RETURNS (NDArray): (T,) tokens of those that stay.
        """
        busy = np.zeros(len(self.tokens), bool)
        for start, end in kept:
            busy[start:end] = True
        free = np.flatnonzero(~busy)
        self.tokens[free[:, None], [*self.columns.values()]] = 0
        self.tokens[free, self.columns[ENT_IOB]] = OUTSIDE
        return busy

    def add(self, start: int, end: int, label: str) -> None:
        """Set an entity on free tokens."""
        self.tokens[start:end, self.columns[ENT_IOB]] = INSIDE
        self.tokens[start, self.columns[ENT_IOB]] = BEGIN
        self.tokens[start:end, self.columns[ENT_TYPE]] = get_string_id(label)
