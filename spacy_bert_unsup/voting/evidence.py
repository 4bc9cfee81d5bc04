"""Why: the terms that voted for a span, as compact lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..mlm.text import EncodedText
from ..types import Bools, Floats, Ints
from ..vocab.scheme import LabelScheme
from .ballots import OwnTerms, gather_ballots
from .lexicon import Lexicon, WordTerms
from .settings import CUES
from .tagger import SpanScores, SpanTagger


@dataclass(frozen=True, slots=True)
class Voter:
    """A term that voted for a span.

    term (int): Vocabulary id.
    cue (str): "context", "phrase" or "lexical".
    probability (float): By the model, in [0, 1]; 1 for the span's own words.
    labels (tuple[str, ...]): What it voted for, largest share first.
    """

    term: int
    cue: str
    probability: float
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanVote:
    """A span with its label, its score and the terms that voted.

    start, end (int): Tokens.
    label (str): The label.
    score (float): Its share of the vote, in [0, 1].
    label_scores (Mapping[str, float]): The largest shares, broad labels and the chosen
        finer ones, largest first.
    voters (Sequence[Voter]): Strongest first.
    """

    start: int
    end: int
    label: str
    score: float
    label_scores: Mapping[str, float]
    voters: Sequence[Voter] = field(default_factory=list)


def list_voters(
    tagger: SpanTagger,
    scores: SpanScores,
    row: int,
    text: EncodedText,
    *,
    most: int,
) -> list[Voter]:
    """The strongest voters of one span.

    tagger (SpanTagger): Weights and tables.
    scores (SpanScores): Of some spans.
    row (int): Which span.
    text (EncodedText): Its text.
    most (int): How many.
    RETURNS (list[Voter]): At most `most`; the same term once per cue.
    """
    words = tagger.lexicon.read_words(text)
    rows = np.array([row], np.int32)
    return list_all_voters(tagger, scores, rows, words, most=most)[0]


def list_all_voters(
    tagger: SpanTagger,
    scores: SpanScores,
    rows: Ints,
    words: WordTerms,
    *,
    most: int,
) -> list[list[Voter]]:
    """The strongest voters of several spans of one text.

    tagger (SpanTagger): Weights and tables.
    scores (SpanScores): Of some spans.
    rows (Ints): (R,) which of them.
    words (WordTerms): How the text's words are read.
    most (int): How many voters of each.
    RETURNS (list[list[Voter]]): For each of `rows`, at most `most`, strongest first;
        the same term once per cue.
    """
    if not most or not len(rows):
        return [[] for _ in rows]
    voting = tagger.tables.voting
    own = OwnTerms.find(voting, scores.spans[rows, 1:], words)
    best = gather_ballots(tagger, scores, rows, own).strongest(most)
    # As in `Lexicon.label_spans`: what a word is alone, or what it speaks for.
    whole = own.speaks_whole(tagger.tables)
    alone = (best.cue == CUES.index("lexical")) & ~whole[best.row]
    names = name_all_labels(tagger, best.term, alone)
    found: list[list[Voter]] = [[] for _ in rows]
    columns = (c.tolist() for c in (best.row, best.cue, best.term, best.probability))
    for *vote, labels in zip(*columns, names, strict=True):
        row, cue, term, probability = vote
        found[row].append(Voter(term, CUES[cue], round(probability, 4), labels))
    return found


def name_all_labels(
    tagger: SpanTagger, terms: Ints, alone: Bools
) -> list[tuple[str, ...]]:
    """Name what several terms vote for.

    tagger (SpanTagger): Tables and labels.
    terms (Ints): (N,) rows of the tables.
    alone (Bools): (N,) the term stands in the text by itself.
    RETURNS (list[tuple[str, ...]]): As `name_labels`.
    """
    tables, scheme = tagger.tables, tagger.assets.scheme
    pairs = list(zip(terms.tolist(), alone.tolist(), strict=True))
    known = tagger.named
    for term, by_itself in set(pairs).difference(known):
        shares = (tables.alone if by_itself else tables.voters)[term]
        known[term, by_itself] = name_labels(shares, scheme)
    return [known[pair] for pair in pairs]


def own_terms(lexicon: Lexicon, text: EncodedText, start: int, end: int) -> list[int]:
    """Vocabulary entries of a span's words, or of their pieces; each once."""
    voting = lexicon.tables.voting
    bounds = np.array([[start, end]], np.int32)
    return OwnTerms.find(voting, bounds, lexicon.read_words(text)).term.tolist()


def top_label_scores(
    summed: np.ndarray, roots: Sequence[str], *, label: str, share: float, most: int
) -> dict[str, float]:
    """The largest shares of a span, by label.

    summed (np.ndarray): (R,) shares of the roots.
    roots (Sequence[str]): Their names.
    label (str): The span's label; added where it is finer than a root.
    share (float): Its share.
    most (int): How many.
    RETURNS (dict[str, float]): Largest first, rounded to 4 decimals; above 0.
    """
    pairs = zip(roots, summed.tolist(), strict=True)
    found = {name: float(x) for name, x in pairs if x > 0}
    if label not in roots and share > 0:
        found[label] = share
    best = sorted(found, key=lambda name: -found[name])[:most]
    return {name: round(found[name], 4) for name in best}


def name_labels(shares: Floats, scheme: LabelScheme) -> tuple[str, ...]:
    """Name the largest shares of a term: those of at least half the best.

    shares (Floats): (L,) shares.
    scheme (LabelScheme): Names of the columns.
    RETURNS (tuple[str, ...]): Largest share first, at most three.
    """
    order = np.argsort(-shares, kind="stable")[:3].tolist()
    best = float(shares[order[0]]) if order else 0.0
    found = [i for i in order if shares[i] > 0 and shares[i] >= best / 2]
    return tuple(scheme.labels[i] for i in found)
