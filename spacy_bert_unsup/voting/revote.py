"""Vote again about many texts at once, on what was stored when they were tagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..types import Bools, Floats, Ints, TopTerms
from .facts import WordFacts
from .layout import Layout, spread_answers
from .lexicon import WordLabels
from .proposals import TokenRoles, label_roles, propose_spans
from .settings import CUES
from .spans import decide_roots, refine_labels
from .tagger import SpanScores, SpanTagger
from .tagging import (
    TaggedText,
    choose_best,
    choose_split,
    find_passing,
    judge_hope,
    span_values,
)
from .thresholds import Thresholds
from .turns import take_turns
from .votes import pool_cues


@dataclass(frozen=True, slots=True)
class Revote:
    """What was decided about S spans of D texts that were laid end to end.

    layout (Layout): The texts.
    doc (Ints): (S,) the text of each span, ascending.
    tagged (TaggedText): The decisions, as if all were one text.
    chosen (Bools): (S,) becomes an entity.
    names (Ints): (S,) label, as an index of `rollup.names`.
    unseen (Bools): (S,) proposed now, but never asked at all.
    missing (Bools): (S,) worth a question now, but not asked it.
    """

    layout: Layout
    doc: Ints
    tagged: TaggedText
    chosen: Bools
    names: Ints
    unseen: Bools
    missing: Bools


def vote_again(
    tagger: SpanTagger,
    records: Sequence[Mapping[str, Any]],
    thresholds: Thresholds,
    *,
    anew: bool = False,
) -> Revote:
    """Decide about stored texts with the labels and thresholds of today.

    The result is that of tagging them again, but for spans that were not asked at the
    time: these are judged by the cues that are there, and marked.

    tagger (SpanTagger): Settings and tables; its model is not asked.
    records (Sequence[Mapping[str, Any]]): D texts as `VoteRecord.pack` gave them, at
        least one.
    thresholds (Thresholds): When a label counts.
    anew (bool): Propose all spans again, also where no word changed its role.
    RETURNS (Revote): The decisions.
    """
    layout = Layout.join(records, tagger.lexicon)
    names = ("is_word", "capital", "title", "bond")
    flags = {name: layout.flags[name] for name in names}
    words = tagger.lexicon.label_terms(layout.terms, **flags)
    doc, spans, source = _propose(tagger, layout, words, anew=anew)
    facts = WordFacts.find(tagger, words)
    scores, missing = _score(
        tagger, layout, facts, thresholds, doc=doc, spans=spans, source=source
    )
    rollup, fine_share = tagger.rollup, tagger.settings.fine_share
    decisions = decide_roots(scores.shares, rollup)
    bars = thresholds.span_bars(scores.shares, decisions, rollup, fine_share=fine_share)
    passes = find_passing(decisions, bars, tagger.settings)
    chosen = _choose(
        tagger,
        layout,
        doc=doc,
        spans=spans,
        worth=span_values(tagger, spans, facts, decisions, bars),
        partings=facts.partings,
        scores=decisions.score,
        passes=passes,
    )
    labels = refine_labels(scores.shares, decisions.root, rollup, fine_share=fine_share)
    tagged = TaggedText(scores, decisions, passes, np.flatnonzero(chosen).tolist())
    return Revote(layout, doc, tagged, chosen, labels, source < 0, missing)


def _propose(
    tagger: SpanTagger, layout: Layout, words: WordLabels, *, anew: bool
) -> tuple[Ints, Ints, Ints]:
    """Text and bounds of the spans, and which stored span each is, -1 for none."""
    bridge = layout.flags["bridge"]
    roles = label_roles(words, bridge, tagger.tables, tagger.settings)
    moved = roles.core != layout.flags["core"]
    moved |= roles.extra != layout.flags["extra"]
    changed = np.logical_or.reduceat(moved, layout.origins[:-1]) | anew
    changed &= layout.joins
    same = np.flatnonzero(~changed[layout.doc]).astype(np.int32)
    docs, spans, sources = [layout.doc[same]], [layout.spans[same]], [same]
    for i in np.flatnonzero(changed).tolist():
        start, end = layout.origins[i : i + 2].tolist()
        own = TokenRoles(*(x[start:end] for x in (roles.core, roles.extra, bridge)))
        found = propose_spans(own, tagger.settings)
        first, last = np.searchsorted(layout.doc, [i, i + 1]).tolist()
        stored = (layout.spans[first:last] - start).tolist()
        places = {(s, e): row for row, (s, e) in enumerate(stored, first)}
        docs.append(np.full(len(found), i, np.int32))
        spans.append(np.array(found, np.int32).reshape(-1, 2) + start)
        sources.append(np.array([places.get(span, -1) for span in found], np.int32))
    doc = np.concatenate(docs)
    order = np.argsort(doc, kind="stable")
    return doc[order], np.concatenate(spans)[order], np.concatenate(sources)[order]


def _score(
    tagger: SpanTagger,
    layout: Layout,
    facts: WordFacts,
    thresholds: Thresholds,
    *,
    doc: Ints,
    spans: Ints,
    source: Ints,
) -> tuple[SpanScores, Bools]:
    """Pool the cues, and say which spans lack answers."""
    settings = tagger.settings
    shape = (len(spans), len(tagger.tables.entity))
    rows = np.pad(spans, ((0, 0), (1, 0)))
    tops = [
        (answers.cue, spread_answers(answers, source, len(layout.spans)))
        for answers in layout.answers
        if settings.weight(answers.cue)
    ]
    kept: list[tuple[str, TopTerms]] = []

    def answer(cue: str, wanted: Bools | None) -> Floats:
        if wanted is None:
            return tagger.label_by_words(rows, [facts.words])
        own = [_blank(top, wanted) for name, top in tops if name == cue]
        kept.extend((cue, top) for top in own)
        return tagger.vote(cue, own, shape)

    hopeful = judge_hope(tagger, spans, facts, thresholds, join=layout.joins[doc])
    cues, asked = take_turns(settings, answer, hopeful)
    # The last one stands for no source.
    known = {"context": np.append(layout.asked, False)[source]}
    known["phrase"] = _answered("phrase", tops, len(spans))
    missing = np.zeros(len(spans), bool)
    for cue, wanted in asked.items():
        missing |= wanted & ~known[cue]
    shares = pool_cues(cues, {name: settings.weight(name) for name in CUES})
    return SpanScores(rows, shares, cues, kept), missing


def _answered(cue: str, tops: Sequence[tuple[str, TopTerms]], size: int) -> Bools:
    """(S,) spans that have an answer to a cue."""
    found = np.zeros(size, bool)
    for name, top in tops:
        if name == cue:
            found |= (top.ids >= 0).any(axis=1)
    return found


def _blank(top: TopTerms, wanted: Bools) -> TopTerms:
    """Forget the answers about all other spans."""
    return TopTerms(np.where(wanted[:, None], top.ids, -1), top.probs, top.logits)


def _choose(
    tagger: SpanTagger,
    layout: Layout,
    *,
    doc: Ints,
    spans: Ints,
    worth: Floats,
    partings: Bools,
    scores: Floats,
    passes: Bools,
) -> Bools:
    """(S,) the spans that become entities, chosen text by text."""
    chosen = np.zeros(len(doc), bool)
    maybe = passes & ((worth > 0) | ~layout.joins[doc])
    bounds = np.searchsorted(doc, np.arange(len(layout.joins) + 1)).tolist()
    origins = layout.origins.tolist()
    for i in np.unique(doc[maybe]).tolist():
        first, last = bounds[i : i + 2]
        start, end = origins[i : i + 2]
        part = slice(first, last)
        taken = layout.flags["taken"][start : end - 1]
        own, good = spans[part] - start, passes[part]
        if layout.joins[i]:
            found = choose_split(
                own,
                worth[part],
                good,
                taken,
                tagger.settings,
                partings=partings[start : end - 1],
            )
        else:
            found = choose_best(own, scores[part], good, taken)
        chosen[first + np.array(found, np.intp)] = True
    return chosen
