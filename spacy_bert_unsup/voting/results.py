"""What users see of decisions: spans with label, score and voters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Ints
from .evidence import SpanVote, list_all_voters, top_label_scores
from .lexicon import WordTerms
from .settings import VotingSettings
from .spans import refine_labels
from .tagger import SpanTagger
from .tagging import TaggedText

DIGITS = 4
MOST_LABELS = 4


def near_rows(tagged: TaggedText, settings: VotingSettings) -> Ints:
    """The spans worth showing: entities, nested spans and near misses.

    tagged (TaggedText): Decisions about S spans.
    settings (VotingSettings): `near_share`.
    RETURNS (Ints): Rows, ascending.
    """
    near = tagged.passes | (tagged.decisions.score >= settings.near_share)
    near[list(tagged.chosen)] = True
    return np.flatnonzero(near).astype(np.int32)


def make_votes(
    tagger: SpanTagger,
    tagged: TaggedText,
    rows: Ints,
    words: WordTerms,
    shown: Sequence[str | None],
    *,
    evidence: bool = True,
    shift: Ints | None = None,
) -> dict[int, SpanVote]:
    """Everything about some spans.

    tagger (SpanTagger): Tables behind the evidence.
    tagged (TaggedText): Decisions about the spans of a text.
    rows (Ints): (R,) which of them.
    words (WordTerms): How the text's words are read.
    shown (Sequence[str | None]): (N,) the label that users see for each of
        `rollup.names`; None where it is not wanted.
    evidence (bool): List the voters too.
    shift (Optional[Ints]): (R,) taken off the bounds of each span.
    RETURNS (dict[int, SpanVote]): Row -> vote, in the order of `rows`; spans of which
        nothing speaks, or whose label is not wanted, are left out.
    """
    scores, decisions, settings = tagged.scores, tagged.decisions, tagger.settings
    names = refine_labels(
        scores.shares[rows],
        decisions.root[rows],
        tagger.rollup,
        fine_share=settings.fine_share,
    )
    rounded = round_shares(decisions.score[rows])
    wanted = np.array([shown[i] is not None for i in names.tolist()], bool)
    kept = np.flatnonzero(wanted & (np.array(rounded) > 0))
    rows, most = rows[kept], settings.most_voters if evidence else 0
    voters = list_all_voters(tagger, scores, rows, words, most=most)
    bounds = scores.spans[rows, 1:] - (0 if shift is None else shift[kept, None])
    votes = {}
    for i, row, (start, end), said in zip(
        kept.tolist(), rows.tolist(), bounds.tolist(), voters, strict=True
    ):
        label, score = str(shown[names[i]]), rounded[i]
        shares = top_label_scores(
            decisions.summed[row],
            tagger.rollup.roots,
            label=label,
            share=score,
            most=MOST_LABELS,
        )
        votes[row] = SpanVote(start, end, label, score, shares, said)
    return votes


def round_shares(values: np.ndarray) -> list[float]:
    """Shares as users see them."""
    return [round(value, DIGITS) for value in values.tolist()]
