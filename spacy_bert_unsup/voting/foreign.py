"""Words of another kind in a span: one compound, or two things side by side?

"Breast cancer" is one disease, "lithium toxicity" a chemical and a disease. The table
`compounds` of the settings says which labels take in words of which others.
"""

from __future__ import annotations

import numpy as np

from ..types import Bools, Floats, Ints
from .costs import KNOWN_AS
from .lexicon import WordLabels
from .spans import Decisions
from .tagger import SpanTagger

SURE = 0.5
"""A word is of a kind if it gives at least this share of its vote to it."""


def find_foreign(tagger: SpanTagger, words: WordLabels) -> Bools:
    """Words that names of a label do not take in.

    They are in lower case, stand by themselves, surely speak for another entity label
    and not for this one.

    tagger (SpanTagger): Which labels take in words of which others.
    words (WordLabels): Labels of T words.
    RETURNS (Bools): (T, R) for each of the root labels.
    """
    summed = tagger.rollup.sum_up(words.voters)
    kind, share = _find_kinds(tagger, summed)
    bonded = words.bond | np.append(words.bond[1:], False)
    plain = words.is_word & ~words.numeral & ~words.capital & ~bonded
    other = ~tagger.takes_in[kind] & (summed < KNOWN_AS)
    return np.asarray((plain & (share >= SURE))[:, None] & other)


def count_foreign(
    tagger: SpanTagger, spans: Ints, words: WordLabels, decisions: Decisions
) -> Ints:
    """Words in spans that the names of their labels do not take in.

    tagger (SpanTagger): Which labels take in words of which others.
    spans (Ints): (S, 2) first token, one past the last.
    words (WordLabels): Labels of the text's T words.
    decisions (Decisions): Of the S spans.
    RETURNS (Ints): (S,) how many.
    """
    foreign = find_foreign(tagger, words)
    before = np.zeros((len(foreign) + 1, foreign.shape[1]), np.int32)
    np.cumsum(foreign, axis=0, out=before[1:])
    root = decisions.root
    return np.asarray(before[spans[:, 1], root] - before[spans[:, 0], root])


def find_partings(tagger: SpanTagger, words: WordLabels) -> Bools:
    """Words that names of their own kind begin with: the word before is foreign to it.

    tagger (SpanTagger): Which labels take in words of which others.
    words (WordLabels): Labels of T words.
    RETURNS (Bools): (T,).
    """
    kind, share = _find_kinds(tagger, tagger.rollup.sum_up(words.voters))
    foreign = find_foreign(tagger, words)
    found = np.zeros(len(kind), bool)
    found[1:] = foreign[np.arange(len(kind) - 1), kind[1:]]
    begins = words.is_word & ~words.numeral  # "chromosome 9" is one thing
    return np.asarray(found & begins & (share >= KNOWN_AS))


def _find_kinds(tagger: SpanTagger, summed: Floats) -> tuple[Ints, Floats]:
    """(T,) the entity root that each word speaks for most, and its share."""
    entity = summed * tagger.rollup.entity
    return entity.argmax(axis=1).astype(np.int32), entity.max(axis=1, initial=0)
