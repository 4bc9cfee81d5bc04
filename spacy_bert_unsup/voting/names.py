"""Where names begin and end: words that only say their kind, and binomials."""

from __future__ import annotations

import numpy as np

from ..types import Bools, Ints
from .lexicon import WordLabels, count_in
from .spans import Decisions
from .tagger import SpanTagger

KIND = 0.5
"""Least share of the entity labels for a word to say a kind, and of the others by
itself."""
GENUS = 0.3
"""Least share of a binomial's label for its first word."""


def find_heralds(tagger: SpanTagger, words: WordLabels) -> Bools:
    """Words that say a kind, in front of a name: "Vice President" before "Miller".

    tagger (SpanTagger): Which labels are entities.
    words (WordLabels): Labels of T words.
    RETURNS (Bools): (T,) runs of such words with a capital behind them.
    """
    entity = tagger.tables.entity
    kind = words.is_word & (words.voters[:, entity].sum(axis=1) >= KIND)
    kind &= words.alone[:, ~entity].sum(axis=1) > KIND
    size = len(kind)
    ends = np.where(kind, size, np.arange(size))
    behind = np.minimum.accumulate(ends[::-1])[::-1]  # the first that is none
    return np.asarray(kind & np.append(words.title, False)[behind])


def count_heralds(
    tagger: SpanTagger, spans: Ints, words: WordLabels, decisions: Decisions
) -> Ints:
    """Words in spans that only say the kind of the name behind them.

    tagger (SpanTagger): `heralded` says which labels do not take them in.
    spans (Ints): (S, 2) first token, one past the last.
    words (WordLabels): Labels of the text's T words.
    decisions (Decisions): Of the S spans.
    RETURNS (Ints): (S,) how many; the last word of a span is none.
    """
    bare = np.stack([spans[:, 0], spans[:, 1] - 1], axis=1)
    found = count_in(bare, find_heralds(tagger, words))
    return found * tagger.are_roots(tagger.settings.heralded)[decisions.root]


def find_binomials(tagger: SpanTagger, words: WordLabels) -> Bools:
    """Second words of binomials: "bovis" in "Mycobacterium bovis".

    tagger (SpanTagger): `binomials` says which labels have them.
    words (WordLabels): Labels of T words.
    RETURNS (Bools): (T,) words that neither vocabulary nor seeds hold, behind one of
        such a label that has a capital.
    """
    roots = tagger.are_roots(tagger.settings.binomials)
    entity = tagger.rollup.sum_up(words.voters) * tagger.rollup.entity
    genus = words.title & words.is_word & (entity.max(axis=1, initial=0) >= GENUS)
    genus &= roots[entity.argmax(axis=1)]
    return np.asarray(words.unread & np.append(False, genus)[:-1])
