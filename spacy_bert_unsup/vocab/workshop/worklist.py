"""What to label next: where an answer decides the most running text.

A unit of work is a cluster, or a single term. It is worth the share of running text
that its still unlabelled terms make up; clusters overlap, so a term counts only for
the first unit that has it.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...types import Bools, Floats, Ints


@dataclass(frozen=True)
class Work:
    """One unit in the order of work.

    unit (int): Which of the given groups.
    terms (tuple[int, ...]): Its terms that neither people nor earlier units labelled.
    gain (float): Share of running text that they make up, 0 to 1.
    reached (float): Share that is labelled once this unit is done, 0 to 1.
    """

    unit: int
    terms: tuple[int, ...]
    gain: float
    reached: float


def rank_work(
    groups: Sequence[Ints],
    masses: Floats,
    *,
    done: Bools,
    weights: Floats | None = None,
    limit: int | None = None,
) -> list[Work]:
    """Order units so that each decides as much as it can: a greedy cover.

    groups (Sequence[Ints]): Term ids of each unit.
    masses (Floats): (V,) share of running text of each term, sum 1.
    done (Bools): (V,) terms that people have labelled.
    weights (Optional[Floats]): (V,) what a term's mass counts for, such as `doubts`;
        they change the order, not the shares that are told.
    limit (Optional[int]): Units to return at most.
    RETURNS (list[Work]): The most valuable first, ties in the order of the groups;
        units with nothing left to label are left out.
    """
    done = done.copy()
    worth = masses if weights is None else masses * weights
    reached = float(masses[done].sum())
    heap = [(-float(worth[ids][~done[ids]].sum()), i) for i, ids in enumerate(groups)]
    heapq.heapify(heap)
    found: list[Work] = []
    while heap and (limit is None or len(found) < limit):
        _, unit = heapq.heappop(heap)
        ids = groups[unit]
        left = ids[~done[ids]]
        if not len(left):
            continue
        value = -float(worth[left].sum())
        if heap and (value, unit) > heap[0]:
            # Earlier units took some of its terms, so another one is worth more now.
            heapq.heappush(heap, (value, unit))
            continue
        done[left] = True
        gain = float(masses[left].sum())
        reached += gain
        found.append(Work(unit, tuple(map(int, left)), gain, min(reached, 1.0)))
    return found


def count_masses(counts: Ints) -> Floats:
    """Shares of running text, from counts.

    counts (Ints): (V,) how often each term occurs in some texts.
    RETURNS (Floats): (V,) shares, sum 1 (all 0 where nothing was counted).
    """
    return (counts / max(int(counts.sum()), 1)).astype(np.float32)


def guess_masses(bias: Floats, usable: Bools) -> Floats:
    """Shares of running text without a text: Zipf's law over the MLM bias.

    The decoder's bias says how readily a model offers a term anywhere, so its order
    stands for the order of frequency; the r-th term gets a share proportional to 1/r.

    bias (Floats): (V,) of the decoder. Where all are equal, the order of the
        vocabulary decides, which for most tokenizers is that of frequency too.
    usable (Bools): (V,) other terms get 0.
    RETURNS (Floats): (V,) shares, sum 1.
    """
    order = np.argsort(np.where(usable, -bias, np.inf), kind="stable")
    order = order[: int(usable.sum())]
    shares = np.zeros(len(bias), np.float32)
    ranked = 1 / np.arange(1, len(order) + 1)
    shares[order] = ranked / ranked.sum()
    return shares


def doubts(counts: Floats) -> Floats:
    """How undecided the vote about each term is.

    counts (Floats): (V, L) label counts.
    RETURNS (Floats): (V,) share of the vote that the best label does not have, 0 to 1;
        1 where nobody voted.
    """
    total = counts.sum(axis=1)
    best = counts.max(axis=1, initial=0)
    return (1 - best / np.where(total > 0, total, 1)).astype(np.float32)
