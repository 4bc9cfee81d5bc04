"""Records of several texts laid end to end, so that one pass decides about all.

An empty token that no span holds stands between two texts. So everything that looks at
the neighbours of a word works on the whole as it does on one text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..types import Bools, Floats, Ints, TopTerms
from .lexicon import Lexicon, WordTerms
from .record import BITS, FLAGS, Answers, count_words, unpack_all_ints, unpack_flag
from .text import spread_ranges


@dataclass(frozen=True, slots=True)
class Layout:
    """D texts as one of T tokens and S spans, the empty tokens included.

    origins (Ints): (D + 1,) the first token of each text, and T.
    joins (Bools): (D,) texts whose spans were proposed.
    flags (Mapping[str, Bools]): (T,) each, as in `VoteRecord`.
    terms (WordTerms): How the words are read with the assets of today.
    doc (Ints): (S,) the text of each span.
    spans (Ints): (S, 2) first token, one past the last, in the whole.
    asked (Bools): (S,) worth the question in context at the time.
    answers (Sequence[Answers]): One for each template; `rows` are spans of the whole.
    """

    origins: Ints
    joins: Bools
    flags: Mapping[str, Bools]
    terms: WordTerms
    doc: Ints
    spans: Ints
    asked: Bools
    answers: Sequence[Answers]

    @classmethod
    def join(cls, records: Sequence[Mapping[str, Any]], lexicon: Lexicon) -> Layout:
        """Lay records end to end.

        records (Sequence[Mapping[str, Any]]): D packed `VoteRecord`s, at least one, of
            the same templates.
        lexicon (Lexicon): Finds the words that have no entry in the vocabulary: seeds
            may label them.
        RETURNS (Layout): All of them.
        """
        empty = bytes(np.dtype(BITS).itemsize)  # the token that follows each text
        sizes = [count_words(record) + 1 for record in records]
        origins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        joined = b"".join([record["flags"] + empty for record in records])
        flags = {name: unpack_flag(joined, name) for name in FLAGS}
        bounds, counts = unpack_all_ints([record["spans"] for record in records])
        counts //= 2
        doc = np.repeat(np.arange(len(records)), counts).astype(np.int32)
        return cls(
            origins,
            np.array([record["join"] for record in records], bool),
            flags,
            _read_terms(records, flags["known"], origins, lexicon),
            doc,
            bounds.reshape(-1, 2) + origins[doc][:, None],
            _read_asked(records, counts),
            _join_answers(records, counts),
        )


def spread_answers(answers: Answers, source: Ints, size: int) -> TopTerms:
    """The answers to a template, one row for every span.

    answers (Answers): To A of the spans that were stored.
    source (Ints): (S,) which of the stored spans each span is; -1 is none.
    size (int): How many were stored.
    RETURNS (TopTerms): (S, K); ids are -1 for spans that were not asked.
    """
    place = np.full(size + 1, -1, np.int32)  # the last one is for spans without source
    place[answers.rows] = np.arange(len(answers.rows))
    at = place[source]
    there = (at >= 0)[:, None]
    if not len(answers.rows):
        shape = (len(source), answers.top.ids.shape[1])
        nothing = np.zeros(shape, np.float32)
        return TopTerms(np.full(shape, -1, np.int32), nothing, nothing)
    return TopTerms(
        np.where(there, answers.top.ids[at], -1),
        np.where(there, answers.top.probs[at], np.float32(0)),
        np.where(there, answers.top.logits[at], np.float32(0)),
    )


def _read_asked(records: Sequence[Mapping[str, Any]], counts: Ints) -> Bools:
    """(S,) bits; those of each text start with a new byte."""
    joined = b"".join([record["asked"] for record in records])
    bits = np.unpackbits(np.frombuffer(joined, np.uint8))
    starts = 8 * np.cumsum([0, *(len(record["asked"]) for record in records[:-1])])
    _, places = spread_ranges(starts, starts + counts)
    return bits[places].astype(bool)


def _read_terms(
    records: Sequence[Mapping[str, Any]], known: Bools, origins: Ints, lexicon: Lexicon
) -> WordTerms:
    """Read words by the vocabulary, then by the seeds, then by their pieces."""
    without = ~known
    without[origins[1:] - 1] = False  # the empty tokens
    counts = known.astype(np.int32)
    counts[without], _ = unpack_all_ints([record["counts"] for record in records])
    ends = np.cumsum(counts).astype(np.int32)
    ids, _ = unpack_all_ints([record["ids"] for record in records])
    cover = np.stack([ends - counts, ends], axis=1).astype(np.int32)
    entries = np.full(len(known), -1, np.int32)
    entries[known] = ids[cover[known, 0]]
    entries[without] = lexicon.entry_ids([w for r in records for w in r["unknown"]])
    return WordTerms.read(entries, cover, ids)


def _join_answers(records: Sequence[Mapping[str, Any]], counts: Ints) -> list[Answers]:
    """The answers to each template; `counts` are the spans of each text."""
    rows, own = unpack_all_ints([record["rows"] for record in records])
    rows += np.repeat(np.cumsum(counts) - counts, own)
    top = _join_tops(records, own)
    cues = records[0]["cues"]
    sizes = np.array([record["sizes"] for record in records], np.int32)
    template = np.repeat(np.tile(np.arange(len(cues)), len(records)), sizes.ravel())
    joined = []
    for i, cue in enumerate(cues):
        part = np.flatnonzero(template == i)
        asked = TopTerms(top.ids[part], top.probs[part], top.logits[part])
        joined.append(Answers(cue, rows[part], asked))
    return joined


def _join_tops(records: Sequence[Mapping[str, Any]], own: Ints) -> TopTerms:
    """All answers; `own` are the rows of each text, filled up where terms lack."""
    terms, counts = unpack_all_ints([record["terms"] for record in records])
    probs = [record["probs"] for record in records]
    logits = [
        record["logits"] or bytes(len(part))
        for record, part in zip(records, probs, strict=True)
    ]
    widths = np.repeat(counts // np.maximum(own, 1), own)
    there = np.arange(widths.max(initial=0)) < widths[:, None]

    def fill(values: Ints | Floats, empty: int) -> np.ndarray:
        if there.all():
            return values.reshape(there.shape)
        table = np.full(there.shape, empty, values.dtype)
        table[there] = values
        return table

    return TopTerms(
        fill(terms - 1, -1),
        fill(np.frombuffer(b"".join(probs), "<f4"), 0),
        fill(np.frombuffer(b"".join(logits), "<f4"), 0),
    )
