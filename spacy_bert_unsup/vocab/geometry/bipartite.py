"""How strongly two sets of terms hang together (spec part 9)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import AssetsError, Errors
from .cosines import Cosines, sum_in_order
from .pivots import resolve_terms


@dataclass(frozen=True)
class Strength:
    """The bonds between two sets.

    total (float): Sum of the cosines of all pairs, or their mean; two decimal places.
    maximum (float): The highest of them; two decimal places.
    """

    total: float
    maximum: float


def bipartite_strength(
    cosines: Cosines,
    left: Sequence[str | int],
    right: Sequence[str | int],
    *,
    mean: bool = False,
    compatible: bool = False,
) -> Strength:
    """Compare each term of one set with each of the other, itself included.

    cosines (Cosines): The vocabulary.
    left (Sequence[str | int]): Terms or ids.
    right (Sequence[str | int]): Terms or ids.
    mean (bool): Divide the sum by the number of pairs.
    compatible (bool): The maximum is never below 0, as in the original.
    RETURNS (Strength): Sum (or mean) and maximum.
    RAISES (AssetsError): if a set is empty.
    RAISES (InputError): if a term is not in the vocabulary.
    """
    if not left or not right:
        raise AssetsError(Errors.E229)
    ids = [np.array(resolve_terms(cosines, terms), np.int32) for terms in (left, right)]
    rows = cosines.rows(ids[1])
    pairs = [
        value
        for row in cosines.rows(ids[0])
        for value in sum_in_order(rows * row).tolist()
    ]
    total = math.fsum(pairs)
    highest = max(pairs)
    if compatible:
        highest = max(highest, 0.0)
    return Strength(round(total / len(pairs) if mean else total, 2), round(highest, 2))
