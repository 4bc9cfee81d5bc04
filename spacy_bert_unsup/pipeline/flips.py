"""What a new vote changed: spans that got, lost or changed a label, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, TypeAlias

from ..types import TokenSpan
from ..voting.evidence import SpanVote, Voter

Kind: TypeAlias = Literal["gained", "lost", "changed"]
KINDS: tuple[Kind, ...] = ("gained", "lost", "changed")


class Turn(NamedTuple):
    """A term that votes otherwise than before; no labels: it did not vote."""

    term: str
    cue: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """A span whose label changed.

    doc (int): Which doc, from 0.
    start, end (int): Tokens.
    text (str): Of the span.
    before, after (Optional[str]): Its labels; None where it was or is no entity.
    score_before, score_after (Optional[float]): Shares, where the group holds them.
    turns (Sequence[Turn]): Voters that vote otherwise, strongest first.
    """

    doc: int
    start: int
    end: int
    text: str
    before: str | None
    after: str | None
    score_before: float | None
    score_after: float | None
    turns: Sequence[Turn] = ()

    @property
    def kind(self) -> Kind:
        """Whether the label is new, gone or another."""
        if self.before is None:
            return "gained"
        return "lost" if self.after is None else "changed"


@dataclass
class RevoteReport:
    """Counts over all docs; filled while they stream by.

    docs (int): Docs that were voted on.
    changed (int): Docs that were written anew.
    unseen (int): Spans proposed now that nobody asked about.
    missing (int): Spans worth the question in context now that were not asked it.
    counts (Counter[tuple[str, Kind]]): Label and kind of each flip; a changed label
        counts for the new label.
    flips (list[Flip]): The first ones.
    most (int): How many flips are kept.
    """

    docs: int = 0
    changed: int = 0
    unseen: int = 0
    missing: int = 0
    counts: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    flips: list[Flip] = field(default_factory=list)
    most: int = 0

    def add(self, flip: Flip) -> None:
        """Count a flip, and keep it if there is room."""
        self.counts[flip.after or flip.before or "", flip.kind] += 1
        if len(self.flips) < self.most:
            self.flips.append(flip)

    def merge(self, other: RevoteReport) -> None:
        """Take in the report on the docs behind these."""
        room = max(self.most - len(self.flips), 0)
        self.flips += [
            replace(flip, doc=flip.doc + self.docs) for flip in other.flips[:room]
        ]
        self.docs += other.docs
        self.changed += other.changed
        self.unseen += other.unseen
        self.missing += other.missing
        self.counts += other.counts

    def table(self) -> dict[str, dict[str, int]]:
        """Label -> kind -> flips, in alphabetical order."""
        labels = sorted({label for label, _ in self.counts})
        return {name: {k: self.counts[name, k] for k in KINDS} for name in labels}


@dataclass(frozen=True, slots=True)
class HeldVote:
    """What the group held about a span before.

    label (str): Its label.
    score (float): Its share.
    entity (bool): It was an entity.
    """

    label: str
    score: float
    entity: bool


def list_flips(
    before: Mapping[TokenSpan, HeldVote],
    after: Mapping[TokenSpan, tuple[SpanVote, bool]],
) -> list[tuple[TokenSpan, str | None, str | None]]:
    """The spans that are an entity before or after, but not with the same label.

    before (Mapping[TokenSpan, HeldVote]): The old group.
    after (Mapping[TokenSpan, tuple[SpanVote, bool]]): The new one, and what is an
        entity of it.
    RETURNS (list[tuple[TokenSpan, str | None, str | None]]): Bounds, old and new label.
    """
    old = {bounds: held.label for bounds, held in before.items() if held.entity}
    new = {bounds: vote.label for bounds, (vote, entity) in after.items() if entity}
    return [
        (bounds, old.get(bounds), new.get(bounds))
        for bounds in sorted({*old, *new})
        if old.get(bounds) != new.get(bounds)
    ]


def find_turns(
    held: Sequence[Mapping[str, Any]],
    voters: Sequence[Voter],
    *,
    names: Mapping[int, str],
    says: Mapping[tuple[int, str], tuple[str, ...]],
    most: int,
) -> list[Turn]:
    """Terms that do not vote as they did.

    held (Sequence[Mapping[str, Any]]): The old voters: `term_id`, `term`, `cue` and
        `labels` of each.
    voters (Sequence[Voter]): The new ones.
    names (Mapping[int, str]): How the terms are spelt.
    says (Mapping[tuple[int, str], tuple[str, ...]]): What the old voters, by term and
        cue, vote for by now.
    most (int): Voters that a span keeps: one that is not among `held` may only have
        been too weak if they are so many.
    RETURNS (list[Turn]): New voters first, both by strength.
    """
    old = {(v["term_id"], v["cue"]): tuple(v["labels"]) for v in held}
    new = {(v.term, v.cue): tuple(v.labels) for v in voters}
    turns = []
    for (term, cue), labels in new.items():
        # Own words are too strong to have been left out.
        unheard = (term, cue) not in old and (cue == "lexical" or len(held) < most)
        if unheard or old.get((term, cue), labels) != labels:
            turns.append(Turn(names[term], cue, old.get((term, cue), ()), labels))
    for (term, cue), labels in old.items():
        if (term, cue) not in new and says.get((term, cue), ()) != labels:
            spelt = next(v["term"] for v in held if v["term_id"] == term)
            turns.append(Turn(spelt, cue, labels, says.get((term, cue), ())))
    return turns
