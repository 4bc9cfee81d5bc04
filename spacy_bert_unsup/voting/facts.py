"""What the words of a text mean for the bounds of its spans, found once."""

from __future__ import annotations

from dataclasses import dataclass

from ..types import Bools, Floats
from .costs import find_extras, find_seams
from .foreign import find_foreign, find_partings
from .lexicon import WordLabels
from .names import find_binomials, find_heralds
from .tagger import SpanTagger


@dataclass(frozen=True, slots=True)
class WordFacts:
    """T words, each with what it does to the spans around it.

    words (WordLabels): Their labels.
    summed (Floats): (T, R) votes as parts of something, summed to the root labels.
    extras (Bools): (T,) words that cost every span.
    seams (Bools): (T,) tokens that no span should part from the one before them.
    heralds (Bools): (T,) words that only say the kind of the name behind them.
    foreign (Bools): (T, R) words that names of a root do not take in.
    partings (Bools): (T,) tokens at which two spans may meet for nothing.
    """

    words: WordLabels
    summed: Floats
    extras: Bools
    seams: Bools
    heralds: Bools
    foreign: Bools
    partings: Bools

    @classmethod
    def find(cls, tagger: SpanTagger, words: WordLabels) -> WordFacts:
        """Look at the words of a text, or of several with empty tokens between them."""
        summed = tagger.rollup.sum_up(words.voters)
        heralds = find_heralds(tagger, words)
        binomials = find_binomials(tagger, words, summed)
        foreign = find_foreign(tagger, words, summed)
        return cls(
            words,
            summed,
            find_extras(tagger, words),
            find_seams(tagger, words, heralds) | binomials,
            heralds,
            foreign,
            find_partings(tagger, words, summed, foreign),
        )
