"""Where names begin and end: words that only say their kind, and binomials."""

from __future__ import annotations

import numpy as np

from ..types import Bools, Floats, Ints
from .lexicon import WordLabels, count_in
from .tagger import SpanTagger

KIND = 0.5
"""A word only says a kind if it gives so much of its vote to entities as a part of
something, and more than that to others by itself."""
GENUS = 0.3
"""Least share of a binomial's label for its first word."""


def find_heralds(tagger: SpanTagger, words: WordLabels) -> Bools:
    """Words that say a kind, in front of a name: "Vice President" before "Miller".

    tagger (SpanTagger): Which labels are entities.
    words (WordLabels): Labels of T words.
    RETURNS (Bools): (T,) runs of such words with a capital behind them; none if
        `herald_cost` is 0.
    """
    if not tagger.settings.herald_cost:
        return np.zeros(len(words.is_word), bool)
    entity = tagger.tables.entity
    kind = words.is_word & (words.voters[:, entity].sum(axis=1) >= KIND)
    kind &= words.alone[:, ~entity].sum(axis=1) > KIND
    size = len(kind)
    ends = np.where(kind, size, np.arange(size))
    behind = np.minimum.accumulate(ends[::-1])[::-1]  # the first that is none
    return np.asarray(kind & np.append(words.title, False)[behind])


def count_heralds(tagger: SpanTagger, spans: Ints, heralds: Bools, roots: Ints) -> Ints:
    """Words in spans that only say the kind of the name behind them.

    tagger (SpanTagger): `heralded` says which labels do not take them in.
    spans (Ints): (S, 2) first token, one past the last.
    heralds (Bools): (T,) from `find_heralds`.
    roots (Ints): (S,) the root label of each span.
    RETURNS (Ints): (S,) how many.
    """
    return count_in(spans, heralds) * tagger.heralded[roots]


def find_binomials(tagger: SpanTagger, words: WordLabels, summed: Floats) -> Bools:
    """Second words of binomials: "bovis" in "Mycobacterium bovis".

    tagger (SpanTagger): `binomials` says which labels have them.
    words (WordLabels): Labels of T words.
    summed (Floats): (T, R) their votes as parts of something, summed to the roots.
    RETURNS (Bools): (T,) words that neither vocabulary nor seeds hold, behind one of
        such a label that has a capital.
    """
    kind, share = tagger.rollup.best_entity(summed)
    genus = words.title & words.is_word & (share >= GENUS) & tagger.binomial[kind]
    return np.asarray(words.unread & np.append(False, genus)[:-1])
