"""How the labels that people gave a term divide its one vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Floats


@dataclass(frozen=True, slots=True)
class LabelShares:
    """What a term with some labels speaks for; L labels.

    voter (Floats): (L,) when a model offers it: a word that names a kind ("disease":
        an entity label first, then one that is none) speaks for the kind.
    alone (Floats): (L,) when it stands in the text by itself: with labels of both
        sorts, it is no entity.
    """

    voter: Floats
    alone: Floats


def share_labels(columns: Sequence[int], entity: Bools) -> LabelShares:
    """Divide a vote among labels: 1, 1/2, 1/3 ... in order of likelihood.

    columns (Sequence[int]): The term's labels, most likely first.
    entity (Bools): (L,) labels that are entities.
    RETURNS (LabelShares): Each sums to 1.
    """
    own = np.zeros(len(entity), np.float32)
    own[list(columns)] = 1 / np.arange(1, len(columns) + 1, dtype=np.float32)
    sorts = entity[list(columns)]
    mixed = bool(sorts.any() and not sorts.all())
    kind = mixed and bool(sorts[0])
    return LabelShares(
        _divide(own * entity if kind else own), _divide(own * ~entity if mixed else own)
    )


def _divide(values: Floats) -> Floats:
    return (values / values.sum()).astype(np.float32)
