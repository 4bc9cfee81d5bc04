"""What the components for vectors keep in a doc, and the attributes that read it.

Each component has one record in `doc.user_data`, of plain values and arrays, so that it
survives `DocBin(store_user_data=True)`, `to_bytes` and other processes. Spans and
tokens are found by their characters: retokenising gives None, never a wrong value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc, Span, Token

from ..attrs import NOTES, character_bounds, get_notes, set_getter
from ..errors import ConfigError, Errors
from ..types import Floats

PREFIX = "bert_unsup."
CLS_VECTOR = "cls_vector"
IMPORTANCE, MLM_BIAS, KEY_TERMS = "importance", "mlm_bias", "key_terms"
TOKEN_VECTOR = "token_vector"
FORMAT = 1


@dataclass(frozen=True)
class RecordGetter:
    """Reads an attribute; equal ones are one and the same attribute.

    read (Callable): One of the functions below.
    key (str): Of the record.
    """

    read: Callable[..., Any]
    key: str

    def __call__(self, owner: Doc | Span | Token) -> Any:
        """What there is to read; None where nothing is known."""
        return self.read(owner, self.key)


def record_key(name: str) -> str:
    """Where in `doc.user_data` the record lies that an attribute reads."""
    return PREFIX + name


def rename_attrs(ours: tuple[str, ...], given: Mapping[str, str]) -> dict[str, str]:
    """The names of a component's attributes.

    ours (tuple[str, ...]): Our names.
    given (Mapping[str, str]): Our name -> the user's.
    RETURNS (dict[str, str]): Our name -> the one to use.
    RAISES (ConfigError): if one is not ours.
    """
    for name in given:
        if name not in ours:
            message = Errors.E307.format(attr=name, names=", ".join(ours))
            raise ConfigError(message)
    return {name: given.get(name, name) for name in ours}


def install_notes(name: str) -> None:
    """Make `Doc._.bert_unsup_notes` known to spaCy.

    name (str): Its name.
    RAISES (ConfigError): if an attribute of the same name means something else.
    """
    set_getter(Doc, name, get_notes, ours=NOTES)


def install_cls_vector(name: str) -> None:
    """Make `Doc._.cls_vector` and `Span._.cls_vector` known to spaCy.

    name (str): Their name.
    RAISES (ConfigError): if an attribute of the same name means something else.
    """
    key = record_key(name)
    set_getter(Doc, name, RecordGetter(get_doc_vector, key), ours=CLS_VECTOR)
    set_getter(Span, name, RecordGetter(get_span_vector, key), ours=CLS_VECTOR)


def install_token_vector(name: str) -> None:
    """Make `Token._.token_vector` known to spaCy.

    name (str): Its name.
    RAISES (ConfigError): if an attribute of the same name means something else.
    """
    getter = RecordGetter(get_token_vector, record_key(name))
    set_getter(Token, name, getter, ours=TOKEN_VECTOR)


def install_importance(names: Mapping[str, str]) -> None:
    """Make `Token._.importance`, `Token._.mlm_bias`, `Doc._.key_terms` known to spaCy.

    names (Mapping[str, str]): Our name -> the one to use.
    RAISES (ConfigError): if an attribute of the same name means something else.
    """
    for ours, owner, read in (
        (IMPORTANCE, Token, get_number),
        (MLM_BIAS, Token, get_number),
        (KEY_TERMS, Doc, get_key_terms),
    ):
        getter = RecordGetter(read, record_key(names[ours]))
        set_getter(owner, names[ours], getter, ours=ours)


def put_record(doc: Doc, key: str, component: str, content: dict[str, Any]) -> None:
    """Write a component's record.

    doc (Doc): The doc.
    key (str): Where.
    component (str): Who; what the same wrote before is replaced.
    content (dict[str, Any]): Plain values and arrays.
    RAISES (ConfigError): if another component's record lies there.
    """
    known = doc.user_data.get(key)
    if known is not None and known["component"] != component:
        attr = key.removeprefix(PREFIX)
        other = known["component"]
        raise ConfigError(Errors.E604.format(name=component, other=other, attr=attr))
    doc.user_data[key] = {"format": FORMAT, "component": component, **content}


def get_doc_vector(doc: Doc, key: str) -> Floats | None:
    """The vector of a doc; None if it was not read."""
    record = doc.user_data.get(key)
    return None if record is None else record["doc"]


def get_span_vector(span: Span, key: str) -> Floats | None:
    """The vector of a span; None if it was not among those that were read."""
    record = span.doc.user_data.get(key)
    bounds = character_bounds(span)
    if record is None or bounds is None:
        return None
    found = np.flatnonzero((record["bounds"] == bounds).all(axis=1))
    return record["spans"][found[0]] if len(found) else None


def get_token_vector(token: Token, key: str) -> Floats | None:
    """The vector of a token; None if it was not read, or its tensor is gone."""
    doc = token.doc
    record = doc.user_data.get(key)
    if record is None:
        return None
    if "rows" in record:
        place = _find_token(token, record)
        return None if place is None else record["rows"][place]
    # Another component may have set a tensor of its own since.
    fits = doc.tensor.shape == (len(doc), record["width"])
    return doc.tensor[token.i] if fits else None


def get_number(token: Token, key: str) -> float | None:
    """A number of a token; None if it has none, or was not read."""
    record = token.doc.user_data.get(key)
    place = None if record is None else _find_token(token, record)
    if record is None or place is None:
        return None
    value = float(record["values"][place])
    return None if np.isnan(value) else value


def get_key_terms(doc: Doc, key: str) -> list[dict[str, Any]]:
    """The words and runs that say most, best first; empty if the doc was not read.

    Each is {"text", "score" (in [0, 1], 1 for the first), "count", "start", "end"
    (characters of its first occurrence)}.
    """
    record = doc.user_data.get(key)
    if record is None:
        return []
    names = ("text", "score", "count", "start", "end")
    columns = (record[name] for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _find_token(token: Token, record: Mapping[str, Any]) -> int | None:
    """The place of a token in a record, by its characters."""
    starts, ends = record["starts"], record["ends"]
    place = int(np.searchsorted(starts, token.idx))
    if place == len(starts) or starts[place] != token.idx:
        return None
    return place if ends[place] == token.idx + len(token) else None
