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
