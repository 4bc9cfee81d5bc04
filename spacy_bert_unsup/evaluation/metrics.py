"""Strict scores of labelled spans, and what they are made of.

A prediction is right if its bounds are those of a gold span, and its label, or one
above it in the label map, is the gold label. A prediction of a kind that the gold file
does not know (no gold label is it or above it) is not scored. Nor is one that touches a
gold span whose tag was dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..types import TokenSpan
from .gold import GoldSet
from .texts import GoldText, LabelledSpan

IsA: TypeAlias = Callable[[str, str], bool]
"""(label, ancestor) -> whether the label is, or lies beneath, the ancestor."""


@dataclass
class Counts:
    """How many spans were right, predicted, and there to be found."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        """Share of the predictions that is right, 0 without predictions."""
        return share(self.right, self.predicted)

    @property
    def recall(self) -> float:
        """Share of the gold spans that was found, 0 without gold spans."""
        return share(self.right, self.gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return share(2 * self.right, self.predicted + self.gold)


@dataclass
class SpanScores:
    """Counts over all types, and for each gold label."""

    overall: Counts = field(default_factory=Counts)
    per_type: dict[str, Counts] = field(default_factory=dict)


def score_spans(
    gold: GoldSet,
    predicted: Sequence[Sequence[LabelledSpan]],
    *,
    is_a: IsA,
) -> SpanScores:
    """Strict scores of predictions.

    gold (GoldSet): With mapped labels.
    predicted (Sequence[Sequence[LabelledSpan]]): For each text, one label per span.
    is_a (Callable[[str, str], bool]): The label map.
    RETURNS (SpanScores): Counts.
    """
    targets = gold.targets
    scores = SpanScores(per_type={label: Counts() for label in sorted(targets)})
    for text, spans in zip(gold.texts, predicted, strict=True):
        wanted = {(span.start, span.end): span.label for span in text.spans}
        for label in wanted.values():
            scores.overall.gold += 1
            scores.per_type[label].gold += 1
        for span in spans:
            found = wanted.get((span.start, span.end))
            right = found is not None and is_a(span.label, found)
            kind = found if right else finest_target(span.label, targets, is_a=is_a)
            if kind is None or (not right and overlaps_any(span, text.dropped)):
                continue
            for counts in (scores.overall, scores.per_type[kind]):
                counts.predicted += 1
                counts.right += right
    return scores


def finest_target(label: str, targets: Collection[str], *, is_a: IsA) -> str | None:
    """The gold label that a predicted label counts under.

    label (str): Predicted.
    targets (Collection[str]): Gold labels.
    is_a (Callable[[str, str], bool]): The label map.
    RETURNS (Optional[str]): The nearest at or above the label; None if there is none.
    """
    above = [target for target in targets if is_a(label, target)]
    return max(above, key=lambda t: (sum(is_a(t, o) for o in above), t), default=None)


def overlaps_any(span: LabelledSpan, others: Iterable[TokenSpan]) -> bool:
    """Whether a span has a token in common with one of others.

    span (LabelledSpan): The span.
    others (Iterable[TokenSpan]): Bounds.
    RETURNS (bool): True if so.
    """
    return any(span.start < end and start < span.end for start, end in others)


def count_found(
    texts: Sequence[GoldText], candidates: Sequence[Iterable[TokenSpan]]
) -> Counts:
    """Candidate recall: the gold spans that a tagger looked at, whatever it said.

    texts (Sequence[GoldText]): With mapped labels.
    candidates (Sequence[Iterable[TokenSpan]]): For each text.
    RETURNS (Counts): `right` of `gold` are candidates; `predicted` is their number.
    """
    counts = Counts()
    for text, spans in zip(texts, candidates, strict=True):
        asked = set(spans)
        counts.predicted += len(asked)
        counts.gold += len(text.spans)
        counts.right += sum((span.start, span.end) in asked for span in text.spans)
    return counts


def share(part: int, whole: int) -> float:
    """A ratio.

    part (int): Counted.
    whole (int): Out of so many.
    RETURNS (float): Between 0 and 1; 0 if there are none.
    """
    return part / whole if whole else 0.0
