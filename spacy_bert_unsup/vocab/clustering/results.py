"""What clustering takes and gives: settings, clusters and their labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...errors import ConfigError, Errors
from ...types import Ints
from ..geometry.tails import TailRule
from .aggregation import OTHER, LabelCounts


@dataclass(frozen=True)
class ClusterSettings:
    """How clusters are made.

    rule (TailRule): When a tail ends (adaptive), and the width of a bin (all modes).
    picks (int): A cluster ends with its n-th labelled term (neighbors).
    max_size (Optional[int]): No cluster has more terms; the nearest stay.
    restrict_to_bootstrap (bool): A term gets only labels that people gave it; what the
        others would have got is told apart.
    """

    rule: TailRule = field(default_factory=TailRule)
    picks: int = 20
    max_size: int | None = None
    restrict_to_bootstrap: bool = False

    def __post_init__(self) -> None:
        for key in ("picks", "max_size"):
            value = getattr(self, key)
            if value is not None and value < 1:
                raise ConfigError(Errors.E303.format(key=key, least=1))


@dataclass(frozen=True)
class Cluster:
    """Terms that belong together.

    key (Optional[str]): Its name: the pivot, or "pivot++seed" if that name is taken.
    pivot (Optional[str]): The term nearest to all others; None only in the original's
        way, if no term has a mean above 0.
    seed (str): The term that it grew from.
    mean (float): Mean cosine of the pivot with the others, two decimal places.
    std (float): Standard deviation of these cosines, two decimal places.
    terms (tuple[str, ...]): Members, nearest to the seed first.
    labels (LabelCounts): What people said of the members, most often first.
    """

    key: str | None
    pivot: str | None
    seed: str
    mean: float
    std: float
    terms: tuple[str, ...]
    labels: LabelCounts = field(default_factory=dict)


@dataclass(frozen=True)
class Clustering:
    """What clustering made of a vocabulary.

    clusters (tuple[Cluster, ...]): In the order of their making.
    singletons (tuple[str, ...]): Seeds that are alone above their threshold.
    empty (tuple[str, ...]): Seeds that are not even near themselves: zero vectors, and
        all seeds of a threshold of 1.
    term_labels (dict[str, LabelCounts]): Every term, in vocabulary order, with the
        labels of all its clusters; OTHER: 0 for those without.
    inferred (dict[str, LabelCounts]): Lower-case terms of which people said nothing,
        with what they would have got; only with `restrict_to_bootstrap`.
    parameters (dict[str, Any]): How it was made.
    """

    clusters: tuple[Cluster, ...]
    singletons: tuple[str, ...]
    empty: tuple[str, ...]
    term_labels: dict[str, LabelCounts]
    inferred: dict[str, LabelCounts] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def labelled(self) -> int:
        """Number of terms with a label other than OTHER."""
        return sum(set(counts) != {OTHER} for counts in self.term_labels.values())


@dataclass(frozen=True)
class GrownSets:
    """Sets of terms before they are measured and labelled.

    seeds (list[int]): (n,) term that each set grew from, in order.
    members (list[Ints]): (n,) ids of each set, nearest to the seed first.
    """

    seeds: list[int]
    members: list[Ints]
