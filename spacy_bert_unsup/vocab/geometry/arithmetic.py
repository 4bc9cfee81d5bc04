"""Sums and differences of terms in the space they share (spec 13, capability 44)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import AssetsError, Errors
from .cosines import Cosines, Doubles
from .pivots import resolve_terms


def combine_terms(
    cosines: Cosines,
    plus: Sequence[str | int],
    minus: Sequence[str | int] = (),
) -> Doubles:
    """Add terms and take others away, each with a vector of length 1.

    Mikolov et al. 2013 ("king - man + woman"); `vector_histogram` says what is near to
    the result. How much it means is speculative, as the spec says.

    cosines (Cosines): The vocabulary.
    plus (Sequence[str | int]): Terms or ids to add; at least one.
    minus (Sequence[str | int]): Terms or ids to take away.
    RETURNS (Doubles): (D,) vector of length 1, or zero if nothing is left.
    RAISES (AssetsError): if there is nothing to add.
    RAISES (InputError): if a term is not in the vocabulary.
    """
    if not plus:
        raise AssetsError(Errors.E229)
    added, taken = (
        cosines.rows(np.array(resolve_terms(cosines, terms), np.int32)).sum(axis=0)
        for terms in (plus, minus)
    )
    return cosines.normalise(added - taken)[0]
