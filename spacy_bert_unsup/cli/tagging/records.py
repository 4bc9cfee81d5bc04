"""What a Doc's spans say, as plain data for JSON, tables and pages.

A record of a voter is what `span._.evidence` says, and `agrees`: whether one of its
labels belongs to the same broad label as the span's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from ...pipeline.ner import BertUnsupNER

Record: TypeAlias = dict[str, Any]

OWN_WORDS = "lexical"
"""The cue of a span's own words, which have no probability."""


def find_roots(ner: BertUnsupNER) -> dict[str, str]:
    """The broadest label over each label, whatever names the pipeline shows.

    ner (BertUnsupNER): The component.
    RETURNS (dict[str, str]): Label of the scheme, or shown label -> broadest label.
    """
    scheme = ner.assets.scheme
    roots = {label: scheme.ancestors(label)[-1] for label in scheme.labels}
    shown = {ner.options.rename(label, scheme): root for label, root in roots.items()}
    return {name: root for name, root in shown.items() if name} | roots


def span_record(span: Span, roots: Mapping[str, str] | None = None) -> Record:
    """One span with its label, its score and its reasons.

    span (Span): Scored by `bert_unsup_ner`; others have `confidence` None.
    roots (Optional[Mapping[str, str]]): From `find_roots`; without it the reasons are
        left out.
    RETURNS (dict[str, Any]): `start` and `end` in characters, `label`, `text`,
        `confidence`; with reasons also `label_scores` (label -> share, highest first)
        and `evidence`, both empty for spans of other components.
    """
    # The getters themselves: a pipeline may have given the attributes other names.
    from ...attrs import get_confidence, get_evidence, get_label_scores

    record = {
        "start": span.start_char,
        "end": span.end_char,
        "label": span.label_,
        "text": span.text,
        "confidence": get_confidence(span),
    }
    if roots is not None:
        root = roots.get(span.label_, span.label_)
        record["label_scores"] = dict(get_label_scores(span) or {})
        record["evidence"] = [
            {**voter, "agrees": any(roots.get(n, n) == root for n in voter["labels"])}
            for voter in get_evidence(span) or []
        ]
    return record


def doc_record(doc: Doc, roots: Mapping[str, str] | None = None) -> Record:
    """A text with its entities.

    doc (Doc): Annotated.
    roots (Optional[Mapping[str, str]]): As in `span_record`.
    RETURNS (dict[str, Any]): `text`, `ents` and `notes`.
    """
    from ...attrs import get_notes

    ents = [span_record(ent, roots) for ent in doc.ents]
    return {"text": doc.text, "ents": ents, "notes": get_notes(doc)}


def near_misses(doc: Doc, spans_key: str) -> list[Span]:
    """Scored spans that did not become entities, the best first.

    doc (Doc): Annotated.
    spans_key (str): The group with all scored spans.
    RETURNS (list[Span]): Spans whose bounds or label are not those of an entity.
    """
    from ...attrs import get_confidence

    ents = {(ent.start, ent.end, ent.label) for ent in doc.ents}
    spans = [
        span
        for span in doc.spans.get(spans_key, [])
        if (span.start, span.end, span.label) not in ents
    ]
    return sorted(spans, key=lambda span: -(get_confidence(span) or 0.0))


def voters_by_cue(record: Record) -> dict[str, list[Record]]:
    """The terms that voted, by the cue that brought them.

    record (dict[str, Any]): From `span_record`.
    RETURNS (dict[str, list[dict[str, Any]]]): Cue -> entries of `evidence`, strongest
        first.
    """
    found: dict[str, list[Record]] = {}
    for voter in record["evidence"]:
        found.setdefault(voter["cue"], []).append(voter)
    return found
