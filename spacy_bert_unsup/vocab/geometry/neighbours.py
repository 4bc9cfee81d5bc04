"""Terms above a threshold, in the order of spec 2.5, for many terms at once.

Nearest first by the rounded cosine; ties keep the order of the vocabulary. Of each row
only its nearest terms are looked at; rows for which these turn out too few are done
again with all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...types import Bools, Floats, Ints
from .cosines import Bins, Cosines, Doubles, Places, find_marks
from .counts import count_rows
from .near import NearLists, find_near
from .ordering import order_stably
from .tails import TailRule, Tails, find_tails

GUESS = 10
"""Terms of a row looked at first, in multiples of what ends a tail: at 5, a tenth of
the starter's rows have to be looked at again, at 10 one in 300."""


class Members(NamedTuple):
    """Terms above a threshold for B rows, one row after the other.

    starts (Ints): (B + 1,) where each row's terms begin.
    terms (Ints): (n,) vocabulary ids in order.
    bins (Bins): (n,) their rounded cosines.
    cosines (Floats): (n,) the same unrounded, off by a float32's error.
    """

    starts: Ints
    terms: Ints
    bins: Bins
    cosines: Floats

    def of(self, row: int) -> Ints:
        """The terms of one row.

        row (int): Its place.
        RETURNS (Ints): Ids, nearest first.
        """
        return self.terms[self.starts[row] : self.starts[row + 1]]


def find_tail_members(
    cosines: Cosines, left: Doubles, rule: TailRule, *, near: NearLists | None = None
) -> tuple[Members, Tails]:
    """The members of the tail of each row.

    cosines (Cosines): The vocabulary.
    left (Doubles): (B, D) rows of length 1.
    rule (TailRule): When a tail ends; its bins are as wide as those of `cosines`.
    near (Optional[NearLists]): Their nearest terms, if known.
    RETURNS (tuple[Members, Tails]): For the B rows.
    """
    near = near or find_near(cosines, left, many=guess_many(rule))
    counts = count_bins(near.rows, near.bins, len(left), cosines.last)
    tails = find_tails(counts, rule)
    poor = np.flatnonzero(tails.stops < near.floors)
    for start in range(0, len(poor), cosines.block):
        part = poor[start : start + cosines.block]
        products = cosines.products(left[part])
        bins = cosines.bins_of(left[part], products.copy())
        found = find_tails(count_rows(bins, cosines.last), rule)
        for old, new in zip(tails, found, strict=True):
            old[part] = new
        near = _replace(near, _list_above(products, bins, found.limits), part)
    return sort_members(near, tails.limits[near.rows], len(left)), tails


def guess_many(rule: TailRule) -> int:
    """How many terms of a row to look at for its tail.

    rule (TailRule): When a tail ends.
    RETURNS (int): 0 for all.
    """
    return 0 if rule.z_score is not None else GUESS * rule.max_bin


def find_members_above(cosines: Cosines, left: Doubles, limit: float) -> Members:
    """The terms of each row that are strictly above one threshold.

    cosines (Cosines): The vocabulary.
    left (Doubles): (B, D) rows of length 1.
    limit (float): The threshold in bins.
    RETURNS (Members): For the B rows.
    """
    near = find_near(cosines, left, least=least_cosine(cosines, limit))
    return sort_members(near, limit, len(left))


def find_labelled_members(
    cosines: Cosines,
    left: Doubles,
    near: NearLists,
    limit: float,
    *,
    labelled: Bools,
    allowed: Bools,
    picks: int,
) -> Members:
    """The nearest terms of each row, until so many labelled ones are met (spec 3.4).

    cosines (Cosines): The vocabulary.
    left (Doubles): (B, D) rows of length 1.
    near (NearLists): Their nearest terms, but for those below `least_cosine`.
    limit (float): Members are strictly above it, in bins.
    labelled (Bools): (V,) terms that count; all of them may be members.
    allowed (Bools): (V,) terms that may be members.
    picks (int): The n-th of these is the last member; without it all are members.
    RETURNS (Members): For the B rows.
    """
    lowest = int(np.floor(limit)) + 1
    known = np.flatnonzero(labelled[near.terms])
    counts = count_bins(near.rows[known], near.bins[known], len(left), cosines.last)
    ends = _find_last_bins(counts, picks, lowest)
    poor = np.flatnonzero(ends < near.floors)
    for start in range(0, len(poor), cosines.block):
        part = poor[start : start + cosines.block]
        products = cosines.products(left[part])
        bins = cosines.bins_of(left[part], products.copy())
        counts = count_rows(bins[:, labelled], cosines.last)
        ends[part] = _find_last_bins(counts, picks, lowest)
        near = _replace(near, _list_above(products, bins, ends[part] - 1), part)
    # Nothing beyond the bin of the n-th can stay: it need not be sorted.
    members = sort_members(near, ends[near.rows] - 1, len(left))
    counted = np.concatenate([[0], np.cumsum(labelled[members.terms])])
    at_start = np.repeat(counted[members.starts[:-1]], np.diff(members.starts))
    early = counted[:-1] - at_start < picks
    return keep_members(members, early & allowed[members.terms])


def _find_last_bins(counts: Places, many: int, lowest: int) -> Ints:
    """(B,) the bin of the n-th highest of each row; the lowest where there is none."""
    last = counts.shape[1] // 2
    missing = counts[:, lowest + last :][:, ::-1].cumsum(axis=1) < many
    return np.maximum(last - missing.sum(axis=1), lowest).astype(np.int32)


def least_cosine(cosines: Cosines, limit: float) -> float:
    """A cosine that no term in a bin above a limit can fail to exceed.

    cosines (Cosines): The vocabulary.
    limit (float): In bins.
    RETURNS (float): A little less than the edge; -2 if every term may be above.
    """
    if limit < -cosines.last:
        return -2.0
    return (np.floor(limit) + 0.5) / cosines.scale - 2 * cosines.error


def count_bins(rows: Places, bins: Bins, size: int, last: int) -> Places:
    """Histograms of lists.

    rows (Places): (n,) places from 0 to B.
    bins (Bins): (n,) rounded cosines.
    size (int): B.
    last (int): The highest bin.
    RETURNS (Places): (B, 2 * last + 1) terms in each bin.
    """
    width = 2 * last + 1
    places = rows.astype(np.int64) * width + bins + last
    return np.bincount(places, minlength=size * width).reshape(size, width)


def sort_members(near: NearLists, limits: Ints | float, size: int) -> Members:
    """Bring lists into the order of spec 2.5.

    near (NearLists): Lists of B rows; the ids of a row ascend.
    limits (Ints | float): (n,) or one: members are in bins strictly above.
    size (int): B.
    RETURNS (Members): Ordered.
    """
    keep = np.flatnonzero(near.bins > limits)
    rows, bins = near.rows[keep], near.bins[keep]
    # A stable sort by row, then bin: the ids of a row ascend already.
    most = int(bins.max(initial=0))
    keys = rows * np.int64(most - int(bins.min(initial=0)) + 1) + (most - bins)
    order = order_stably(keys, int(keys.max(initial=0)))
    starts = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=size), out=starts[1:])
    chosen = keep[order]
    return Members(starts, near.terms[chosen], bins[order], near.cosines[chosen])


def keep_members(members: Members, keep: Bools) -> Members:
    """Leave members out.

    members (Members): Of B rows.
    keep (Bools): (n,) True for those that stay.
    RETURNS (Members): Of the same rows.
    """
    passed = np.concatenate([[0], np.cumsum(keep)])
    starts = passed[members.starts].astype(np.int32)
    return Members(
        starts, members.terms[keep], members.bins[keep], members.cosines[keep]
    )


def _list_above(products: Floats, bins: Bins, limits: Ints) -> NearLists:
    """The terms in bins above the limit of their row."""
    rows, terms = find_marks(bins > limits[:, None])
    return NearLists(
        rows.astype(np.int32),
        terms.astype(np.int32),
        bins[rows, terms],
        products[rows, terms],
        limits + 1,
    )


def _replace(near: NearLists, rest: NearLists, poor: Places) -> NearLists:
    """Put the lists of some rows in place of shorter ones."""
    floors, rich = near.floors.copy(), np.ones(len(near.floors), bool)
    floors[poor], rich[poor] = rest.floors, False
    stay = np.flatnonzero(rich[near.rows])
    return NearLists(
        np.concatenate([near.rows[stay], poor[rest.rows].astype(np.int32)]),
        np.concatenate([near.terms[stay], rest.terms]),
        np.concatenate([near.bins[stay], rest.bins]),
        np.concatenate([near.cosines[stay], rest.cosines]),
        floors,
    )
