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
    """

    row: Ids
    first: Ids
    last: Ids
    word: Ids

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: Ids | Flags) -> AskedSpans:
        """RETURNS (AskedSpans): Some of them."""
        return AskedSpans(
            self.row[places], self.first[places], self.last[places], self.word[places]
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
    """Find seed words; neighbours that are entities with one label are one span.

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
    starts = _start_spans(words, found, begins % length > 0, longest)
    finals = np.append(starts[1:], len(found)) - 1
    held_out = np.logical_or.reduceat(words.held_out[found] & (found >= 0), starts)
    row = begins[starts] // length
    spans = AskedSpans(
        row, begins[starts] - row * length, ends[finals] - row * length, found[finals]
    )
    # The window may have cut the last word: "Car" of "Car ##thy".
    used = (ids != store.special.pad).sum(axis=1)
    known = (spans.word >= 0) & (spans.last < used[row] - 1)
    return spans.take(known), held_out[known]


def _start_spans(words: SeedWords, found: Ids, inside: Flags, longest: int) -> Ids:
    """Where, among N words, a span begins; a word of no seed is one by itself.

    found (Ids): (N,) seed words, or -1.
    inside (Flags): (N,) words that are not the first of their sequence.
    """
    entity = words.entity[found] & (found >= 0)
    alike = words.main[found[1:]] == words.main[found[:-1]]
    joined = alike & entity[1:] & entity[:-1] & inside[1:]
    opens = np.concatenate([[True], ~joined])
    number = np.arange(len(found))
    runs = np.maximum.accumulate(np.where(opens, number, 0))
    return np.flatnonzero((number - runs) % longest == 0)
