"""The words and runs of words that say most about a text: rare ones, and repeated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..types import Bools, Floats


@dataclass(frozen=True)
class KeyTermSettings:
    """How key terms are chosen.

    most (int): Most terms; 0 turns them off.
    min_importance (float): Least importance of a word in a term, in [0, 1].
    min_letters (int): Least letters of a word; numbers are no words.
    max_run (int): Most words of a run.
    min_count (int): How often a run must occur, unless all its words are capitalised or
        it is known by a tagger to be a run of nouns.
    power (float): How much importance counts against the number of occurrences.
    run_bonus (float): What each further word of a run adds to its score, as a share:
        a run that is repeated says more than a word is.
    """

    most: int = 20
    min_importance: float = 0.18
    min_letters: int = 3
    max_run: int = 4
    min_count: int = 2
    power: float = 0.5
    run_bonus: float = 0.2


@dataclass(slots=True)
class KeyTerm:
    """A word or run of words.

    text (str): As it is spelt where it occurs first.
    score (float): In [0, 1]; 1 for the best of the text.
    count (int): How often it occurs, upper and lower case alike.
    start (int): First token of its first occurrence.
    end (int): One past the last.
    """

    text: str
    score: float
    count: int
    start: int
    end: int


@dataclass(slots=True)
class _Found:
    """Occurrences of one term."""

    start: int
    end: int
    weight: float
    capital: bool = True
    starts: list[int] = field(default_factory=list)


def find_key_terms(
    words: Sequence[str],
    importance: Floats,
    settings: KeyTermSettings | None = None,
    *,
    nouns: Bools | None = None,
    adjectives: Bools | None = None,
) -> list[KeyTerm]:
    """Rank the words of a text, and the runs of them.

    A term scores by the importance of its words, the logarithm of its count and, a
    little, by its length, as with C-value (Frantzi et al., 2000). A run is taken where
    its words stand together; a word that hardly occurs outside of a better run is left
    out, as is a run inside a longer one.

    words (Sequence[str]): T tokens.
    importance (Floats): (T,) in [0, 1].
    settings (Optional[KeyTermSettings]): What is wanted.
    nouns (Optional[Bools]): (T,) tokens that a tagger calls nouns or names; where it is
        given, single words are nouns, and runs end with one.
    adjectives (Optional[Bools]): (T,) tokens that may stand before a noun in a run.
    RETURNS (list[KeyTerm]): Best first.
    """
    settings = settings or KeyTermSettings()
    usable = [
        weight >= settings.min_importance and _is_word(word, settings.min_letters)
        for word, weight in zip(words, importance.tolist(), strict=True)
    ]
    found: dict[tuple[str, ...], _Found] = {}
    for start, end in _find_spans(usable, settings.max_run, nouns, adjectives):
        key = tuple(word.lower() for word in words[start:end])
        weight = float(importance[start:end].mean())
        term = found.setdefault(key, _Found(start, end, weight))
        term.capital &= all(word[0].isupper() for word in words[start:end])
        term.starts.append(start)
    kept = {
        key: term
        for key, term in found.items()
        if len(key) == 1
        or len(term.starts) >= settings.min_count
        or term.capital
        or nouns is not None
    }
    return _rank(words, _drop_parts(kept), settings)


def _is_word(text: str, least: int) -> bool:
    letters = sum(char.isalpha() for char in text)
    return letters >= least and letters > len(text) / 2


def _find_spans(
    usable: Sequence[bool], longest: int, nouns: Bools | None, adjectives: Bools | None
) -> list[tuple[int, int]]:
    """Every run of usable words up to the longest, and every part of it."""
    size = len(usable)
    last = [True] * size if nouns is None else nouns.tolist()
    inner = list(last)
    if nouns is not None and adjectives is not None:
        inner = (nouns | adjectives).tolist()
    spans = []
    for start in range(size):
        for end in range(start + 1, min(start + longest, size) + 1):
            if not (usable[end - 1] and inner[end - 1]):
                break
            if last[end - 1]:
                spans.append((start, end))
    return spans


def _drop_parts(terms: dict[tuple[str, ...], _Found]) -> dict[tuple[str, ...], _Found]:
    """Leave out what occurs inside one longer term half of the time, or more."""
    inside: dict[tuple[str, ...], int] = {}
    for key, term in terms.items():
        parts = {
            key[i:j] for i in range(len(key)) for j in range(i + 1, len(key) + 1)
        } - {key}
        for part in parts:
            inside[part] = max(inside.get(part, 0), len(term.starts))
    return {
        key: term
        for key, term in terms.items()
        if 2 * inside.get(key, 0) < len(term.starts)
    }


def _rank(
    words: Sequence[str],
    terms: dict[tuple[str, ...], _Found],
    settings: KeyTermSettings,
) -> list[KeyTerm]:
    """Score, sort and cut; ties go to what stands first."""
    scored = []
    for found in terms.values():
        count = len(found.starts)
        longer = 1 + settings.run_bonus * (found.end - found.start - 1)
        score = found.weight**settings.power * math.log2(1 + count) * longer
        text = " ".join(words[found.start : found.end])
        scored.append(KeyTerm(text, score, count, found.start, found.end))
    scored.sort(key=lambda term: (-term.score, term.start, -term.end))
    best = scored[0].score if scored and scored[0].score else 1.0
    for term in scored:
        term.score = round(term.score / best, 4)
    return scored[: settings.most]
