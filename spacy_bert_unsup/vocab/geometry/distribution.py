"""The distribution of cosines over the whole vocabulary (spec 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...types import Ints, Progress
from ..kinds import TermKinds
from .cosines import Cosines, Places, check_range
from .sweep import sweep_counts
from .tails import TailRule, find_tails, fit_rule

TermCounts: TypeAlias = tuple[tuple[str, int], ...]
"""Terms with a number each."""


@dataclass(frozen=True)
class Tenth:
    """What the bins around one tenth hold.

    Which bins these are follows from rounding to one decimal place by Python's rule, so
    that 0.0 has 9 bins of .01, 0.1 has 11 and 1.0 has 5, as in the original.

    value (float): The tenth.
    total (int): Terms counted there, over all picked terms.
    occupied (int): Bins that were not empty, over all picked terms.
    """

    value: float
    total: int
    occupied: int

    @property
    def exact_mean(self) -> float:
        """Terms in an occupied bin, on average."""
        return self.total / self.occupied

    @property
    def mean(self) -> float:
        """The same, rounded to a whole number."""
        return round(self.exact_mean, 0)


@dataclass(frozen=True)
class Distribution:
    """The histograms of many terms, put together.

    picked (int): Terms whose histograms were taken.
    tenths (tuple[Tenth, ...]): Ascending.
    tail_counts (TermCounts): Length of each tail, longest first.
    zero_counts (TermCounts): Terms at right angles to each, most first.
    counts (NDArray[np.int64]): (2 * last + 1,) sum of the histograms, from -1 to 1.
    """

    picked: int
    tenths: tuple[Tenth, ...]
    tail_counts: TermCounts
    zero_counts: TermCounts
    counts: NDArray[np.int64]

    @property
    def average_tail(self) -> float:
        """Mean length of a tail, to one decimal place."""
        lengths = [length for _, length in self.tail_counts]
        return round(sum(lengths) / len(lengths), 1) if lengths else 0.0


def vocab_distribution(
    cosines: Cosines,
    *,
    rule: TailRule | None = None,
    subwords: bool = False,
    sample: float | None = None,
    seed: int = 0,
    compatible: bool = False,
    progress: Progress | None = None,
) -> Distribution:
    """Take the histograms of all terms together, or of a sample.

    Special and unused entries are left out (but counted in the histograms of others).

    cosines (Cosines): The vocabulary.
    rule (Optional[TailRule]): When a tail ends.
    subwords (bool): Take the histograms of pieces that continue a word, too.
    sample (Optional[float]): Take each term with this probability; all when None.
    seed (int): Of the sampling.
    compatible (bool): As the original: only the last bin at right angles is counted.
    progress (Optional[Progress]): Called after each block.
    RETURNS (Distribution): The sums.
    """
    rule = fit_rule(rule, cosines)
    kinds = TermKinds.read(cosines.vectors, compatible=compatible)
    wanted = kinds.first & ~kinds.special & (~kinds.subword | subwords)
    if sample is not None:
        check_range("sample", sample, low=0, high=1)
        wanted &= np.random.default_rng(seed).random(len(wanted)) < sample
    ids = np.flatnonzero(wanted).astype(np.int32)
    tenths = _tenths(cosines)
    total = np.zeros(2 * cosines.last + 1, np.int64)
    occupied = np.zeros_like(total)
    lengths: list[Places] = []
    zeros: list[Places] = []
    for _, counts in sweep_counts(cosines, ids):
        total += counts.sum(axis=0)
        occupied += (counts > 0).sum(axis=0)
        lengths.append(find_tails(counts, rule).lengths)
        zeros.append(_count_zeros(counts[:, tenths == 0], compatible))
        if progress:
            progress(sum(map(len, lengths)), len(ids))
    return Distribution(
        len(ids),
        _sum_tenths(tenths, total, occupied),
        _rank(cosines, ids, lengths),
        _rank(cosines, ids, zeros),
        total,
    )


def _tenths(cosines: Cosines) -> NDArray[np.float64]:
    """The tenth of each bin, by Python's rounding of the value that the bin stands for.

    + 0.0 makes one zero of -0.0 and 0.0.
    """
    places = range(-cosines.last, cosines.last + 1)
    return np.array([round(place / cosines.scale, 1) + 0.0 for place in places])


def _count_zeros(counts: Places, compatible: bool) -> Places:
    if not compatible:
        return counts.sum(axis=1)
    found = np.zeros(len(counts), counts.dtype)
    for column in counts.T:  # BUG of spec 2.3: later bins overwrite earlier ones
        found = np.where(column > 0, column, found)
    return found


def _sum_tenths(
    tenths: NDArray[np.float64], total: Places, occupied: Places
) -> tuple[Tenth, ...]:
    found = []
    for value in sorted(set(tenths.tolist())):
        here = tenths == value
        if occupied[here].any():
            row = int(total[here].sum()), int(occupied[here].sum())
            found.append(Tenth(value, *row))
    return tuple(found)


def _rank(cosines: Cosines, ids: Ints, parts: list[Places]) -> TermCounts:
    """Terms with their numbers, highest first; ties in vocabulary order."""
    numbers = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    order = np.argsort(-numbers, kind="stable")
    names = [cosines.vectors.terms[i] for i in ids[order].tolist()]
    return tuple(zip(names, numbers[order].tolist(), strict=True))
