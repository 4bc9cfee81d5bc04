"""Records of several texts laid end to end, so that one pass decides about all.

An empty token that no span holds stands between two texts. So everything that looks at
the neighbours of a word works on the whole as it does on one text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Ints, TopTerms
from .lexicon import Lexicon, WordTerms
from .record import FLAGS, Answers, VoteRecord, stack_rows


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
    def join(cls, records: Sequence[VoteRecord], lexicon: Lexicon) -> Layout:
        """Lay records end to end.

        records (Sequence[VoteRecord]): D records, at least one, of the same templates.
        lexicon (Lexicon): Finds the words that have no entry in the vocabulary: seeds
            may label them.
        RETURNS (Layout): All of them.
        """
        sizes = [len(record) + 1 for record in records]
        origins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        counts = [len(record.spans) for record in records]
        doc = np.repeat(np.arange(len(records)), counts).astype(np.int32)
        spans = np.concatenate([record.spans for record in records])
        flags = {
            name: np.concatenate([_pad(record.flags[name]) for record in records])
            for name in FLAGS
        }
        return cls(
            origins,
            np.array([record.join for record in records], bool),
            flags,
            _read_terms(records, flags["known"], origins, lexicon),
            doc,
            spans + origins[doc][:, None],
            np.concatenate([record.asked for record in records]),
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


def _pad(flags: Bools) -> Bools:
    return np.append(flags, False)


def _read_terms(
    records: Sequence[VoteRecord], known: Bools, origins: Ints, lexicon: Lexicon
) -> WordTerms:
    """Read words by the vocabulary, then by the seeds, then by their pieces."""
    counts = np.concatenate([np.append(np.diff(r.bounds), 0) for r in records])
    ends = np.cumsum(counts).astype(np.int32)
    ids = np.concatenate([record.ids for record in records])
    cover = np.stack([ends - counts, ends], axis=1).astype(np.int32)
    entries = np.full(len(known), -1, np.int32)
    entries[known] = ids[cover[known, 0]]
    without = ~known
    without[origins[1:] - 1] = False  # the empty tokens
    entries[without] = lexicon.entry_ids([w for r in records for w in r.unknown])
    return WordTerms.read(entries, cover, ids)


def _join_answers(
    records: Sequence[VoteRecord], counts: Sequence[int]
) -> list[Answers]:
    starts = np.cumsum([0, *counts[:-1]]).tolist()
    joined = []
    for several in zip(*(record.answers for record in records), strict=True):
        rows = [a.rows + start for a, start in zip(several, starts, strict=True)]
        asked = [a.top for a in several if len(a.rows)] or [several[0].top]
        top = TopTerms(
            stack_rows([top.ids for top in asked], fill=-1),
            stack_rows([top.probs for top in asked]),
            stack_rows([top.logits for top in asked]),
        )
        joined.append(Answers(several[0].cue, np.concatenate(rows), top))
    return joined
