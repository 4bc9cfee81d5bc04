"""The histogram of one term's cosines with the vocabulary (spec 2.2, 2.4, 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...types import Ints
from ..spelling import find_term
from .cosines import Bins, Cosines, Doubles
from .counts import count_rows
from .tails import Tail, TailRule, find_tails, fit_rule

ORTHOGONAL = 0.1
"""Terms whose cosine rounds to 0 at this width are orthogonal."""


@dataclass(frozen=True)
class Histogram:
    """How near the vocabulary is to a term, or to any vector.

    All V terms are counted: the term itself, special and unused entries, pieces, and
    zero vectors, whose cosine is 0.

    row (Bins): (V,) rounded cosine with each term, in bins.
    scale (float): Bins in a cosine of 1.
    rule (TailRule): When its tail ends.
    """

    row: Bins
    scale: float
    rule: TailRule

    @cached_property
    def _counted(self) -> tuple[Ints, Ints]:
        last = int(np.ceil(self.scale))
        counts = count_rows(self.row[None], last)[0]
        bins = np.flatnonzero(counts)
        return (bins - last).astype(np.int32), counts[bins].astype(np.int32)

    @property
    def bins(self) -> Ints:
        """(n,) bins that are not empty, ascending."""
        return self._counted[0]

    @property
    def counts(self) -> Ints:
        """(n,) terms in these bins; their sum is V."""
        return self._counted[1]

    @property
    def centres(self) -> Doubles:
        """(n,) cosines in the middle of these bins."""
        return self.bins / self.scale

    @property
    def cosines(self) -> Doubles:
        """(V,) rounded cosines."""
        return self.row / self.scale

    @cached_property
    def tail(self) -> Tail:
        """Its length, and the cosine that its members are above."""
        last = int(np.ceil(self.scale))
        counts = np.zeros((1, 2 * last + 1), np.int32)
        counts[0, self.bins + last] = self.counts
        found = find_tails(counts, self.rule)
        return Tail(int(found.lengths[0]), float(found.limits[0] / self.scale))

    @property
    def orthogonal(self) -> Ints:
        """Terms at right angles: their rounded cosine is 0 to one decimal ("zero")."""
        tenths = np.rint(np.round(self.row / self.scale / ORTHOGONAL, 6))
        return np.flatnonzero(tenths == 0).astype(np.int32)

    def above(self, threshold: float | None = None) -> Ints:
        """The terms strictly above a threshold.

        threshold (Optional[float]): A cosine; that of its own tail when None.
        RETURNS (Ints): Ids, nearest first; ties in vocabulary order.
        """
        least = self.tail.threshold if threshold is None else threshold
        ids = np.flatnonzero(self.row > round(least * self.scale, 6))
        return ids[np.argsort(-self.row[ids], kind="stable")].astype(np.int32)


def term_histogram(
    cosines: Cosines, term: str | int, *, rule: TailRule | None = None
) -> Histogram:
    """The histogram of a vocabulary term.

    cosines (Cosines): The vocabulary.
    term (str | int): The term, or its id.
    rule (Optional[TailRule]): When its tail ends; its bin width is that of `cosines`.
    RETURNS (Histogram): Of all V terms.
    RAISES (InputError): if there is no such term, with the nearest spellings.
    """
    i = term if isinstance(term, int) else find_term(cosines.vectors, term)
    left = cosines.rows(np.array([i], np.int32))
    return Histogram(cosines.bins(left)[0], cosines.scale, fit_rule(rule, cosines))


def vector_histogram(
    cosines: Cosines,
    vector: NDArray[np.floating],
    *,
    rule: TailRule | None = None,
) -> Histogram:
    """The histogram of any vector, such as that of a phrase.

    cosines (Cosines): The vocabulary.
    vector (NDArray): (D,) numbers, of any length.
    rule (Optional[TailRule]): When its tail ends.
    RETURNS (Histogram): Of all V terms.
    RAISES (AssetsError): if the vector has another size than the vocabulary's.
    """
    left = cosines.normalise(vector)
    return Histogram(cosines.bins(left)[0], cosines.scale, fit_rule(rule, cosines))
