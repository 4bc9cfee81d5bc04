"""Between spaCy's Doc and the arrays of the votes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from spacy.tokens import Doc, Span

from ..mlm.text import TokenizedText
from ..types import Bools


def read_doc(doc: Doc, unread: Sequence[tuple[int, int]] = ()) -> TokenizedText:
    """Take what the votes need out of a doc.

    doc (Doc): T tokens; sentence starts are used if they are set.
    unread (Sequence[tuple[int, int]]): Stretches of characters to leave out.
    RETURNS (TokenizedText): The text and its tokens' bounds in it.
    """
    starts = np.array([token.idx for token in doc], np.int32)
    ends = np.array([token.idx + len(token) for token in doc], np.int32)
    sents: tuple[int, ...] = ()
    if doc.has_annotation("SENT_START"):
        sents = tuple(token.i for token in doc if token.is_sent_start)
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
    return [
        doc[token.i : token.i + 1]
        for token in doc
        if token.ent_iob == 3 and not token.ent_type
    ]


def split_by_words(docs: Sequence[Doc], most: int) -> Iterator[list[Doc]]:
    """Cut a list of docs so that no part has more words, but for single docs.

    docs (Sequence[Doc]): Docs.
    most (int): Words of a part.
    YIELDS (list[Doc]): Parts, in order.
    """
    part: list[Doc] = []
    words = 0
    for doc in docs:
        if part and words + len(doc) > most:
            yield part
            part, words = [], 0
        part.append(doc)
        words += len(doc)
    if part:
        yield part
