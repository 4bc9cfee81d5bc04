"""Chooses the words of a batch that the model is asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .data import Flags, Ids, PieceStore
from .label_plan import LabelPlan
from .seed_words import SeedWords


@dataclass(frozen=True, slots=True)
class AskedSpans:
    """N spans of seed words in sequences, ordered by sequence.

    row (Ids): (N,) the sequence.
    first, last (Ids): (N,) its first piece, and one past its last.
    word (Ids): (N,) the seed word that says what it is: its last.
    answer (Ids): (N,) row of `SeedWords.allowed`.
    """

    row: Ids
    first: Ids
    last: Ids
    word: Ids
    answer: Ids

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: Ids | Flags) -> AskedSpans:
        """RETURNS (AskedSpans): Some of them."""
        return AskedSpans(
            self.row[places],
            self.first[places],
            self.last[places],
            self.word[places],
            self.answer[places],
        )


def choose_spans(
    store: PieceStore, plan: LabelPlan, ids: Ids, rng: np.random.Generator
) -> AskedSpans:
    """Choose spans to ask about, at most so many in each sequence.

    ids (Ids): (B, S) sequences with special pieces, before masking.
    RETURNS (AskedSpans): In an order of chance within each sequence.
    """
    spans, touched = find_spans(store, plan.words, ids, plan.settings.longest)
    # What is held out is never part of what is trained, and it is what is scored.
    may = plan.words.held_out[spans.word] if plan.held_out else ~touched
    spans = spans.take(may & (rng.random(len(spans)) < plan.words.rates[spans.word]))
    spans = spans.take(np.lexsort((rng.random(len(spans)), spans.row)))
    rank = np.arange(len(spans)) - np.searchsorted(spans.row, spans.row)
    return spans.take(rank < plan.settings.most)


def find_spans(
    store: PieceStore, words: SeedWords, ids: Ids, longest: int
) -> tuple[AskedSpans, Flags]:
    """Find seed words; a run of them that are entities is one span.

    What it is, its last word says, the head of an English noun phrase: "two days",
    "breast cancer". Of a long run the last words are taken.

    ids (Ids): (B, S) sequences with special pieces.
    longest (int): Words of a span.
    RETURNS (tuple[AskedSpans, Flags]): N spans, and (N,) whether a word of it is held
        out.
    """
    length = ids.shape[1]
    flat = ids.reshape(-1)
    opens = ~store.continues[flat]
    opens[::length] = True
    begins = np.flatnonzero(opens)
    ends = np.append(begins[1:], len(flat))
    found = np.where(flat[begins] < store.first_term, -1, words.find(flat, begins))
    starts, stops = _find_runs(words, found, begins % length > 0, longest)
    held_out = np.append(words.held_out[found] & (found >= 0), False)
    touched = np.logical_or.reduceat(held_out, np.stack([starts, stops], 1).ravel())
    row = begins[starts] // length
    head = found[stops - 1]
    spans = AskedSpans(
        row,
        begins[starts] - row * length,
        ends[stops - 1] - row * length,
        head,
        head + np.where(stops - starts > 1, len(words.rates), 0),
    )
    # The window may have cut the last word: "Car" of "Car ##thy".
    used = (ids != store.special.pad).sum(axis=1)
    known = (spans.word >= 0) & (spans.last < used[row] - 1)
    return spans.take(known), touched[::2][known]


def _find_runs(
    words: SeedWords, found: Ids, inside: Flags, longest: int
) -> tuple[Ids, Ids]:
    """Where, among N words, spans begin and end; most words are one by themselves.

    Kind words ("disease") may follow an entity; numerals follow numerals alone.

    found (Ids): (N,) seed words, or -1.
    inside (Flags): (N,) words that are not the first of their sequence.
    """
    known = found >= 0
    entity = words.entity[found] & known
    follows = entity | (words.kind[found] & known)
    joined = entity[:-1] & follows[1:] & inside[1:]
    numeral = words.numeral[found] & known
    joined &= numeral[:-1] | ~numeral[1:]
    opens = np.flatnonzero(np.concatenate([[True], ~joined]))
    stops = np.append(opens[1:], len(found))
    return np.maximum(opens, stops - longest), stops
