"""What labelling brought: labels of clusters and terms in numbers (spec 3.4, 3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..labels import CONTINUES, SeedLabels
from .aggregation import OTHER, UNTAGGED, LabelCounts
from .results import Cluster

NOT_REAL = frozenset({OTHER, UNTAGGED})
"""Labels that say that there is no label."""

STRONG = ("DISEASE", "DRUG", "GENE", "PROTEIN", OTHER)
"""Labels of clusters whose pieces are no news to the original."""


def label_statistics(clusters: Iterable[Cluster]) -> dict[str, int]:
    """How many clusters have each label (label_stats of the original).

    clusters (Iterable[Cluster]): Labelled clusters.
    RETURNS (dict[str, int]): Most first, ties in order of first occurrence; labels of
        one cluster only are left out.
    """
    counts = Counter(label for cluster in clusters for label in cluster.labels)
    return {label: n for label, n in counts.most_common() if n > 1}


@dataclass(frozen=True)
class LabelShare:
    """One label in the vocabulary.

    label (str): It.
    terms (int): Terms that have it.
    counts (int): How often they have it, over all.
    bootstrap (int): Vocabulary terms to which people gave it.
    first (int): Terms whose first real label it is.
    """

    label: str
    terms: int
    counts: int
    bootstrap: int
    first: int

    @property
    def ratio(self) -> float | None:
        """Terms for each that people labelled; None if they labelled none."""
        return _ratio(self.terms, self.bootstrap)


@dataclass(frozen=True)
class Magnification:
    """How far the labels of people were carried (mag_stats of the original).

    terms (int): Terms of the vocabulary.
    labelled (int): Terms with a real label: not only OTHER or UNTAGGED_ENTITY.
    bootstrap (int): Terms to which people gave a real label.
    entries (int): Labels of all terms together.
    counts (int): The sum of their counts.
    bootstrap_entries (int): Labels that people gave to terms of the vocabulary.
    labels (tuple[LabelShare, ...]): Each label but OTHER and UNTAGGED_ENTITY; those of
        most terms first.
    """

    terms: int
    labelled: int
    bootstrap: int
    entries: int
    counts: int
    bootstrap_entries: int
    labels: tuple[LabelShare, ...]

    @property
    def ratio(self) -> float | None:
        """Labelled terms for each that people labelled; None if they labelled none."""
        return _ratio(self.labelled, self.bootstrap)

    @property
    def entry_ratio(self) -> float | None:
        """Labels for each that people gave; None if they gave none."""
        return _ratio(self.entries, self.bootstrap_entries)


def magnification(
    term_labels: Mapping[str, LabelCounts], folded: SeedLabels
) -> Magnification:
    """Compare the labels that terms got with those that people gave.

    Labels that nobody gave to a term of the vocabulary are told without a ratio (the
    original stops at them: BUG, mended).

    term_labels (Mapping[str, LabelCounts]): Term -> labels, of the whole vocabulary.
    folded (SeedLabels): Lower-case term -> labels that people gave.
    RETURNS (Magnification): The numbers.
    """
    given = {t: folded[t.lower()] for t in term_labels if t.lower() in folded}
    terms: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for row in term_labels.values():
        terms.update(row.keys())
        counts.update(row)
        first.update([label for label in row if label not in NOT_REAL][:1])
    own = Counter(label for names in given.values() for label in names)
    rows = tuple(
        LabelShare(label, n, counts[label], own[label], first[label])
        for label, n in terms.most_common()
        if label not in NOT_REAL
    )
    return Magnification(
        len(term_labels),
        sum(_is_real(row) for row in term_labels.values()),
        sum(_is_real(names) for names in given.values()),
        sum(terms.values()),
        sum(counts.values()),
        sum(own.values()),
        rows,
    )


def weak_subword_tags(
    clusters: Iterable[Cluster], *, skip: Collection[str] = STRONG
) -> list[tuple[str, str]]:
    """Labels that pieces of words may have, for people to confirm (spec 3.4).

    clusters (Iterable[Cluster]): Neighbourhoods with labels.
    skip (Collection[str]): Clusters with such a label first are passed over.
    RETURNS (list[tuple[str, str]]): Piece and label, in order.
    """
    found = []
    for cluster in clusters:
        label = next((name for name in cluster.labels if name != UNTAGGED), OTHER)
        if label not in skip and len(label) > 1:
            mark = CONTINUES[0]
            found += [(t, label) for t in cluster.terms if t.startswith(mark)]
    return found


def _is_real(names: Collection[str]) -> bool:
    """Labels other than exactly one that says that there is none."""
    return bool(names) and not (len(names) == 1 and set(names) <= NOT_REAL)


def _ratio(whole: int, part: int) -> float | None:
    return round(whole / part, 0) if part else None
