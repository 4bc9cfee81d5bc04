"""From texts to labelled spans: propose, ask, decide, choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import ConfigError, Errors
from ..mlm.text import EncodedText
from ..types import Bools, Floats, Ints, TokenSpan
from .candidates import Candidates
from .costs import count_cuts, count_odd_numbers, weigh_lower_case
from .facts import WordFacts
from .foreign import count_foreign
from .lexicon import WordLabels, count_in
from .names import count_heralds
from .proposals import assign_roles, propose_spans
from .settings import VotingSettings
from .spans import Decisions, decide_roots, resolve_overlaps, segment_tokens
from .tagger import SpanScores, SpanTagger
from .text import flatten_spans
from .thresholds import Thresholds


@dataclass(frozen=True)
class TaggedText:
    """What was decided about one text; S spans were asked.

    scores (SpanScores): Shares and evidence, all of this text.
    decisions (Decisions): Best entity root and score of each span.
    passes (Bools): (S,) an entity above its threshold.
    chosen (Sequence[int]): Rows of the spans that do not overlap, in text order.
    """

    scores: SpanScores
    decisions: Decisions
    passes: Bools
    chosen: Sequence[int]


def find_spans(
    tagger: SpanTagger,
    texts: Sequence[EncodedText],
    words: Sequence[WordLabels],
    candidates: Sequence[Candidates],
) -> list[list[TokenSpan]]:
    """The spans to ask about: given ones, or those proposed around single tokens.

    tagger (SpanTagger): Model, assets, settings.
    texts (Sequence[EncodedText]): Texts.
    words (Sequence[WordLabels]): Labels of their words.
    candidates (Sequence[Candidates]): One per text.
    RETURNS (list[list[TokenSpan]]): One list per text.
    """
    found = []
    for text, labels, wanted in zip(texts, words, candidates, strict=True):
        if wanted.join:
            roles = assign_roles(text, labels, tagger.tables, tagger.settings)
            found.append(propose_spans(roles, tagger.settings))
        else:
            found.append(_checked(wanted.spans, len(text.words)))
    return found


def _checked(spans: Sequence[TokenSpan], size: int) -> list[TokenSpan]:
    """Given spans, each once; spans outside the text are an error."""
    for start, end in spans:
        if not 0 <= start < end <= size:
            raise ConfigError(Errors.E314.format(start=start, end=end, size=size))
    return list(dict.fromkeys(spans))


def tag_texts(
    tagger: SpanTagger,
    texts: Sequence[EncodedText],
    candidates: Sequence[Candidates],
    thresholds: Thresholds,
    *,
    taken: Sequence[Bools] | None = None,
) -> list[TaggedText]:
    """Tag several texts, asking the model about all their spans at once.

    tagger (SpanTagger): Model, assets, settings.
    texts (Sequence[EncodedText]): Texts.
    candidates (Sequence[Candidates]): One per text.
    thresholds (Thresholds): When a label counts.
    taken (Optional[Sequence[Bools]]): For each text, (T,) tokens that must not be part
        of a chosen span.
    RETURNS (list[TaggedText]): One per text.
    """
    words = [tagger.lexicon.label_words(text) for text in texts]
    words = [
        replace(labels, alone=labels.voters) if wanted.sure else labels
        for labels, wanted in zip(words, candidates, strict=True)
    ]
    facts = [WordFacts.find(tagger, labels) for labels in words]
    spans = find_spans(tagger, texts, words, candidates)
    rows = flatten_spans(spans)
    bars = thresholds.lowest_bars(tagger.rollup)
    sizes = [len(found) for found in spans]
    given = np.array(
        [not c.join for c, n in zip(candidates, sizes, strict=True) for _ in range(n)],
        bool,
    )

    def hopeful(shares: Floats, margin: float) -> Bools:
        decisions = decide_roots(shares, tagger.rollup)
        worth = _value_all(tagger, rows, facts, decisions, bars)
        return given | is_hopeful(rows[:, 1:], worth, margin)

    scores = tagger.score_spans(texts, rows, words, hopeful=hopeful)
    tagged, done = [], 0
    for i, wanted in enumerate(candidates):
        part = scores.part(slice(done, done := done + sizes[i]))
        busy = taken[i] if taken else np.zeros(len(texts[i].words), bool)
        tagged.append(
            decide_spans(
                tagger, part, facts[i], thresholds, join=wanted.join, taken=busy
            )
        )
    return tagged


def is_hopeful(spans: Ints, worth: Floats, margin: float) -> Bools:
    """(S,) whether proposed spans are worth a further question.

    spans (Ints): (S, 2) first token, one past the last.
    worth (Floats): (S,) their `span_values` by the cues so far.
    margin (float): How much less than nothing a token of theirs may be worth.
    RETURNS (Bools): (S,).
    """
    return worth + margin * (spans[:, 1] - spans[:, 0]) > 0


def judge_hope(
    tagger: SpanTagger,
    spans: Ints,
    facts: WordFacts,
    thresholds: Thresholds,
    *,
    join: bool | Bools,
) -> Callable[[Floats, float], Bools]:
    """What says which spans are worth a further question, as in `tag_texts`.

    tagger (SpanTagger): Settings and tables.
    spans (Ints): (S, 2) first token, one past the last.
    facts (WordFacts): About the words of the text.
    thresholds (Thresholds): When a label counts.
    join (bool | Bools): The spans, or (S,) each of them, were proposed; given ones are
        always asked.
    RETURNS (Callable[[Floats, float], Bools]): For `take_turns`.
    """

    def hopeful(shares: Floats, margin: float) -> Bools:
        decisions = decide_roots(shares, tagger.rollup)
        bars = thresholds.lowest_bars(tagger.rollup)[decisions.root]
        worth = span_values(tagger, spans, facts, decisions, bars)
        return ~np.asarray(join) | is_hopeful(spans, worth, margin)

    return hopeful


def decide_spans(
    tagger: SpanTagger,
    scores: SpanScores,
    facts: WordFacts,
    thresholds: Thresholds,
    *,
    join: bool,
    taken: Bools,
) -> TaggedText:
    """Decide about the spans of one text.

    tagger (SpanTagger): Settings and tables; no model is asked.
    scores (SpanScores): Of S spans.
    facts (WordFacts): About the text's T words.
    thresholds (Thresholds): When a label counts.
    join (bool): The spans were proposed, and the best split of the text is wanted.
    taken (Bools): (T,) tokens that must not be part of a chosen span.
    RETURNS (TaggedText): The decisions.
    """
    decisions = decide_roots(scores.shares, tagger.rollup)
    bar = thresholds.span_bars(
        scores.shares, decisions, tagger.rollup, fine_share=tagger.settings.fine_share
    )
    passes = find_passing(decisions, bar, tagger.settings)
    bounds = scores.spans[:, 1:]
    if join:
        worth = span_values(tagger, bounds, facts, decisions, bar)
        chosen = choose_split(
            bounds, worth, passes, taken, tagger.settings, partings=facts.partings
        )
    else:
        chosen = choose_best(bounds, decisions.score, passes, taken)
    return TaggedText(scores, decisions, passes, chosen)


def find_passing(decisions: Decisions, bar: Floats, settings: VotingSettings) -> Bools:
    """(S,) spans that are entities above their (S,) thresholds."""
    sure = decisions.score >= np.maximum(bar, 1e-9)
    return (decisions.entity >= settings.entity_share) & sure


def _value_all(
    tagger: SpanTagger,
    rows: Ints,
    facts: Sequence[WordFacts],
    decisions: Decisions,
    bars: Floats,
) -> Floats:
    """`span_values` for spans of several texts; (S,)."""
    worth = np.zeros(len(rows), np.float32)
    for i in np.unique(rows[:, 0]).tolist():
        here = np.flatnonzero(rows[:, 0] == i).astype(np.int32)
        part = decisions.part(here)
        worth[here] = span_values(
            tagger, rows[here, 1:], facts[i], part, bars[part.root]
        )
    return worth


def span_values(
    tagger: SpanTagger,
    spans: Ints,
    facts: WordFacts,
    decisions: Decisions,
    bar: Floats,
) -> Floats:
    """What each span is worth in a split of the text.

    For every token, how far the span is above the two bars; less a cost for each word
    without a capital, with an entry of its own, that is no entity and speaks for none;
    for numerals where they do not belong; for words in lower case in names; for words
    of other kinds; for words in front of a name that say its kind; and for each end
    that parts tokens which belong together.

    tagger (SpanTagger): Settings and tables.
    spans (Ints): (S, 2) first token, one past the last.
    facts (WordFacts): About the text's T words.
    decisions (Decisions): Of the S spans.
    bar (Floats): (S,) threshold of each span's label.
    RETURNS (Floats): (S,) values, may be negative.
    """
    settings = tagger.settings
    words, root = facts.words, decisions.root
    above = decisions.entity - settings.entity_share + decisions.score - bar
    worth = (
        (spans[:, 1] - spans[:, 0]) * (above + 1e-6)
        - settings.extra_cost * count_in(spans, facts.extras)
        - settings.number_cost
        * count_odd_numbers(tagger, spans, words, facts.summed, decisions)
        - settings.foreign_cost * count_foreign(spans, facts.foreign, root)
        - settings.herald_cost * count_heralds(tagger, spans, facts.heralds, root)
        - settings.cut_cost * count_cuts(spans, facts.seams)
    )
    if settings.capitals:
        lower = weigh_lower_case(tagger, spans, words, decisions)
        worth -= settings.lower_cost * lower
    return worth


def choose_split(
    spans: Ints,
    worth: Floats,
    passes: Bools,
    taken: Bools,
    settings: VotingSettings,
    *,
    partings: Bools,
) -> list[int]:
    """The proposed spans that split a text best.

    spans (Ints): (S, 2) first token, one past the last.
    worth (Floats): (S,) their values.
    passes (Bools): (S,) those that may be chosen.
    taken (Bools): (T,) tokens that are not free.
    settings (VotingSettings): `split_cost`.
    partings (Bools): (T,) tokens at which a split costs nothing.
    RETURNS (list[int]): Rows, in text order.
    """
    rows = {}
    for row in np.flatnonzero(passes & (worth > 0)).tolist():
        start, end = spans[row].tolist()
        if not taken[start:end].any():
            rows[start, end] = row
    values = {span: float(worth[row]) for span, row in rows.items()}
    free = frozenset(np.flatnonzero(partings).tolist())
    cost = settings.split_cost
    found = segment_tokens(len(taken), values, split_cost=cost, free=free)
    return [rows[span] for span in found]


def choose_best(spans: Ints, scores: Floats, passes: Bools, taken: Bools) -> list[int]:
    """The best given spans that do not overlap; arguments as in `choose_split`."""
    rows = np.flatnonzero(passes).tolist()
    bounds = [(int(spans[row, 0]), int(spans[row, 1])) for row in rows]
    kept = resolve_overlaps(bounds, [float(scores[row]) for row in rows], taken)
    return [rows[i] for i in kept]
