"""The greedy pass over a vocabulary (spec 2.6): what is in a cluster seeds no other.

Only terms that are still free when their turn comes need their cosines, so these are
made for a few hundred free terms at a time, not for all.
"""

from __future__ import annotations

import numpy as np

from ...types import Bools, Ints, Progress
from ..geometry.ahead import count_workers, map_ahead
from ..geometry.cosines import Cosines
from ..geometry.neighbours import Members, find_members_above, find_tail_members
from ..kinds import TermKinds
from .results import ClusterSettings, GrownSets

LEAST = 64
"""Terms, at least, that a thread compares with the vocabulary at a time."""


def grow_clusters(
    cosines: Cosines,
    kinds: TermKinds,
    *,
    allowed: Bools,
    threshold: float | None,
    settings: ClusterSettings,
    progress: Progress | None = None,
) -> GrownSets:
    """Let free terms seed clusters, in vocabulary order.

    Terms that may not be members (pieces of words, special entries) are taken by a
    cluster all the same; they may not seed one either.

    cosines (Cosines): The vocabulary.
    kinds (TermKinds): Which terms may seed clusters.
    allowed (Bools): (V,) terms that may be members.
    threshold (Optional[float]): For all terms; None for the end of each one's tail.
    settings (ClusterSettings): The rule for tails, and the largest size.
    progress (Optional[Progress]): Called after each block.
    RETURNS (GrownSets): Sets, those of no and of one term too.
    """
    free = np.flatnonzero(kinds.find_seeds()).astype(np.int32)
    every = len(free)
    picked = np.zeros(len(allowed), bool)
    grown = GrownSets([], [])

    def find(ids: Ints) -> tuple[Ints, Members]:
        return ids, _find_members(cosines, ids, threshold, settings)

    while len(free):
        part, free = free[: cosines.block], free[cosines.block :]
        for ids, members in map_ahead(find, _share_out(part)):
            for row, seed in enumerate(ids.tolist()):
                if not picked[seed]:
                    near = members.of(row)
                    picked[seed] = True
                    picked[near] = True
                    grown.seeds.append(seed)
                    grown.members.append(near[allowed[near]][: settings.max_size])
        free = free[~picked[free]]
        if progress:
            progress(every - len(free), every)
    return grown


def _share_out(ids: Ints) -> list[Ints]:
    """A part for each worker, but no small ones: these would take as long."""
    return np.array_split(ids, max(1, min(count_workers(), len(ids) // LEAST)))


def _find_members(
    cosines: Cosines, ids: Ints, threshold: float | None, settings: ClusterSettings
) -> Members:
    left = cosines.rows(ids)
    if threshold is None:
        return find_tail_members(cosines, left, settings.rule)[0]
    return find_members_above(cosines, left, cosines.limit(threshold))
