"""Why: the terms that voted for a span, as compact lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..mlm.text import EncodedText
from ..types import Floats
from ..vocab.scheme import LabelScheme
from .lexicon import Lexicon
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
    strength: dict[tuple[int, str], float] = {}
    probability: dict[tuple[int, str], float] = {}
    templates = {cue: sum(c == cue for c, _ in scores.tops) for cue in CUES}
    for cue, top in scores.tops:
        weight = tagger.settings.weight(cue) / templates[cue]
        total = max(float(top.probs[row].sum()), 1e-9)
        ids, probs = top.ids[row].tolist(), top.probs[row].tolist()
        for term, prob in zip(ids, probs, strict=True):
            if term >= 0 and tagger.tables.voters[term].any():
                key = (term, cue)
                strength[key] = strength.get(key, 0.0) + weight * prob / total
                probability[key] = max(probability.get(key, 0.0), prob)
    start, end = scores.spans[row, 1:].tolist()
    lexical = tagger.settings.weight("lexical")
    own = own_terms(tagger.lexicon, text, start, end) if lexical else []
    for term in own:
        strength[term, "lexical"] = lexical / (end - start)
        probability[term, "lexical"] = 1.0
    best = sorted(strength, key=lambda key: -strength[key])[:most]
    tables, scheme = tagger.tables, tagger.assets.scheme
    # As in `Lexicon.label_spans`: what a word is alone, or what it speaks for.
    whole = end - start > 1 and tables.alone[own][:, tables.entity].any()
    spoken = {"lexical": tables.voters if whole else tables.alone}
    return [
        Voter(
            term,
            cue,
            round(probability[term, cue], 4),
            name_labels(spoken.get(cue, tables.voters)[term], scheme),
        )
        for term, cue in best
    ]


def own_terms(lexicon: Lexicon, text: EncodedText, start: int, end: int) -> list[int]:
    """Vocabulary entries of a span's words, or of their pieces; each once."""
    terms: list[int] = []
    for token, term in enumerate(lexicon.entry_ids(text.words[start:end]).tolist()):
        first, last = text.cover[start + token].tolist()
        terms += [term] if term >= 0 else text.pieces.ids[first:last].tolist()
    voting = lexicon.tables.voters
    return [term for term in dict.fromkeys(terms) if voting[term].any()]


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
    found = {name: float(x) for name, x in zip(roots, summed.tolist(), strict=True)}
    found[label] = found.get(label, share)
    best = sorted(found, key=lambda name: -found[name])[:most]
    return {name: round(found[name], 4) for name in best if found[name] > 0}


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
