"""Small facts about words and spans that several steps of the votes need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..mlm.text import guess_sentence_starts
from ..types import Bools, Ints


def find_capitals(words: Sequence[str]) -> Bools:
    """Capitalised words that do not start a sentence, and single capital letters.

    words (Sequence[str]): T token texts.
    RETURNS (Bools): (T,).
    """
    starts = set(guess_sentence_starts(words))
    flags = [
        word[:1].isupper() and (i not in starts or len(word) == 1)
        for i, word in enumerate(words)
    ]
    return np.array(flags, bool)


def flatten_spans(spans: Sequence[Sequence[tuple[int, int]]]) -> Ints:
    """Lay the spans of several texts out as one table.

    spans (Sequence[Sequence[tuple[int, int]]]): Per text, (start, end) in tokens.
    RETURNS (Ints): (S, 3) text, start, end.
    """
    rows = [(i, s, e) for i, found in enumerate(spans) for s, e in found]
    return np.array(rows, np.int32).reshape(-1, 3)


def spread_ranges(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Write out several ranges of integers, one after another.

    starts, ends (Ints): (R,) first number, one past the last.
    RETURNS (tuple[Ints, Ints]): (N,) which range each number is of, and the numbers.
    """
    counts = ends - starts
    owner = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    numbers = np.arange(len(owner)) + (starts - before)[owner]
    return owner.astype(np.int32), numbers.astype(np.int32)
