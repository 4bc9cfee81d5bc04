"""What was asked and answered about a text, so that it can be voted on again.

A record holds facts that no assets change: which vocabulary entries the words are read
as, which spans were asked, and what the model said. As bytes it takes 2 for a word and
2 for each entry that it is read as (4 above 65,535 terms), 2 for a span, and for each
template that a span was asked with 6 for every term: 120 with `top_k` = 20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ConfigError, Errors
from ..mlm.text import EncodedText
from ..types import Bools, Floats, Ints, TopTerms
from .facts import WordFacts
from .lexicon import WordTerms
from .proposals import assign_roles, find_bridges
from .tagger import SpanTagger
from .tagging import TaggedText, judge_hope
from .thresholds import Thresholds
from .turns import take_turns

FORMAT = 3
FLAGS = (
    *("known", "is_word", "capital", "bond", "bridge"),
    *("core", "extra", "taken", "title"),
)
BITS = "<u2"
"""How the flags of a word are packed."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the model said to one template.

    cue (str): "context" or "phrase".
    rows (Ints): (A,) the spans that it was asked about.
    top (TopTerms): (A, K) its answers.
    """

    cue: str
    rows: Ints
    top: TopTerms


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """Everything that decisions about one text of T tokens and S spans need.

    join (bool): The spans were proposed, and the best split is wanted.
    flags (Mapping[str, Bools]): (T,) each: `known` (has an entry of its own),
        `is_word`, `capital`, `title`, `bond`, `bridge`, `core` and `extra` (its role at
        the time), and `taken` (part of an entity that another component set).
    ids, bounds (Ints): As in `WordTerms`, by the vocabulary alone.
    unknown (list[str]): The words without an entry, in order.
    spans (Ints): (S, 2) first token, one past the last.
    asked (Bools): (S,) worth the question in context at the time.
    answers (list[Answers]): One for each template.
    """

    join: bool
    flags: Mapping[str, Bools]
    ids: Ints
    bounds: Ints
    unknown: list[str]
    spans: Ints
    asked: Bools
    answers: list[Answers]

    @classmethod
    def make(
        cls,
        tagger: SpanTagger,
        text: EncodedText,
        tagged: TaggedText,
        thresholds: Thresholds,
        *,
        join: bool,
        taken: Bools,
    ) -> VoteRecord:
        """Note what was found out about a text.

        tagger (SpanTagger): Who asked.
        text (EncodedText): T tokens.
        tagged (TaggedText): The spans that were asked, and the answers.
        thresholds (Thresholds): At the time.
        join (bool): The spans were proposed.
        taken (Bools): (T,) tokens of others' entities.
        RETURNS (VoteRecord): The record.
        """
        lexicon, settings, scores = tagger.lexicon, tagger.settings, tagged.scores
        words = lexicon.label_words(text)
        roles = assign_roles(text, words, tagger.tables, settings)
        entries = lexicon.vocabulary_ids(text.words)
        terms = WordTerms.read(entries, text.cover, text.pieces.ids)
        flags = {
            "known": terms.known,
            "is_word": words.is_word,
            "capital": words.capital,
            "title": words.title,
            "bond": words.bond,
            "bridge": find_bridges(text.words, settings.bridges),
            "core": roles.core,
            "extra": roles.extra,
            "taken": taken,
        }
        bounds, facts = scores.spans[:, 1:], WordFacts.find(tagger, words)
        hopeful = judge_hope(tagger, bounds, facts, thresholds, join=join)
        _, asked = take_turns(settings, lambda cue, _: scores.cues[cue], hopeful)
        return cls(
            join,
            flags,
            terms.ids,
            terms.bounds,
            [w for w, known in zip(text.words, terms.known, strict=True) if not known],
            bounds,
            asked["context"],
            [
                _thin(cue, top, logits=settings.term_weight == "logit")
                for cue, top in scores.tops
            ],
        )

    def pack(self) -> dict[str, Any]:
        """Lists and bytes that survive `DocBin`; `Layout.join` reads them."""
        bits = sum(self.flags[name].astype(BITS) << i for i, name in enumerate(FLAGS))
        counts = np.diff(self.bounds)[~self.flags["known"]]
        return {
            "format": FORMAT,
            "join": self.join,
            "flags": np.asarray(bits, BITS).tobytes(),
            "ids": pack_ints(self.ids),
            "counts": pack_ints(counts),
            "unknown": self.unknown,
            "spans": pack_ints(self.spans),
            "asked": np.packbits(self.asked).tobytes(),
            **_pack_answers(self.answers),
        }


def check_format(packed: Mapping[str, Any]) -> None:
    """Refuse a packed record of another format (ConfigError)."""
    if packed.get("format") != FORMAT:
        raise ConfigError(Errors.E333.format(found=packed.get("format"), known=FORMAT))


def count_words(packed: Mapping[str, Any]) -> int:
    """How many words the text of a packed record has."""
    return len(packed["flags"]) // np.dtype(BITS).itemsize


def unpack_flag(packed: bytes, name: str) -> Bools:
    """One of the flags of all words, from the bytes under "flags"."""
    bits = np.frombuffer(packed, BITS)
    return (bits >> FLAGS.index(name) & 1).astype(bool)


def pack_ints(values: Ints) -> bytes:
    """Integers from 0 on in as few bytes as the largest needs; that number first."""
    size = 1 if values.max(initial=0) < 256 else 2 if values.max() < 65536 else 4
    return bytes([size]) + values.astype(f"<u{size}").tobytes()


def unpack_ints(packed: bytes) -> Ints:
    """Read what `pack_ints` gave; flat."""
    return np.frombuffer(packed, f"<u{packed[0]}", offset=1).astype(np.int32)


def unpack_all_ints(parts: Sequence[bytes]) -> tuple[Ints, Ints]:
    """Read what `pack_ints` gave, time and again.

    parts (Sequence[bytes]): D of them, at least one.
    RETURNS (tuple[Ints, Ints]): All integers, one part after another; and (D,) how many
        each part has.
    """
    counts = np.array([(len(part) - 1) // part[0] for part in parts], np.int32)
    if len({part[0] for part in parts}) > 1:
        return np.concatenate([unpack_ints(part) for part in parts]), counts
    joined = parts[0][:1] + b"".join([part[1:] for part in parts])
    return unpack_ints(joined), counts


def _thin(cue: str, top: TopTerms, *, logits: bool) -> Answers:
    """Leave out the spans that were not asked, and the logits unless they vote."""
    rows = np.flatnonzero((top.ids >= 0).any(axis=1)).astype(np.int32)
    kept = top.logits[rows] if logits else np.zeros_like(top.probs[rows])
    return Answers(cue, rows, TopTerms(top.ids[rows], top.probs[rows], kept))


def _pack_answers(answers: Sequence[Answers]) -> dict[str, Any]:
    """All templates one after another: much faster to read than each by itself."""
    tops = [a.top for a in answers]
    logits = _stack_rows([top.logits for top in tops])
    return {
        "cues": [a.cue for a in answers],
        "sizes": [len(a.rows) for a in answers],
        "rows": pack_ints(
            np.concatenate([np.zeros(0, np.int32), *(a.rows for a in answers)])
        ),
        "terms": pack_ints(_stack_rows([top.ids for top in tops], fill=-1) + 1),
        "probs": _stack_rows([top.probs for top in tops]).astype("<f4").tobytes(),
        "logits": logits.astype("<f4").tobytes() if logits.any() else b"",
    }


def _stack_rows(parts: Sequence[Ints | Floats], *, fill: int = 0) -> np.ndarray:
    """Tables on top of each other; narrower ones are filled up.

    parts (Sequence[Ints | Floats]): (A, K) each, maybe with different K.
    fill (int): What they are filled up with.
    RETURNS (np.ndarray): All rows.
    """
    if not parts:
        return np.zeros((0, 0), np.float32)
    width = max(part.shape[1] for part in parts)
    return np.concatenate(
        [
            part
            if part.shape[1] == width
            else np.pad(
                part, ((0, 0), (0, width - part.shape[1])), constant_values=fill
            )
            for part in parts
        ]
    )
