"""What makes a span unlikely, whatever its label shares: counts of what is amiss."""

from __future__ import annotations

import numpy as np

from ..types import Bools, Floats, Ints
from .foreign import KNOWN_AS
from .lexicon import WordLabels, count_in
from .spans import Decisions
from .tagger import SpanTagger


def find_extras(tagger: SpanTagger, words: WordLabels) -> Bools:
    """Words that neither are an entity nor speak for one, and have no capital.

    tagger (SpanTagger): Which labels are entities.
    words (WordLabels): Labels of T words.
    RETURNS (Bools): (T,); only words with an entry of their own.
    """
    entity = tagger.tables.entity
    speaks = words.voters[:, entity].sum(axis=1) >= KNOWN_AS
    plain = words.known & words.is_word & ~words.capital & ~speaks
    return plain & (words.alone[:, ~entity].sum(axis=1) > 0.5)


def count_odd_numbers(
    tagger: SpanTagger,
    spans: Ints,
    words: WordLabels,
    summed: Floats,
    decisions: Decisions,
) -> Floats:
    """Numerals in front of what is neither number nor time, or in names that have none.

    Words inside numbers count, too.

    tagger (SpanTagger): Says which labels numerals and years have.
    spans (Ints): (S, 2) first token, one past the last.
    words (WordLabels): Labels of the text's T words.
    summed (Floats): (T, R) their votes as parts of something, summed to the roots.
    decisions (Decisions): Of the S spans.
    RETURNS (Floats): (S,) how many words are where they do not belong; in names, as far
        as names of that label have no digits.
    """
    number, time = tagger.number_roots
    if number < 0:
        return np.zeros(len(spans), np.float32)
    parted = ~np.append(words.bond[1:], False)  # "5 - HT" is one thing
    numeral = words.numeral & parted
    first, root = spans[:, 0], decisions.root
    counted = (root == number) | (root == time)
    leads = numeral[first] & ~counted
    leads &= summed[first, root] < KNOWN_AS
    others = count_in(spans, words.is_word & (summed[:, number] < KNOWN_AS))
    lone = numeral & ~words.bond
    inside = (count_in(spans, lone) - lone[first]) * tagger.plain_names[root]
    found = leads + (root == number) * others + np.where(counted, 0, inside)
    return found.astype(np.float32)


def find_seams(tagger: SpanTagger, words: WordLabels, heralds: Bools) -> Bools:
    """Tokens that no span should part from the one before them.

    These are all that belong together, but for a name behind a word that says its kind
    ("President Miller"), whatever its label, or behind one that is no entity and has a
    capital only because it starts a sentence ("But Smith").

    tagger (SpanTagger): Which labels are entities.
    words (WordLabels): Labels of T words.
    heralds (Bools): (T,) words that say the kind of the name behind them.
    RETURNS (Bools): (T,).
    """
    dull = words.alone[:, ~tagger.tables.entity].sum(axis=1) > 0.5
    starts = dull & words.known & words.is_word & ~words.capital
    parted = words.capital & _behind(starts) | _behind(heralds) & ~heralds
    return words.bond & ~parted


def _behind(flags: Bools) -> Bools:
    """(T,) tokens behind those with a flag."""
    return np.append(False, flags)[:-1]


def count_cuts(spans: Ints, bond: Bools) -> Ints:
    """At how many of its two ends a span parts tokens that belong together.

    spans (Ints): (S, 2) first token, one past the last.
    bond (Bools): (T,) tokens that belong to the one before them.
    RETURNS (Ints): (S,) 0 to 2.
    """
    padded = np.append(bond, False)
    return padded[spans[:, 0]].astype(np.int32) + padded[spans[:, 1]]


def weigh_lower_case(
    tagger: SpanTagger, spans: Ints, words: WordLabels, decisions: Decisions
) -> Floats:
    """Words in lower case beside capitals, in spans of labels that have capitals.

    "coach Smith" is not all of it a person if the seeds of PERSON have capitals. Words
    such as "of" and "von" count only at the ends of a span.

    tagger (SpanTagger): Says how likely a capital is for each label.
    spans (Ints): (S, 2) first token, one past the last.
    words (WordLabels): Labels of the text's T words.
    decisions (Decisions): Of the S spans.
    RETURNS (Floats): (S,) how many such words, times the square of the share of the
        label's seeds that have a capital.
    """
    lower = words.is_word & ~words.capital & ~words.numeral & ~words.bonded
    tables, block = tagger.tables, tagger.settings.block
    blocks = words.alone[:, tables.blocking].sum(axis=1) > block
    ends = lower & blocks
    found = count_in(spans, lower & ~blocks)
    found += ends[spans[:, 0]].astype(np.int32) + ends[spans[:, 1] - 1]
    mixed = count_in(spans, words.capital) > 0
    # Squared, since a label is only sure of its capitals if nearly all seeds have them.
    sure = tagger.capital_shares[decisions.root] ** 2
    return (found * mixed * sure).astype(np.float32)
