"""Write decisions into a doc: entities, scored spans, evidence, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc, Span, SpanGroup

from ..attrs import MARK, NOTES
from ..voting.evidence import SpanVote, list_voters, term_labels, top_label_scores
from ..voting.settings import CUES
from ..voting.spans import refine_label

if TYPE_CHECKING:
    from ..voting.tagger import SpanTagger
    from ..voting.tagging import TaggedText
    from ..voting.text import EncodedText
    from .options import NEROptions

FORMAT = 1
MOST_VOTERS = 12
MOST_LABELS = 4
NEAR = 0.25
"""Spans that lost are kept in the span group from this score on."""


def annotate_doc(
    doc: Doc,
    text: EncodedText,
    tagged: TaggedText,
    *,
    tagger: SpanTagger,
    options: NEROptions,
) -> None:
    """Set `doc.ents` and `doc.spans[options.spans_key]`.

    doc (Doc): T tokens.
    text (EncodedText): The same as the model read it.
    tagged (TaggedText): Decisions about its spans.
    tagger (SpanTagger): Tables behind the evidence.
    options (NEROptions): Label names, span key, whether to overwrite.
    """
    near = tagged.passes | (tagged.decisions.score >= NEAR)
    rows = sorted({*np.flatnonzero(near).tolist(), *tagged.chosen})
    votes = {row: make_vote(text, tagged, row, tagger, options) for row in rows}
    kept = {row: vote for row, vote in votes.items() if vote is not None}
    group = [Span(doc, v.start, v.end, label=v.label) for v in kept.values()]
    doc.spans[options.spans_key] = SpanGroup(
        doc,
        name=options.spans_key,
        attrs=pack_votes(group, list(kept.values()), tagger),
        spans=group,
    )
    found = [kept[row] for row in tagged.chosen if row in kept]
    ents = [Span(doc, v.start, v.end, label=v.label) for v in found]
    old = [] if options.overwrite_ents else list(doc.ents)
    blocked = [] if options.overwrite_ents else _blocked_spans(doc)
    doc.set_ents([*old, *ents], blocked=blocked, default="outside")


def make_vote(
    text: EncodedText,
    tagged: TaggedText,
    row: int,
    tagger: SpanTagger,
    options: NEROptions,
) -> SpanVote | None:
    """Everything about one span.

    RETURNS (Optional[SpanVote]): None if its label is not wanted.
    """
    scores, decisions = tagged.scores, tagged.decisions
    scheme, rollup = tagger.assets.scheme, tagger.rollup
    root = rollup.roots[int(decisions.root[row])]
    fine = refine_label(
        scores.shares[row], root, scheme, fine_share=tagger.settings.fine_share
    )
    label = options.rename(fine, scheme)
    if label is None:
        return None
    score = round(float(decisions.score[row]), 4)
    shares = top_label_scores(
        decisions.summed[row], rollup.roots, label=label, share=score, most=MOST_LABELS
    )
    start, end = scores.spans[row, 1:].tolist()
    voters = list_voters(tagger, scores, row, text, most=MOST_VOTERS)
    return SpanVote(start, end, label, score, shares, voters)


def list_votes(
    text: EncodedText, tagged: TaggedText, tagger: SpanTagger, options: NEROptions
) -> list[SpanVote]:
    """One vote for every span that was asked, label names as in the scheme."""
    scheme, rollup = tagger.assets.scheme, tagger.rollup
    votes = []
    for row, (_, start, end) in enumerate(tagged.scores.spans.tolist()):
        shares = tagged.scores.shares[row]
        root = rollup.roots[int(tagged.decisions.root[row])]
        label = refine_label(
            shares, root, scheme, fine_share=tagger.settings.fine_share
        )
        score = float(tagged.decisions.score[row])
        named = top_label_scores(
            tagged.decisions.summed[row],
            rollup.roots,
            label=label,
            share=score,
            most=MOST_LABELS,
        )
        votes.append(SpanVote(start, end, label, score, named))
    return votes


def pack_votes(
    spans: Sequence[Span], votes: Sequence[SpanVote], tagger: SpanTagger
) -> dict[str, Any]:
    """The attrs of a span group: plain lists that survive `DocBin` and `to_bytes`.

    spans (Sequence[Span]): S spans.
    votes (Sequence[SpanVote]): Their votes.
    tagger (SpanTagger): Names of the terms.
    RETURNS (dict[str, Any]): See `spacy_bert_unsup.attrs`.
    """
    terms = sorted({voter.term for vote in votes for voter in vote.voters})
    place = {term: i for i, term in enumerate(terms)}
    scheme = tagger.assets.scheme
    return {
        MARK: FORMAT,
        "bounds": [[span.start_char, span.end_char] for span in spans],
        "labels": [vote.label for vote in votes],
        "scores": [vote.score for vote in votes],
        "label_scores": [dict(vote.label_scores) for vote in votes],
        "evidence": [
            [
                [CUES.index(voter.cue) for voter in vote.voters],
                [place[voter.term] for voter in vote.voters],
                [voter.probability for voter in vote.voters],
            ]
            for vote in votes
        ],
        "cues": list(CUES),
        "term_ids": terms,
        "terms": [tagger.lexicon.spell(term) for term in terms],
        "term_labels": [term_labels(tagger, term, scheme) for term in terms],
        "fingerprint": tagger.assets.fingerprint,
    }


def set_notes(doc: Doc, text: EncodedText, name: str) -> None:
    """Note what was done that the reader of a doc should know, beside others' notes.

    doc (Doc): Its `user_data` is left alone where there is nothing to note.
    text (EncodedText): The same as the model read it.
    name (str): The component; its older notes are dropped.
    """
    old = doc.user_data.pop(NOTES, [])
    notes = [note for note in old if not note.startswith(f"{name}: ")]
    if len(text.windows) > 1:
        longest = max(end - start for start, end in text.windows)
        notes.append(
            f"{name}: read in {len(text.windows)} overlapping windows of at most "
            f"{longest} pieces"
        )
    if notes:
        doc.user_data[NOTES] = notes


def _blocked_spans(doc: Doc) -> list[Span]:
    """Tokens that were blocked for entities on purpose; they stay so."""
    return [
        doc[token.i : token.i + 1]
        for token in doc
        if token.ent_iob == 3 and not token.ent_type
    ]
