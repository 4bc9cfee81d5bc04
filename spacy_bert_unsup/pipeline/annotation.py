"""Write decisions into a doc: entities, scored spans, evidence, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc, Span, SpanGroup

from ..attrs import MARK, NOTES
from ..errors import ConfigError, Errors
from ..voting.evidence import SpanVote, list_voters, top_label_scores
from ..voting.settings import CUES
from ..voting.spans import refine_label
from .docs import blocked_spans

if TYPE_CHECKING:
    from ..mlm.text import EncodedText
    from ..voting.tagger import SpanTagger
    from ..voting.tagging import TaggedText
    from .options import NEROptions

FORMAT = 1
MOST_LABELS = 4


def annotate_doc(
    doc: Doc,
    text: EncodedText,
    tagged: TaggedText,
    *,
    name: str,
    tagger: SpanTagger,
    options: NEROptions,
) -> None:
    """Set `doc.ents` and `doc.spans[options.spans_key]`.

    doc (Doc): T tokens.
    text (EncodedText): The same as the model read it.
    tagged (TaggedText): Decisions about its spans.
    name (str): The component, kept with the group.
    tagger (SpanTagger): Tables behind the evidence.
    options (NEROptions): Label names, span key, whether to overwrite.
    RAISES (ConfigError): if the group of this key is somebody else's.
    """
    check_group(doc, options.spans_key, name)
    near = tagged.passes | (tagged.decisions.score >= tagger.settings.near_share)
    rows = sorted({*np.flatnonzero(near).tolist(), *tagged.chosen})
    votes = {row: make_vote(text, tagged, row, tagger, options) for row in rows}
    kept = {row: vote for row, vote in votes.items() if vote is not None}
    group = [Span(doc, v.start, v.end, label=v.label) for v in kept.values()]
    attrs = pack_votes(group, list(kept.values()), tagger)
    doc.spans[options.spans_key] = SpanGroup(
        doc, name=options.spans_key, attrs=attrs | {"component": name}, spans=group
    )
    found = [kept[row] for row in tagged.chosen if row in kept]
    ents = [Span(doc, v.start, v.end, label=v.label) for v in found]
    old = [] if options.overwrite_ents else list(doc.ents)
    blocked = [] if options.overwrite_ents else blocked_spans(doc)
    doc.set_ents([*old, *ents], blocked=blocked, default="outside")


def check_group(doc: Doc, key: str, name: str) -> None:
    """Refuse to take the place of a span group that this component did not make.

    doc (Doc): The doc.
    key (str): `doc.spans[key]`.
    name (str): The component.
    RAISES (ConfigError): if the group has spans and is another's.
    """
    group = doc.spans.get(key)
    if group is not None and len(group):
        if group.attrs.get(MARK) is None or group.attrs.get("component") != name:
            raise ConfigError(Errors.E315.format(key=key, name=name))


def make_vote(
    text: EncodedText,
    tagged: TaggedText,
    row: int,
    tagger: SpanTagger,
    options: NEROptions,
    *,
    evidence: bool = True,
) -> SpanVote | None:
    """Everything about one span.

    text (EncodedText): The text.
    tagged (TaggedText): Decisions about its spans.
    row (int): Which of them.
    tagger (SpanTagger): Tables behind the evidence.
    options (NEROptions): Label names.
    evidence (bool): List the voters too.
    RETURNS (Optional[SpanVote]): None if nothing voted, or the label is not wanted.
    """
    scores, decisions = tagged.scores, tagged.decisions
    scheme, rollup = tagger.assets.scheme, tagger.rollup
    score = round(float(decisions.score[row]), 4)
    root = rollup.roots[int(decisions.root[row])]
    fine = refine_label(
        scores.shares[row], root, scheme, fine_share=tagger.settings.fine_share
    )
    label = options.rename(fine, scheme)
    if label is None or not score:
        return None
    shares = top_label_scores(
        decisions.summed[row], rollup.roots, label=label, share=score, most=MOST_LABELS
    )
    start, end = scores.spans[row, 1:].tolist()
    most = tagger.settings.most_voters if evidence else 0
    voters = list_voters(tagger, scores, row, text, most=most)
    return SpanVote(start, end, label, score, shares, voters)


def list_votes(
    text: EncodedText, tagged: TaggedText, tagger: SpanTagger, options: NEROptions
) -> list[SpanVote]:
    """One vote for every span that was asked; label "" and score 0 where none spoke."""
    votes = []
    for row, (_, start, end) in enumerate(tagged.scores.spans.tolist()):
        vote = make_vote(text, tagged, row, tagger, options, evidence=False)
        votes.append(vote or SpanVote(start, end, "", 0.0, {}))
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
    said = sorted({(v.term, v.labels) for vote in votes for v in vote.voters})
    place = {key: i for i, key in enumerate(said)}
    return {
        MARK: FORMAT,
        "bounds": [[span.start_char, span.end_char] for span in spans],
        "labels": [vote.label for vote in votes],
        "scores": [vote.score for vote in votes],
        "label_scores": [dict(vote.label_scores) for vote in votes],
        "evidence": [
            [
                [CUES.index(voter.cue) for voter in vote.voters],
                [place[voter.term, voter.labels] for voter in vote.voters],
                [voter.probability for voter in vote.voters],
            ]
            for vote in votes
        ],
        "cues": list(CUES),
        "term_ids": [term for term, _ in said],
        "terms": [tagger.lexicon.spell(term) for term, _ in said],
        "term_labels": [list(labels) for _, labels in said],
        "fingerprint": tagger.assets.fingerprint,
    }


def set_notes(doc: Doc, text: EncodedText, tagged: TaggedText, name: str) -> None:
    """Note what was done that the reader of a doc should know, beside others' notes.

    doc (Doc): Its `user_data` is left alone where there is nothing to note.
    text (EncodedText): The same as the model read it.
    tagged (TaggedText): The spans that were asked.
    name (str): The component; its older notes are dropped.
    """
    old = doc.user_data.pop(NOTES, [])
    notes = [note for note in old if not note.startswith(f"{name}: ")]
    longest = max((end - start for start, end in text.windows), default=0)
    if len(text.windows) > 1:
        notes.append(
            f"{name}: read in {len(text.windows)} overlapping windows of at most "
            f"{longest} pieces"
        )
    bounds = (text.piece_bounds(s, e) for _, s, e in tagged.scores.spans.tolist())
    if cut := sum(last - first > longest for first, last in bounds):
        notes.append(
            f"{name}: {cut} spans are longer than a window of {longest} pieces and "
            "were asked about in part"
        )
    if notes:
        doc.user_data[NOTES] = notes
