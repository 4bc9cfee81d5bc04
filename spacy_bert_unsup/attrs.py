"""Extension attributes: getters over plain data in the doc; they hold no component.

`doc.spans[key].attrs` of our groups holds parallel lists, one item per span: `bounds`
(character start and end), `scores`, `label_scores` and `evidence`. Retokenising moves
the spans of a group without its attrs, so the getters compare character bounds and give
None rather than a wrong value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from spacy.tokens import Doc, Span, SpanGroup

from .errors import ConfigError, Errors

NOTES = "bert_unsup_notes"
MARK = "bert_unsup"
"""Key in a group's attrs that says the group is ours; its value is the format."""


@dataclass(frozen=True)
class AttributeNames:
    """The names under which the attributes are reached, as `span._.<name>`."""

    label_scores: str = "label_scores"
    evidence: str = "evidence"
    confidence: str = "confidence"
    bert_unsup_notes: str = NOTES

    @classmethod
    def make(cls, renamed: Mapping[str, str]) -> AttributeNames:
        """Rename some of them.

        renamed (Mapping[str, str]): Our name -> the user's.
        RETURNS (AttributeNames): All names.
        RAISES (ConfigError): if one is not ours.
        """
        known = [field.name for field in fields(cls)]
        for name in renamed:
            if name not in known:
                names = ", ".join(known)
                raise ConfigError(Errors.E307.format(attr=name, names=names))
        return cls(**renamed)


def install_extensions(names: AttributeNames) -> None:
    """Make the attributes known to spaCy; doing it again does no harm.

    names (AttributeNames): Under which names.
    RAISES (ConfigError): if another package has an attribute of the same name.
    """
    for ours, name in asdict(names).items():
        owner, getter = GETTERS[ours]
        if owner.has_extension(name):
            if owner.get_extension(name)[2] is not getter:
                raise ConfigError(Errors.E306.format(owner=owner.__name__, attr=name))
        else:
            owner.set_extension(name, getter=getter)


def get_label_scores(span: Span) -> dict[str, float] | None:
    """Label -> share of the vote; None for a span that was not scored."""
    return _look_up(span, "label_scores")


def get_confidence(span: Span) -> float | None:
    """Share of the vote for the span's label, in [0, 1]; None if it was not scored."""
    return _look_up(span, "scores")


def get_evidence(span: Span) -> list[dict[str, Any]] | None:
    """The terms that voted, strongest first; None if the span was not scored.

    Each is {"term", "probability" (by the model, in [0, 1]; 1 for own words), "cue"
    ("context", "phrase" or "lexical"), "labels" (what it voted for)}.
    """
    found = _find(span)
    if found is None:
        return None
    attrs, i = found[0].attrs, found[1]
    cues, places, probs = attrs["evidence"][i]
    return [
        {
            "term": attrs["terms"][place],
            "probability": prob,
            "cue": attrs["cues"][cue],
            "labels": list(attrs["term_labels"][place]),
        }
        for cue, place, prob in zip(cues, places, probs, strict=True)
    ]


def get_notes(doc: Doc) -> list[str]:
    """What was done to the doc that its reader should know, in sentences."""
    return list(doc.user_data.get(NOTES, ()))


def _look_up(span: Span, key: str) -> Any:
    found = _find(span)
    return None if found is None else found[0].attrs[key][found[1]]


def _find(span: Span) -> tuple[SpanGroup, int] | None:
    """The group and place of a span with these bounds and, if there is one, label."""
    for group in span.doc.spans.values():
        if group.attrs.get(MARK) is None:
            continue
        bounds = group.attrs["bounds"]
        labels = group.attrs["labels"]
        for i, (start, end) in enumerate(bounds):
            same = (start, end) == (span.start_char, span.end_char)
            if same and span.label_ in ("", labels[i]):
                return group, i
    return None


GETTERS: dict[str, tuple[type[Doc] | type[Span], Callable]] = {
    "label_scores": (Span, get_label_scores),
    "evidence": (Span, get_evidence),
    "confidence": (Span, get_confidence),
    NOTES: (Doc, get_notes),
}
