"""Who voted for many spans at once: columns of terms with their strength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..types import Bools, Floats, Ints
from .lexicon import WordTerms
from .settings import CUES
from .tables import VoteTables
from .tagger import SpanScores, SpanTagger
from .text import spread_ranges


@dataclass(frozen=True, slots=True)
class Ballots:
    """B votes of single terms for spans.

    row (Ints): (B,) which span.
    cue (Ints): (B,) index in `CUES`.
    term (Ints): (B,) row of the tables.
    strength (NDArray): (B,) weight in the whole vote.
    probability (Floats): (B,) by the model, in [0, 1]; 1 for the span's own words.
    """

    row: Ints
    cue: Ints
    term: Ints
    strength: NDArray[np.float64]
    probability: Floats

    def take(self, places: NDArray[np.intp]) -> Ballots:
        """Some of them, in this order."""
        return Ballots(
            self.row[places],
            self.cue[places],
            self.term[places],
            self.strength[places],
            self.probability[places],
        )

    def strongest(self, most: int) -> Ballots:
        """At most `most` of each span, the strongest first; the earlier one of two."""
        order = np.lexsort((np.arange(len(self.row)), -self.strength, self.row))
        row = self.row[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        return self.take(order[rank < most])


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """The rows of the tables that spans' own words vote with, each once per span.

    row (Ints): (N,) which span.
    term (Ints): (N,) row of the tables.
    sizes (Ints): (S,) words of each span.
    """

    row: Ints
    term: Ints
    sizes: Ints

    @classmethod
    def find(cls, voting: Bools, bounds: Ints, words: WordTerms) -> OwnTerms:
        """Gather them.

        voting (Bools): (V,) rows of the tables that vote.
        bounds (Ints): (S, 2) first token, one past the last.
        words (WordTerms): How the words are read.
        RETURNS (OwnTerms): In the order of spans and words.
        """
        row, place = spread_ranges(
            words.bounds[bounds[:, 0]], words.bounds[bounds[:, 1]]
        )
        term = words.ids[place]
        row, term = row[voting[term]], term[voting[term]]
        key = row.astype(np.int64) * len(voting) + term
        first = np.sort(np.unique(key, return_index=True)[1])
        return cls(row[first], term[first], bounds[:, 1] - bounds[:, 0])

    def speaks_whole(self, tables: VoteTables) -> Bools:
        """(S,) spans of several words, one of which is an entity by itself."""
        entity = tables.alone[self.term][:, tables.entity].any(axis=1)
        found = np.zeros(len(self.sizes), bool)
        found[self.row[entity]] = True
        return found & (self.sizes > 1)


def gather_ballots(
    tagger: SpanTagger, scores: SpanScores, rows: Ints, own: OwnTerms
) -> Ballots:
    """All votes for some spans.

    tagger (SpanTagger): Weights and tables.
    scores (SpanScores): Of some spans.
    rows (Ints): (R,) which of them.
    own (OwnTerms): Of the same spans.
    RETURNS (Ballots): Each term once per span and cue: its strengths are added, and its
        probability is the largest. `row` counts in `rows`.
    """
    voting = tagger.tables.voting
    parts = _offered(tagger, scores, rows, voting)
    weight = tagger.settings.weight("lexical")
    if weight:
        strength = weight / own.sizes[own.row].astype(np.float64)
        cue = np.full(len(own.row), CUES.index("lexical"), np.int32)
        sure = np.ones(len(own.row), np.float32)
        parts.append(Ballots(own.row, cue, own.term, strength, sure))
    return _add_up(parts, len(voting))


def _offered(
    tagger: SpanTagger, scores: SpanScores, rows: Ints, voting: Bools
) -> list[Ballots]:
    """The terms that the model offered, by template."""
    templates = {cue: sum(c == cue for c, _ in scores.tops) for cue in CUES}
    parts = []
    for cue, top in scores.tops:
        ids, probs = top.ids[rows], top.probs[rows]
        weight = tagger.settings.weight(cue) / templates[cue]
        total = np.maximum(probs.sum(axis=1).astype(np.float64), 1e-9)
        strength = weight * probs.astype(np.float64) / total[:, None]
        said = (ids >= 0) & voting[ids]
        row = np.nonzero(said)[0].astype(np.int32)
        kind = np.full(len(row), CUES.index(cue), np.int32)
        parts.append(Ballots(row, kind, ids[said], strength[said], probs[said]))
    return parts


def _add_up(parts: Sequence[Ballots], size: int) -> Ballots:
    """Join votes of the same term for the same span by the same cue."""
    if not parts:
        none = np.zeros(0, np.int32)
        return Ballots(none, none, none, none.astype(float), none.astype(np.float32))
    row, cue, term, strength, probability = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("row", "cue", "term", "strength", "probability")
    )
    key = (row.astype(np.int64) * len(CUES) + cue) * size + term
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    if not len(starts):
        return Ballots(row, cue, term, strength, probability)
    first = order[starts]
    joined = Ballots(
        row[first],
        cue[first],
        term[first],
        np.add.reduceat(strength[order], starts),
        np.maximum.reduceat(probability[order], starts),
    )
    return joined.take(np.argsort(first))
