"""Where the tail of a histogram ends: the terms that belong to a term (spec 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import ConfigError, Errors
from ...types import Ints
from .cosines import Cosines, Places, check_range, find_marks


@dataclass(frozen=True)
class TailRule:
    """When a tail ends.

    max_bin (int): At the first bin with so many terms (MAX of the original).
    tail_bin (int): Or at the first two neighbouring bins with so many each (TAIL);
        empty bins between them do not count.
    bin_width (float): Width of a bin of cosines.
    min_threshold (Optional[float]): A tail never goes down to this cosine.
    z_score (Optional[float]): If set, the author's later rule instead: a tail holds the
        terms from mean + z_score * standard deviation of the histogram on.
    max_share (float): With z_score: a tail is smaller than this share of all terms.
    """

    max_bin: int = 20
    tail_bin: int = 10
    bin_width: float = 0.01
    min_threshold: float | None = None
    z_score: float | None = None
    max_share: float = 0.05

    def __post_init__(self) -> None:
        for key in ("max_bin", "tail_bin"):
            if getattr(self, key) < 1:
                raise ConfigError(Errors.E303.format(key=key, least=1))
        check_range("bin_width", self.bin_width, low=0.001, high=0.5)
        check_range("max_share", self.max_share, low=0, high=1)
        if self.min_threshold is not None:
            check_range("min_threshold", self.min_threshold, low=-1, high=1)


class Tail(NamedTuple):
    """The tail of one term.

    length (int): Terms in it; all terms if the scan of the histogram never stopped.
    threshold (float): Members have a rounded cosine strictly above it.
    """

    length: int
    threshold: float


class Tails(NamedTuple):
    """The tails of some terms.

    lengths (Ints): (B,) terms in each.
    limits (Ints): (B,) members are in bins strictly above.
    stops (Ints): (B,) the bin that the scan came to; below the last bin if it went
        through to the end.
    """

    lengths: Ints
    limits: Ints
    stops: Ints


def fit_rule(rule: TailRule | None, cosines: Cosines) -> TailRule:
    """A rule for the bins of some cosines.

    rule (Optional[TailRule]): What the user says; the usual limits when None.
    cosines (Cosines): The vocabulary.
    RETURNS (TailRule): The rule.
    RAISES (ConfigError): if the two speak of bins of different width.
    """
    if rule is None:
        return TailRule(bin_width=cosines.bin_width)
    if rule.bin_width != cosines.bin_width:
        message = Errors.E219.format(ours=rule.bin_width, theirs=cosines.bin_width)
        raise ConfigError(message)
    return rule


def find_tails(counts: Places, rule: TailRule) -> Tails:
    """Scan histograms from the highest cosine down.

    counts (Places): (B, 2 * last + 1) terms in each bin, from -last to last.
    rule (TailRule): When a tail ends.
    RETURNS (Tails): One for each row.
    """
    last = counts.shape[1] // 2
    down = counts[:, ::-1].astype(np.int32)
    found = _by_z_score(down, last, rule) if rule.z_score is not None else None
    lengths, limits, stops = found or _by_counts(down, last, rule)
    if rule.min_threshold is not None:
        least = int(np.floor(round(rule.min_threshold / rule.bin_width, 6)))
        raised = limits < least
        above = down[:, : max(0, last - least)].sum(axis=1)
        lengths = np.where(raised, above, lengths)
        limits = np.where(raised, least, limits)
        stops = np.where(raised, np.maximum(stops, least), stops)
    return Tails(
        lengths.astype(np.int32), limits.astype(np.int32), stops.astype(np.int32)
    )


_Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _by_counts(down: Ints, last: int, rule: TailRule) -> _Found:
    rows = np.arange(len(down))
    # No scan goes on after a full bin: most of it lies beyond, and is left out.
    full = down >= rule.max_bin
    ends = np.where(full.any(axis=1), full.argmax(axis=1), down.shape[1] - 1)
    down = np.ascontiguousarray(down[:, : int(ends.max(initial=0)) + 1])
    places = np.arange(down.shape[1], dtype=np.int32)
    latest = np.maximum.accumulate(np.where(down > 0, places, -1), axis=1)
    before = np.full_like(latest, -1)  # place of the last bin before that is not empty
    before[:, 1:] = latest[:, :-1]
    busy = down >= rule.tail_bin
    stop = down >= rule.max_bin
    at, where = find_marks(busy & (before >= 0))
    stop[at, where] |= busy[at, before[at, where]]
    stopped = stop.any(axis=1)
    place = np.where(stopped, stop.argmax(axis=1), 2 * last + 1)
    at = np.minimum(place, down.shape[1] - 1)
    previous = np.where(before[rows, at] >= 0, down[rows, before[rows, at]], 0)
    drop = stopped & (previous >= rule.tail_bin)
    passed = down.cumsum(axis=1)[rows, at] - np.where(stopped, down[rows, at], 0)
    lengths = passed - np.where(drop, previous, 0)
    limits = np.where(drop, last - before[rows, at], last - place)
    return lengths, np.where(stopped, limits, 0), last - place


def _by_z_score(down: Ints, last: int, rule: TailRule) -> _Found:
    assert rule.z_score is not None
    values = np.arange(last, -last - 1, -1)
    total = np.maximum(down.sum(axis=1), 1)
    mean = down @ values / total
    spread = np.sqrt(np.maximum(down @ values**2 / total - mean**2, 0))
    cut = np.round(mean + rule.z_score * spread, 6)
    places = np.arange(down.shape[1])
    outside = (last - places)[None] < cut[:, None]
    full = down.cumsum(axis=1) >= rule.max_share * total[:, None]
    stop = outside | (full & (down > 0))
    place = np.where(stop.any(axis=1), stop.argmax(axis=1), down.shape[1])
    passed = np.concatenate([np.zeros((len(down), 1), int), down.cumsum(axis=1)], 1)
    # The whole histogram matters, so it must have been complete: stop below the end.
    end = np.full(len(down), -last - 1)
    return passed[np.arange(len(down)), place], last - place, end
