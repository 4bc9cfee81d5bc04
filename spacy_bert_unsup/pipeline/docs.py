"""Between spaCy's Doc and the arrays of the votes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from spacy.attrs import (  # type: ignore[import-not-found]  # Cython
    ENT_IOB,
    ENT_TYPE,
    IDX,
    LENGTH,
    SENT_START,
)
from spacy.tokens import Doc, Span

from ..mlm.text import TokenizedText
from ..types import Bools


def read_doc(doc: Doc, unread: Sequence[tuple[int, int]] = ()) -> TokenizedText:
    """Take what the votes need out of a doc.

    doc (Doc): T tokens; sentence starts are used if they are set.
    unread (Sequence[tuple[int, int]]): Stretches of characters to leave out.
    RETURNS (TokenizedText): The text and its tokens' bounds in it.
    """
    columns = doc.to_array([IDX, LENGTH, SENT_START]).astype(np.int64)
    starts = columns[:, 0].astype(np.int32)
    ends = starts + columns[:, 1].astype(np.int32)
    sents: tuple[int, ...] = ()
    if doc.has_annotation("SENT_START"):
        sents = tuple(np.flatnonzero(columns[:, 2] == 1).tolist())
    text = doc.text
    if unread:
        kept = np.ones(len(text) + 1, bool)
        for start, end in unread:
            kept[start:end] = False
        moved = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)
        starts, ends = moved[starts], moved[ends]
        text = "".join(
            c for c, keep in zip(text, kept[:-1].tolist(), strict=True) if keep
        )
    return TokenizedText(text, starts, ends, sents)


def taken_tokens(doc: Doc) -> Bools:
    """(T,) tokens that are part of an entity already, or blocked for entities."""
    taken = np.zeros(len(doc), bool)
    for span in (*doc.ents, *blocked_spans(doc)):
        taken[span.start : span.end] = True
    return taken


def blocked_spans(doc: Doc) -> list[Span]:
    """Tokens that were kept from being entities on purpose (`doc.set_ents`)."""
    begins, has_no_type = doc.to_array([ENT_IOB, ENT_TYPE]).T == [[3], [0]]
    return [doc[i : i + 1] for i in np.flatnonzero(begins & has_no_type).tolist()]


def take_parts(
    docs: Iterable[Doc], *, most_words: int, most_docs: int
) -> Iterator[list[Doc]]:
    """Take docs that are annotated at once from a stream.

    A part is handed on as soon as it is full, so that components after this one come
    to its docs before the next part is begun, and can share what was computed.

    docs (Iterable[Doc]): Docs.
    most_words (int): A part is full with so many words; the last doc may exceed it.
    most_docs (int): Or with so many docs.
    YIELDS (list[Doc]): Parts, in order.
    """
    part: list[Doc] = []
    words = 0
    for doc in docs:
        part.append(doc)
        words += len(doc)
        if words >= most_words or len(part) >= most_docs:
            yield part
            part, words = [], 0
    if part:
        yield part
