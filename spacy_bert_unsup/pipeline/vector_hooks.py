"""spaCy's hooks for `vector`, `has_vector` and `similarity`, over data in the doc.

They hold no component, so nothing fails when it is removed. spaCy does not store hooks:
a doc that comes out of a `DocBin` or of another process has its vectors, but no hooks
until `restore_hooks` is called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from spacy.tokens import Doc, Span, Token

from ..errors import ConfigError, Errors
from ..types import Floats
from .vector_data import (
    CLS_VECTOR,
    TOKEN_VECTOR,
    get_doc_vector,
    get_span_vector,
    get_token_vector,
    record_key,
)

Owner: TypeAlias = Doc | Span | Token


@dataclass(frozen=True)
class VectorHook:
    """Gives the vector of a doc, span or token; zeros where there is none.

    read (Callable): Finds the vector, or None.
    key (str): Of the record.
    """

    read: Callable[..., Floats | None]
    key: str

    def __call__(self, owner: Any) -> Floats:
        """The vector, float32."""
        found = self.read(owner, self.key)
        if found is not None:
            return np.asarray(found, dtype=np.float32)
        doc = owner if isinstance(owner, Doc) else owner.doc
        record = doc.user_data.get(self.key)
        return np.zeros(0 if record is None else record["width"], np.float32)


@dataclass(frozen=True)
class HasVectorHook:
    """Says whether there is a vector.

    hook (VectorHook): The hook that gives it.
    """

    hook: VectorHook

    def __call__(self, owner: Any) -> bool:
        """Whether it is more than zeros."""
        return bool(self.hook(owner).any())


def compare(one: Owner, other: Owner) -> float:
    """The hook for `similarity`: cosine of the two vectors.

    one (Owner): A doc, span or token.
    other (Owner): Another.
    RETURNS (float): In [-1, 1]; 0 where one of them has no vector.
    RAISES (ConfigError): if the vectors are not of one space.
    """
    a, b = np.asarray(one.vector), np.asarray(other.vector)
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    if not lengths:
        return 0.0
    if a.shape != b.shape:
        raise ConfigError(Errors.E602.format(mine=len(a), other=len(b)))
    return float(np.clip(a @ b / lengths, -1, 1))


def set_cls_hooks(doc: Doc, key: str) -> None:
    """Let `doc.vector` and `span.vector` give [CLS] vectors.

    doc (Doc): A doc that was read.
    key (str): Of the record.
    """
    _set(doc.user_hooks, VectorHook(get_doc_vector, key))
    _set(doc.user_span_hooks, VectorHook(get_span_vector, key))


def set_token_hooks(doc: Doc, key: str) -> None:
    """Let `token.vector` give the tokens' vectors, docs and spans their mean.

    doc (Doc): A doc that was read.
    key (str): Of the record.
    """
    _set(doc.user_token_hooks, VectorHook(get_token_vector, key))
    mean = VectorHook(get_mean_vector, key)
    for hooks in (doc.user_hooks, doc.user_span_hooks):
        if "vector" not in hooks:  # [CLS] vectors stay
            _set(hooks, mean)


def restore_hooks(
    doc: Doc, *, cls_vector: str = CLS_VECTOR, token_vector: str = TOKEN_VECTOR
) -> Doc:
    """Set the hooks of a doc that was stored, or came from another process.

    doc (Doc): With the vectors that `cls_vectors` or `bert_unsup_token_vectors` left.
    cls_vector (str): The name of the attribute `cls_vector`, if it was renamed.
    token_vector (str): The name of the attribute `token_vector`, if it was renamed.
    RETURNS (Doc): The same.
    RAISES (ConfigError): if it has no such vectors.
    """
    of_texts, of_tokens = record_key(cls_vector), record_key(token_vector)
    if of_texts not in doc.user_data and of_tokens not in doc.user_data:
        names = f"{cls_vector!r} or {token_vector!r}"
        raise ConfigError(Errors.E605.format(names=names))
    if of_texts in doc.user_data:
        set_cls_hooks(doc, of_texts)
    if of_tokens in doc.user_data:
        set_token_hooks(doc, of_tokens)
    return doc


def get_mean_vector(owner: Doc | Span, key: str) -> Floats | None:
    """Mean over the tokens that have pieces; None if there are none."""
    rows = [get_token_vector(token, key) for token in owner]
    known = [np.asarray(row, np.float32) for row in rows if row is not None]
    used = [row for row in known if row.any()]
    return np.mean(used, axis=0, dtype=np.float32) if used else None


def _set(hooks: dict[str, Callable[..., Any]], vector: VectorHook) -> None:
    hooks["vector"] = vector
    hooks["has_vector"] = HasVectorHook(vector)
    hooks["similarity"] = compare
