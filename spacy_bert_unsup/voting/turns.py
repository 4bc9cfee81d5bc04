"""The cues in turn, on answers that are at hand: which spans each is asked about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..types import Bools, Floats, Ints
from .lexicon import WordLabels
from .settings import ASK_ALL, ASKED, CUES
from .spans import decide_roots
from .tagger import SpanTagger
from .tagging import is_hopeful, span_values
from .thresholds import Thresholds
from .votes import pool_cues


def take_turns(
    tagger: SpanTagger,
    spans: Ints,
    words: WordLabels,
    thresholds: Thresholds,
    *,
    join: bool | Bools,
    answer: Callable[[str, Bools], Floats],
) -> tuple[dict[str, Floats], dict[str, Bools]]:
    """Go through the cues as `tag_texts` and `SpanTagger.score_spans` do.

    tagger (SpanTagger): Settings and tables; its model is not asked.
    spans (Ints): (S, 2) first token, one past the last.
    words (WordLabels): Labels of the texts' tokens.
    thresholds (Thresholds): When a label counts.
    join (bool | Bools): The spans, or (S,) each of them, were proposed; given ones are
        always asked.
    answer (Callable[[str, Bools], Floats]): Given a cue and the (S,) spans that it is
        asked about, its (S, L) shares.
    RETURNS (tuple[dict[str, Floats], dict[str, Bools]]): Shares of every cue; the (S,)
        spans that "phrase" and "context" are asked about.
    """
    settings = tagger.settings
    weights = {name: settings.weight(name) for name in CUES}
    left = np.ones(len(spans), bool)
    cues, asked = {"lexical": answer("lexical", left)}, {}
    for cue in ASKED:
        if weights[cue] and settings.margin(cue) < ASK_ALL:
            shares = pool_cues(cues, weights)
            decisions = decide_roots(shares, tagger.rollup)
            bars = thresholds.lowest_bars(tagger.rollup)[decisions.root]
            worth = span_values(tagger, spans, words, decisions, bars)
            silent = ~shares.any(axis=1)  # only what is asked can speak for these
            hopeful = is_hopeful(spans, worth, settings.margin(cue))
            left = left & (silent | ~np.asarray(join) | hopeful)
        asked[cue] = left & bool(weights[cue])
        cues[cue] = answer(cue, asked[cue])
    return cues, asked
