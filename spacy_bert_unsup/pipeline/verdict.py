"""What came of a new vote: the groups of docs that changed, and what turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Bools, Ints, TokenSpan
from ..voting.evidence import SpanVote, list_all_voters, name_all_labels
from ..voting.results import make_votes
from ..voting.revote import Revote
from .flips import HeldVote, Turn, find_turns
from .stored import DECIDED, StoredVotes, decide_alike

if TYPE_CHECKING:
    from .revoter import Revoter


@dataclass(frozen=True)
class Verdict:
    """What a new vote about D docs says.

    revoter (Revoter): Who voted.
    stored (Sequence[StoredVotes]): What the docs held.
    revote (Revote): The decisions.
    rows (Ints): The spans of all new groups.
    changed (Bools): (D,) docs that must be written anew.
    """

    revoter: Revoter
    stored: Sequence[StoredVotes]
    revote: Revote
    rows: Ints
    changed: Bools

    @cached_property
    def lacking(self) -> list[tuple[int, int]]:
        """For each doc, spans that nobody asked about, and not in context."""
        unseen, missing = self.revote.unseen, self.revote.missing
        counts = [
            np.bincount(self.revote.doc[rows], minlength=len(self.stored)).tolist()
            for rows in (unseen, missing & ~unseen)
        ]
        return list(zip(*counts, strict=True))

    def decide_alike(self, doc: int) -> dict[str, Any]:
        """What a doc keeps under "decided" if it does not change."""
        settings = self.revoter.kept_settings
        decided = self.stored[doc].attrs[DECIDED]
        return decide_alike(decided, settings, lacking=self.lacking[doc])

    def groups(self) -> dict[int, list[tuple[SpanVote, bool]]]:
        """For each doc that changed, its spans, and whether they are entities."""
        revote, tagger = self.revote, self.revoter.tagger
        rows = self.rows[self.changed[revote.doc[self.rows]]]
        votes = make_votes(
            tagger,
            revote.tagged,
            rows,
            revote.layout.terms,
            self.revoter.shown,
            shift=revote.layout.origins[revote.doc[rows]],
        )
        found: dict[int, list[tuple[SpanVote, bool]]] = {
            doc: [] for doc in np.flatnonzero(self.changed).tolist()
        }
        for row, vote in votes.items():
            found[int(revote.doc[row])].append((vote, bool(revote.chosen[row])))
        return found

    def held(self, doc: int) -> dict[TokenSpan, HeldVote]:
        """What the group of a doc held, by the bounds of its spans."""
        votes = self.stored[doc]
        labels, scores = votes.attrs["labels"], votes.attrs["scores"]
        held = map(HeldVote, labels, scores, votes.entities.tolist())
        spans = [(start, end) for start, end in votes.bounds.tolist()]
        return dict(zip(spans, held, strict=True))

    def _held_voters(self, doc: int, bounds: TokenSpan) -> list[dict[str, Any]]:
        """The voters about a span that the group of a doc held."""
        votes = self.stored[doc]
        attrs = votes.attrs
        cues, places, _ = attrs["evidence"][votes.bounds.tolist().index([*bounds])]
        return [
            {
                "term_id": attrs["term_ids"][place],
                "term": attrs["terms"][place],
                "cue": attrs["cues"][cue],
                "labels": attrs["term_labels"][place],
            }
            for cue, place in zip(cues, places, strict=True)
        ]

    def turns(self, doc: int, bounds: TokenSpan, *, held: bool) -> list[Turn]:
        """The voters about a span that vote otherwise than before.

        doc (int): Which doc.
        bounds (tuple[int, int]): The span.
        held (bool): The doc's old group has it.
        RETURNS (list[Turn]): As `find_turns`.
        """
        tagger, layout = self.revoter.tagger, self.revote.layout
        scores = self.revote.tagged.scores
        here = (scores.spans[:, 1:] - layout.origins[doc] == bounds).all(axis=1)
        rows = np.flatnonzero(here & (self.revote.doc == doc)).astype(np.int32)
        most = tagger.settings.most_voters
        found = list_all_voters(tagger, scores, rows, layout.terms, most=most)
        voters = found[0] if found else []  # by now, nobody may have proposed it
        before = self._held_voters(doc, bounds) if held else []
        return find_turns(
            before,
            voters,
            names={v.term: tagger.lexicon.spell(v.term) for v in voters},
            says=self._says(before),
            most=most if held else 0,
        )

    def _says(
        self, held: Sequence[Mapping[str, Any]]
    ) -> dict[tuple[int, str], tuple[str, ...]]:
        """What old voters say by now: as before, if that is one of their two ways."""
        tagger = self.revoter.tagger
        size = len(tagger.tables.voters)
        known = [
            v
            for v in held
            if v["term_id"] < size and tagger.lexicon.spell(v["term_id"]) == v["term"]
        ]
        ids = np.array([v["term_id"] for v in known], np.int32)
        whole, alone = (
            name_all_labels(tagger, ids, np.full(len(ids), by_itself))
            for by_itself in (False, True)
        )
        return {
            (v["term_id"], v["cue"]): b if tuple(v["labels"]) == b else a
            for v, a, b in zip(known, whole, alone, strict=True)
        }
