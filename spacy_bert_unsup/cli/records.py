"""What a Doc's spans say, as plain data for JSON, tables and pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

Record: TypeAlias = dict[str, Any]

DIGITS = 4
"""Decimal places of shares and probabilities in records."""


def span_record(span: Span, *, evidence: bool = True) -> Record:
    """One span with its label, its score and its reasons.

    span (Span): Scored by `bert_unsup_ner`; others have `confidence` None.
    evidence (bool): Whether label shares and the terms that voted are wanted.
    RETURNS (dict[str, Any]): `start` and `end` in characters, `label`, `text`,
        `confidence`; with evidence also `label_scores` (label -> share, highest first)
        and `evidence`, both empty for spans of other components.
    """
    # The getters themselves: a pipeline may have given the attributes other names.
    from ..attrs import get_confidence, get_evidence, get_label_scores

    record = {
        "start": span.start_char,
        "end": span.end_char,
        "label": span.label_,
        "text": span.text,
        "confidence": _rounded(get_confidence(span)),
    }
    if evidence:
        scores = get_label_scores(span) or {}
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        record["label_scores"] = {label: _rounded(score) for label, score in ranked}
        record["evidence"] = [_voter(voter) for voter in get_evidence(span) or []]
    return record


def doc_record(doc: Doc, *, evidence: bool = True) -> Record:
    """A text with its entities.

    doc (Doc): Annotated.
    evidence (bool): Whether the reasons are wanted.
    RETURNS (dict[str, Any]): `text`, `ents` and `notes`.
    """
    from ..attrs import get_notes

    ents = [span_record(ent, evidence=evidence) for ent in doc.ents]
    return {"text": doc.text, "ents": ents, "notes": get_notes(doc)}


def near_misses(doc: Doc, spans_key: str) -> list[Span]:
    """Scored spans that did not become entities, the best first.

    doc (Doc): Annotated.
    spans_key (str): The group with all scored spans.
    RETURNS (list[Span]): Spans whose bounds or label are not those of an entity.
    """
    from ..attrs import get_confidence

    ents = {(ent.start, ent.end, ent.label) for ent in doc.ents}
    spans = [
        span
        for span in doc.spans.get(spans_key, [])
        if (span.start, span.end, span.label) not in ents
    ]
    return sorted(spans, key=lambda span: -(get_confidence(span) or 0.0))


def voters_for(record: Record, count: int) -> list[Record]:
    """The terms that spoke for a record's label, each once, strongest first.

    record (dict[str, Any]): From `span_record`.
    count (int): At most so many.
    RETURNS (list[dict[str, Any]]): Entries of `evidence`; those for other labels fill
        up what is left.
    """
    ranked = sorted(
        record["evidence"], key=lambda voter: record["label"] not in voter["labels"]
    )
    by_term: dict[str, Record] = {}
    for voter in ranked:
        by_term.setdefault(voter["term"], voter)
    return list(by_term.values())[:count]


def cues_of(voters: Iterable[Record]) -> list[str]:
    """The names of the cues that voters came from, in order of first use.

    voters (Iterable[dict[str, Any]]): Entries of `evidence`.
    RETURNS (list[str]): Such as "context".
    """
    return list(dict.fromkeys(voter["cue"] for voter in voters))


def _voter(voter: Record) -> Record:
    return {
        "term": voter["term"],
        "probability": _rounded(voter["probability"]),
        "cue": voter["cue"],
        "labels": list(voter["labels"]),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)
