"""Small facts about words and spans that several steps of the votes need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..mlm.text import guess_sentence_starts
from ..types import Bools, Ints

_INITIAL = re.compile(r"[A-Z]\.")
_SHORT_FORM = re.compile(r"[A-Z][a-z]{0,3}\.")
_PARTICLES = frozenset(("de", "del", "la", "von", "van", "der", "el", "al", "&"))
LONGEST_CODE = 2
"""Digits of a number that may be part of a name ("IL - 12")."""


def find_capitals(words: Sequence[str]) -> Bools:
    """Capitalised words that do not start a sentence, and single capital letters.

    "A" and "I" are such letters inside a sentence only. Stops of initials and short
    forms ("F. Smith", "Mr. Smith") end no sentence. Where all is written in capitals,
    they say nothing.

    words (Sequence[str]): T token texts.
    RETURNS (Bools): (T,).
    """
    bounds = guess_sentence_starts(words)
    starts = {i for i in bounds if not _follows_short_form(words, i)}
    flags = [
        word[:1].isupper() and (i not in starts or _is_lone_letter(word))
        for i, word in enumerate(words)
    ]
    for start, end in pairwise([*bounds, len(words)]):
        if _is_shouted(words[start:end]):
            flags[start:end] = [False] * (end - start)
    return np.array(flags, bool)


def _is_lone_letter(word: str) -> bool:
    """Whether a word is one letter that is no English word of its own."""
    return len(word) == 1 and word not in "AI"


def find_titles(words: Sequence[str]) -> Bools:
    """(T,) words that begin with a capital, wherever they stand."""
    return np.array([word[:1].isupper() for word in words], bool)


def _is_shouted(words: Sequence[str]) -> bool:
    """Whether several words are in capitals, and none is not."""
    lettered = [word for word in words if any(map(str.isalpha, word))]
    return len(lettered) > 1 and all(map(str.isupper, lettered))


def _follows_short_form(words: Sequence[str], i: int) -> bool:
    """Whether the word before is one such as "Mr." or "F.", or "F ." in two."""
    if i > 1 and words[i - 1] == ".":
        return bool(_INITIAL.fullmatch(words[i - 2] + "."))
    return i > 0 and bool(_SHORT_FORM.fullmatch(words[i - 1]))


def find_bonds(words: Sequence[str], capital: Bools) -> Bools:
    """Tokens that belong to the one before them, so that no span should part them.

    Capitalised words side by side, also where the first one starts a sentence, there
    with particles between them too ("Vincent van Gogh"); a word and its letter
    ("hepatitis B"); an initial and its word ("E. coli", "E . coli"); and a hyphen with
    a letter or a small number ("IL - 6", "L - dopa").

    words (Sequence[str]): T token texts.
    capital (Bools): (T,) from `find_capitals`.
    RETURNS (Bools): (T,) the first one is always False.
    """
    bond = np.zeros(len(words), bool)
    title = find_titles(words)
    bond[1:] = capital[1:] & title[:-1]
    for i in range(1, len(words)):
        before, word = words[i - 1], words[i]
        is_name = len(word) > 2 and word.isalpha() and word.islower()
        if _INITIAL.fullmatch(before) and is_name or _is_lettered(before, word):
            bond[i] = True
        elif word == "." and _INITIAL.fullmatch(before + word):
            bond[i] = True
            if i + 1 < len(words) and len(words[i + 1]) > 2:
                bond[i + 1] |= words[i + 1].isalpha()
        elif word == "-" and i + 1 < len(words) and _is_code(before, words[i + 1]):
            bond[i] = bond[i + 1] = True
        if capital[i] and (first := _before_particles(words, i)) < i - 1:
            # Inside a sentence the capitals on both sides are enough.
            if title[first] and not capital[first]:
                bond[first + 1 : i + 1] = True
    return bond


def _before_particles(words: Sequence[str], i: int) -> int:
    """The last word before another one that is no particle of a name, or the first."""
    before = i - 1
    while before > 0 and words[before] in _PARTICLES:
        before -= 1
    return before


def _is_lettered(before: str, word: str) -> bool:
    """Whether a capital letter behind a word tells one kind of it from others."""
    long = len(before) > 2 and before.isalpha() and before.islower()
    return long and len(word) == 1 and word.isupper() and word != "I"


def _is_code(before: str, after: str) -> bool:
    """Whether a hyphen joins two words to the name of one thing."""
    if not (before[-1:].isalnum() and after[:1].isalnum()):
        return False
    if before.isdigit():  # a list or a score of a match otherwise: "1 - Smith", "2 - 0"
        return _is_short(before) and after[:1].isalpha() and not after.istitle()
    return _is_short(before) or _is_short(after)


def _is_short(word: str) -> bool:
    return len(word) == 1 or (word.isdigit() and len(word) <= LONGEST_CODE)


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
