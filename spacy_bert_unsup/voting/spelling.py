"""What the spelling of a word says that the vocabulary has no entry for: end and case.

Seeds that continue a word ("##itis") speak for all words that end like them: a
vocabulary cuts a word where it can, not where its meaning begins. And how a word is
written speaks for or against a label: "Kofi" is no drug, "diazepam" no person. Brants
(2000, TnT, section 2.3) guesses the tags of unknown words by both in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..types import Floats, Ints
from ..vocab.labels import SeedLabels, seed_key
from ..vocab.scheme import LabelScheme

CASES = FREE, LOWER, CAPITAL, MIXED = range(4)
"""Says nothing; all lower; a capital and then lower; anything else."""
ACRONYM = 5
"""Words in capitals are acronyms up to this length, and shouted names above it."""
SHORTEST = 2
"""Least letters of an ending, and of what it stands behind, together one more."""


@dataclass(frozen=True)
class Endings:
    """Ends of words that speak for labels.

    rows (Mapping[str, int]): Ending in lower case -> row of the tables.
    """

    rows: Mapping[str, int]

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.rows), default=0)

    def find(self, word: str) -> int:
        """The row of the longest ending of a word, -1 without."""
        lower = word.lower()
        for start in range(max(1, len(lower) - self._longest), len(lower) - 1):
            if lower[start:] in self.rows:
                return self.rows[lower[start:]]
        return -1


def find_case(word: str) -> int:
    """How a word is written, as one of `CASES`."""
    if not any(map(str.isalpha, word)):
        return FREE
    if not word.isalpha():
        return MIXED
    if word.islower():
        return LOWER
    if word[1:].islower() or len(word) == 1 or (word.isupper() and len(word) > ACRONYM):
        return CAPITAL
    return MIXED


def encode_spelling(row: int, case: int) -> int:
    """One number below -1 that stands for an ending and a case.

    row (int): Of the ending, -1 without.
    case (int): One of `CASES`.
    RETURNS (int): The number; it goes where other words have the row of their entry.
    """
    return -2 - (len(CASES) * (row + 1) + case)


def decode_spelling(codes: Ints) -> tuple[Ints, Ints]:
    """What `encode_spelling` made of words.

    codes (Ints): (T,) numbers from -1 on have no ending and say nothing.
    RETURNS (tuple[Ints, Ints]): (T,) rows of endings, -1 without; (T,) cases.
    """
    spelled = np.where(codes < -1, -2 - codes, 0).astype(np.int32)
    return spelled // len(CASES) - 1, spelled % len(CASES)


def share_cases(seeds: SeedLabels, scheme: LabelScheme) -> Floats:
    """How often the terms of each label are written in each case.

    Every case counts once more than it is seen, so that none is ruled out.

    seeds (SeedLabels): Term -> labels; only the first one counts, and no pieces.
    scheme (LabelScheme): L labels.
    RETURNS (Floats): (4, L) in [0, 1]; 1 for `FREE`.
    """
    counts = np.ones((len(CASES), len(scheme.labels)), np.float32)
    for surface, column in _whole_words(seeds, scheme):
        counts[find_case(surface), column] += 1
    counts[FREE] = counts[LOWER:].sum(axis=0)
    return counts / counts[FREE]


def share_digits(seeds: SeedLabels, scheme: LabelScheme) -> Floats:
    """How many terms of each label hold a digit.

    seeds (SeedLabels): Term -> labels; only the first one counts, and no pieces.
    scheme (LabelScheme): L labels.
    RETURNS (Floats): (L,) in [0, 1]; 0 without terms.
    """
    counts = np.zeros((2, len(scheme.labels)), np.float32)
    for surface, column in _whole_words(seeds, scheme):
        counts[:, column] += (1, any(map(str.isdigit, surface)))
    return counts[1] / np.maximum(counts[0], 1)


def _whole_words(seeds: SeedLabels, scheme: LabelScheme) -> Iterator[tuple[str, int]]:
    """Terms that say how a label is written, and the column of their first label."""
    column = {name: i for i, name in enumerate(scheme.labels)}
    for term, names in seeds.items():
        surface, continues = seed_key(term)
        if not continues and len(surface) > SHORTEST:
            yield surface, column[names[0]]
