"""Which docs a new vote leaves as they are: only the others are written anew.

Stored shares are rounded. A new share agrees with one if it would be rounded to it, but
for `NOISE`: sums over other batches may differ in the last digits of a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..types import Bools, Floats, Ints
from ..voting.evidence import name_all_labels
from ..voting.results import DIGITS, MOST_LABELS
from ..voting.revote import Revote
from ..voting.tagger import SpanTagger
from .stored import StoredVotes

NOISE = 2e-6
HALF = 0.5 * 10**-DIGITS + NOISE


@dataclass(frozen=True)
class Groups:
    """The G spans of several docs' groups, side by side.

    doc (Ints): (G,) which doc, ascending.
    bounds (Ints): (G, 2) tokens.
    label (Ints): (G,) index of the label that users see; -1 for an unknown one.
    entity (Bools): (G,) became an entity.
    score (NDArray): (G,) shares.
    """

    doc: Ints
    bounds: Ints
    label: Ints
    entity: Bools
    score: NDArray[np.floating]

    def part(self, rows: Bools) -> Groups:
        """Some of them."""
        return Groups(
            self.doc[rows],
            self.bounds[rows],
            self.label[rows],
            self.entity[rows],
            self.score[rows],
        )


def find_changed(
    tagger: SpanTagger,
    revote: Revote,
    stored: Sequence[StoredVotes],
    rows: Ints,
    shown: Sequence[str | None],
    *,
    same_tables: bool,
) -> Bools:
    """Compare a new vote with what the docs hold.

    tagger (SpanTagger): Tables and settings.
    revote (Revote): The new vote about D docs.
    stored (Sequence[StoredVotes]): What they hold.
    rows (Ints): (G,) spans of the new groups.
    shown (Sequence[str | None]): As in `make_votes`.
    same_tables (bool): The terms speak for the same as at the time.
    RETURNS (Bools): (D,) docs that must be written anew.
    """
    index = {name: i for i, name in enumerate(dict.fromkeys(shown)) if name is not None}
    labels = np.array([index.get(name or "", -1) for name in shown], np.int32)
    new = Groups(
        revote.doc[rows],
        revote.tagged.scores.spans[rows, 1:]
        - revote.layout.origins[revote.doc[rows]][:, None],
        labels[revote.names[rows]],
        revote.chosen[rows],
        revote.tagged.decisions.score[rows],
    )
    old = _join(stored, index)
    sizes = [np.bincount(g.doc, minlength=len(stored)) for g in (new, old)]
    changed = sizes[0] != sizes[1]
    mine, theirs = ~changed[new.doc], ~changed[old.doc]
    new, old, rows = new.part(mine), old.part(theirs), rows[mine]
    differs = (new.bounds != old.bounds).any(axis=1) | (new.label != old.label)
    differs |= (new.entity != old.entity) | (np.abs(new.score - old.score) > HALF)
    differs |= _shares_differ(
        revote.tagged.decisions.summed[rows],
        tagger.rollup.roots,
        [
            s.attrs["label_scores"]
            for s, c in zip(stored, changed, strict=True)
            if not c
        ],
    )
    changed[new.doc[differs]] = True
    if not same_tables:
        changed |= _terms_differ(tagger, stored)
    return changed


def _join(stored: Sequence[StoredVotes], index: dict[str, int]) -> Groups:
    labels = [index.get(label, -1) for s in stored for label in s.attrs["labels"]]
    return Groups(
        np.repeat(np.arange(len(stored)), [len(s.bounds) for s in stored]).astype(
            np.int32
        ),
        np.concatenate([s.bounds for s in stored]),
        np.array(labels, np.int32),
        np.concatenate([s.entities for s in stored]),
        np.array([score for s in stored for score in s.attrs["scores"]], float),
    )


def _shares_differ(
    summed: Floats, roots: Sequence[str], held: Sequence[Sequence[dict[str, float]]]
) -> Bools:
    """(G,) whether the largest shares are other ones than those held.

    A finer label stands among them with the span's own score, which is compared
    elsewhere.
    """
    place = {root: i for i, root in enumerate(roots)}
    spans = [shares for group in held for shares in group]
    counts = np.array([len(shares) for shares in spans], np.int32)
    root = np.array([place.get(n, -1) for n in chain.from_iterable(spans)], np.int32)
    share = np.array(list(chain.from_iterable(s.values() for s in spans)), float)
    row = np.repeat(np.arange(len(spans)), counts)
    known = root >= 0
    row, root, share = row[known], root[known], share[known]
    differs = np.zeros(len(summed), bool)
    differs[row[np.abs(summed[row, root] - share) > HALF]] = True
    least = np.full(len(summed), np.inf)
    np.minimum.at(least, row, share)
    others = summed.copy()
    others[row, root] = 0
    bound = np.where(counts < MOST_LABELS, 0.0, least)
    return differs | (others.max(axis=1, initial=0) > bound + HALF)


def _terms_differ(tagger: SpanTagger, stored: Sequence[StoredVotes]) -> Bools:
    """(D,) docs with a voter that does not say any more what it said."""
    terms = sorted({term for s in stored for term in s.attrs["term_ids"]})
    terms = [term for term in terms if term < len(tagger.tables.voters)]
    said: dict[int, tuple[str, list[list[str]]]] = {}
    ids = np.array(terms, np.int32)
    ways = [name_all_labels(tagger, ids, np.full(len(ids), x)) for x in (True, False)]
    for term, alone, whole in zip(terms, *ways, strict=True):
        said[term] = (tagger.lexicon.spell(term), [list(alone), list(whole)])
    nothing: tuple[str, list[list[str]]] = ("", [])

    def differs(votes: StoredVotes) -> bool:
        columns = (votes.attrs[name] for name in ("term_ids", "terms", "term_labels"))
        for term, spelt, labels in zip(*columns, strict=True):
            name, known = said.get(term, nothing)
            if name != spelt or list(labels) not in known:
                return True
        return False

    return np.array([differs(votes) for votes in stored], bool)
