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

from spacy.tokens import Doc, Span, SpanGroup, Token

from .errors import ConfigError, Errors

NOTES = "bert_unsup_notes"
MARK = "bert_unsup"
"""Key in a group's attrs that says the group is ours; its value is the format."""
FORMAT = 1


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


def install_extensions(names: AttributeNames, *, key: str) -> None:
    """Make the attributes known to spaCy; doing it again does no harm.

    An attribute under its usual name looks in the groups of all our components, in the
    order of `doc.spans`; one that was renamed looks in its own component's group only.

    names (AttributeNames): Under which names.
    key (str): The component's group, `doc.spans[key]`.
    RAISES (ConfigError): if an attribute of the same name means something else.
    """
    for ours, name in asdict(names).items():
        owner: type[Doc] | type[Span] = Doc if ours == NOTES else Span
        getter: Callable[..., Any] = get_notes
        if owner is Span:
            getter = SpanGetter(READERS[ours], key if name != ours else None)
        set_getter(owner, name, getter, ours=ours)


def set_getter(
    owner: type[Doc] | type[Span] | type[Token],
    name: str,
    getter: Callable[..., Any],
    *,
    ours: str,
) -> None:
    """Make one attribute known to spaCy; doing it again does no harm.

    owner (type): `Doc`, `Span` or `Token`.
    name (str): Its name.
    getter (Callable): Reads it; equal getters are one and the same attribute.
    ours (str): Our own name for it, for the message.
    RAISES (ConfigError): if an attribute of the same name means something else.
    """
    if not owner.has_extension(name):
        owner.set_extension(name, getter=getter)
    elif owner.get_extension(name)[2] != getter:
        raise ConfigError(
            Errors.E306.format(owner=owner.__name__, attr=name, ours=ours)
        )


@dataclass(frozen=True)
class SpanGetter:
    """Reads one thing about a span; equal ones are one and the same attribute.

    read (Callable): One of the functions below.
    key (Optional[str]): The only group to look in; None looks in all of ours.
    """

    read: Callable[..., Any]
    key: str | None

    def __call__(self, span: Span) -> Any:
        """What there is to read; None for a span that was not scored."""
        return self.read(span, key=self.key)


def get_label_scores(span: Span, *, key: str | None = None) -> dict[str, float] | None:
    """Label -> share of the vote; None for a span that was not scored."""
    return _look_up(span, "label_scores", key)


def get_confidence(span: Span, *, key: str | None = None) -> float | None:
    """Share of the vote for the span's label, in [0, 1]; None if it was not scored."""
    return _look_up(span, "scores", key)


def get_evidence(span: Span, *, key: str | None = None) -> list[dict[str, Any]] | None:
    """The terms that voted, strongest first; None if the span was not scored.

    Each is {"term", "probability" (by the model, in [0, 1]; 1 for own words), "cue"
    ("context", "phrase" or "lexical"), "labels" (what it voted for)}.
    """
    found = _find(span, key)
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


READERS: dict[str, Callable[..., Any]] = {
    "label_scores": get_label_scores,
    "evidence": get_evidence,
    "confidence": get_confidence,
}


def _look_up(span: Span, what: str, key: str | None) -> Any:
    found = _find(span, key)
    return None if found is None else found[0].attrs[what][found[1]]


def _find(span: Span, key: str | None) -> tuple[SpanGroup, int] | None:
    """The group and place of a span with these bounds and, if there is one, label."""
    bounds = character_bounds(span)
    for name, group in span.doc.spans.items():
        if group.attrs.get(MARK) != FORMAT or key not in (None, name):
            continue
        labels = group.attrs["labels"]
        for i, known in enumerate(group.attrs["bounds"]):
            if tuple(known) == bounds and span.label_ in ("", labels[i]):
                return group, i
    return None


def character_bounds(span: Span) -> tuple[int, int] | None:
    """First character and one past the last; None for a span that is empty.

    By its tokens: after retokenising, a span's own `start_char` is an old one.
    """
    if not 0 <= span.start < span.end <= len(span.doc):
        return None
    last = span.doc[span.end - 1]
    return span.doc[span.start].idx, last.idx + len(last)
