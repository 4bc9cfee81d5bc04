"""Write decisions into a doc: entities, scored spans, evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc, Span, SpanGroup

from ..attrs import FORMAT, MARK
from ..errors import ConfigError, Errors
from ..voting.evidence import SpanVote
from ..voting.results import make_votes, near_rows
from ..voting.settings import CUES
from .docs import blocked_spans
from .stored import DECIDED, RECORD, pack_decided

if TYPE_CHECKING:
    from ..mlm.text import EncodedText
    from ..voting.record import VoteRecord
    from ..voting.tagger import SpanTagger
    from ..voting.tagging import TaggedText
    from .options import NEROptions
    from .units import Units


def annotate_doc(
    doc: Doc,
    text: EncodedText,
    tagged: TaggedText,
    *,
    name: str,
    tagger: SpanTagger,
    options: NEROptions,
    units: Units,
    kept: tuple[VoteRecord, str] | None = None,
) -> None:
    """Set `doc.ents` and `doc.spans[options.spans_key]`.

    doc (Doc): T tokens.
    text (EncodedText): The same as the model read it.
    tagged (TaggedText): Decisions about its spans.
    name (str): The component, kept with the group.
    tagger (SpanTagger): Tables behind the evidence.
    options (NEROptions): Label names, span key, whether to overwrite.
    units (Units): How the words of `text` lie over the doc's tokens.
    kept (Optional[tuple[VoteRecord, str]]): What a later vote needs, and the settings
        as text; both stay with the group.
    RAISES (ConfigError): if the group of this key is somebody else's.
    """
    check_group(doc, options.spans_key, name)
    votes = make_votes(
        tagger,
        tagged,
        near_rows(tagged, tagger.settings),
        tagger.lexicon.read_words(text),
        options.show(tagger.rollup),
    )
    votes = {row: units.to_tokens(vote) for row, vote in votes.items()}
    group = list(votes.values())
    extra = {}
    if kept is not None:
        entities = [row in tagged.chosen for row in votes]
        extra = {
            RECORD: kept[0].pack(),
            DECIDED: pack_decided(group, entities, kept[1]),
        }
    set_group(doc, options.spans_key, group, tagger, name=name, extra=extra)
    found = [votes[row] for row in tagged.chosen if row in votes]
    ents = [Span(doc, v.start, v.end, label=v.label) for v in found]
    old = [] if options.overwrite_ents else list(doc.ents)
    blocked = [] if options.overwrite_ents else blocked_spans(doc)
    doc.set_ents([*old, *ents], blocked=blocked, default="outside")


def set_group(
    doc: Doc,
    key: str,
    votes: Sequence[SpanVote],
    tagger: SpanTagger,
    *,
    name: str,
    extra: Mapping[str, Any],
) -> None:
    """Set `doc.spans[key]`.

    doc (Doc): The doc.
    key (str): The group.
    votes (Sequence[SpanVote]): Its spans.
    tagger (SpanTagger): Names of the terms.
    name (str): The component, kept with the group.
    extra (Mapping[str, Any]): Further attrs.
    """
    spans = [Span(doc, v.start, v.end, label=v.label) for v in votes]
    bounds = [[span.start_char, span.end_char] for span in spans]
    attrs = pack_votes(bounds, votes, tagger) | {"component": name, **extra}
    doc.spans[key] = SpanGroup(doc, name=key, attrs=attrs, spans=spans)


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


def list_votes(
    text: EncodedText, tagged: TaggedText, tagger: SpanTagger, options: NEROptions
) -> list[SpanVote]:
    """One vote for every span that was asked; label "" and score 0 where none spoke."""
    bounds = tagged.scores.spans[:, 1:].tolist()
    votes = make_votes(
        tagger,
        tagged,
        np.arange(len(bounds), dtype=np.int32),
        tagger.lexicon.read_words(text),
        options.show(tagger.rollup),
        evidence=False,
    )
    return [
        votes.get(row) or SpanVote(start, end, "", 0.0, {})
        for row, (start, end) in enumerate(bounds)
    ]


def pack_votes(
    bounds: Sequence[list[int]], votes: Sequence[SpanVote], tagger: SpanTagger
) -> dict[str, Any]:
    """The attrs of a span group: plain lists that survive `DocBin` and `to_bytes`.

    bounds (Sequence[list[int]]): First character of each of S spans, and one past the
        last.
    votes (Sequence[SpanVote]): Their votes.
    tagger (SpanTagger): Names of the terms.
    RETURNS (dict[str, Any]): See `spacy_bert_unsup.attrs`.
    """
    said = sorted({(v.term, v.labels) for vote in votes for v in vote.voters})
    place = {key: i for i, key in enumerate(said)}
    return {
        MARK: FORMAT,
        "bounds": list(bounds),
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


def note_cuts(text: EncodedText, tagged: TaggedText) -> list[str]:
    """Say how many spans are longer than a window.

    text (EncodedText): The text.
    tagged (TaggedText): The spans that were asked.
    RETURNS (list[str]): At most one note.
    """
    longest = max((end - start for start, end in text.windows), default=0)
    bounds = (text.piece_bounds(s, e) for _, s, e in tagged.scores.spans.tolist())
    cut = sum(last - first > longest for first, last in bounds)
    if not cut:
        return []
    return [
        f"{cut} spans are longer than a window of {longest} pieces and were asked "
        "about in part"
    ]
