"""Words of another kind in a span: one compound, or two things side by side?

"Breast cancer" is one disease, "lithium toxicity" a chemical and a disease. The table
`compounds` of the settings says which labels take in words of which others.
"""

from __future__ import annotations

import numpy as np

from ..types import Bools, Floats, Ints
from .lexicon import WordLabels
from .tagger import SpanTagger

SURE = 0.5
"""A word is of a kind if it gives at least this share of its vote to it."""
KNOWN_AS = 0.15
"""A word speaks for a label if it gives it at least this share of its vote."""


def find_foreign(tagger: SpanTagger, words: WordLabels, summed: Floats) -> Bools:
    """Words that the names of a label, a column, do not take in.

    They are in lower case, stand by themselves, surely speak for another entity label
    and not for this one.

    tagger (SpanTagger): Which labels take in words of which others.
    words (WordLabels): Labels of T words.
    summed (Floats): (T, R) their votes as parts of something, summed to the roots.
    RETURNS (Bools): (T, R).
    """
    kind, share = tagger.rollup.best_entity(summed)
    plain = words.is_word & ~words.numeral & ~words.capital & ~words.bonded
    other = ~tagger.takes_in[kind] & (summed < KNOWN_AS)
    return np.asarray((plain & (share >= SURE))[:, None] & other)


def count_foreign(spans: Ints, foreign: Bools, roots: Ints) -> Ints:
    """Words in spans that the names of their labels do not take in.

    spans (Ints): (S, 2) first token, one past the last.
    foreign (Bools): (T, R) from `find_foreign`.
    roots (Ints): (S,) the root label of each span.
    RETURNS (Ints): (S,) how many.
    """
    before = np.zeros((len(foreign) + 1, foreign.shape[1]), np.int32)
    np.cumsum(foreign, axis=0, out=before[1:])
    return np.asarray(before[spans[:, 1], roots] - before[spans[:, 0], roots])


def find_partings(
    tagger: SpanTagger, words: WordLabels, summed: Floats, foreign: Bools
) -> Bools:
    """Words that names of their own kind begin with: the word before is foreign to it.

    tagger (SpanTagger): Which labels are entities.
    words (WordLabels): Labels of T words.
    summed (Floats): (T, R) as in `find_foreign`.
    foreign (Bools): (T, R) from `find_foreign`.
    RETURNS (Bools): (T,) none if `foreign_cost` is 0.
    """
    found = np.zeros(len(summed), bool)
    if tagger.settings.foreign_cost:
        kind, share = tagger.rollup.best_entity(summed)
        found[1:] = foreign[np.arange(len(kind) - 1), kind[1:]]
        found &= words.is_word & (share >= KNOWN_AS)
    return found & ~words.numeral  # "chromosome 9" is one thing
