"""The labels of words: one by one (spec 4.1), or of all together (spec 4.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..geometry.cosines import Cosines
from ..geometry.pivots import find_pivot
from ..spelling import find_term
from .aggregation import OTHER, UNTAGGED
from .results import Cluster

MEASURE = "MEASURE"
"""The label of numbers in the original."""


@dataclass(frozen=True)
class Match:
    """What is known of a word.

    word (str): As it was asked.
    match (str): How it was found: "digit", "exact", "lower" (its lower-case form is a
        term), "consolidated" (some case variant is) or "none".
    labels (Mapping[str, float]): Label -> count; UNTAGGED_ENTITY: 1 if there is none.
    """

    word: str
    match: str
    labels: Mapping[str, float]


class Lookup:
    """Finds words in a table of labels.

    term_labels (Mapping[str, Mapping[str, float]]): Term -> label -> count.
    """

    def __init__(self, term_labels: Mapping[str, Mapping[str, float]]) -> None:
        self.exact = term_labels
        self.folded: dict[str, dict[str, float]] = {}
        for term, counts in term_labels.items():
            row = self.folded.setdefault(term.lower(), {})
            for label, count in counts.items():
                row[label] = row.get(label, 0) + count

    def find(self, word: str) -> Match:
        """Look a word up.

        word (str): Any word.
        RETURNS (Match): Its labels, and how they were found.
        """
        lower = word.lower()
        if lower.isdigit():
            return Match(word, "digit", {MEASURE: 1})
        if word in self.exact:
            return Match(word, "exact", _known(self.exact[word]))
        if lower in self.exact:
            return Match(word, "lower", _known(self.exact[lower]))
        if lower in self.folded:
            row = sorted(self.folded[lower].items(), key=lambda pair: -pair[1])
            return Match(word, "consolidated", _known(dict(row)))
        return Match(word, "none", {UNTAGGED: 1})


def _known(labels: Mapping[str, float]) -> Mapping[str, float]:
    return {UNTAGGED: 1} if not labels or list(labels) == [OTHER] else labels


class PivotLabel(NamedTuple):
    """The label of a cluster, at its pivot.

    pivot (str): A term, or "pivot++seed".
    label (str): The cluster's label.
    sublabel (str): A second one, "" for none.
    """

    pivot: str
    label: str
    sublabel: str = ""


def pivot_labels(clusters: Iterable[Cluster]) -> list[PivotLabel]:
    """Take the first two labels of each labelled cluster.

    clusters (Iterable[Cluster]): Clusters.
    RETURNS (list[PivotLabel]): In their order.
    """
    return [
        PivotLabel(cluster.key, *list(cluster.labels)[:2])
        for cluster in clusters
        if cluster.labels and cluster.key is not None
    ]


def legacy_lookup(
    cosines: Cosines,
    words: Sequence[str],
    pivots: Sequence[PivotLabel],
    *,
    glue: Collection[str] = (),
    frequent: Collection[str] = (),
    top: int = 10,
    compatible: bool = False,
) -> list[str]:
    """Label words together: by the labelled clusters nearest to their pivot.

    A name "pivot++seed" is read as its pivot (the original compares [UNK]: BUG,
    mended; its vector is not needed by anybody).

    cosines (Cosines): The vocabulary.
    words (Sequence[str]): Vocabulary terms.
    pivots (Sequence[PivotLabel]): Labelled pivots; on ties the earlier ones win.
    glue (Collection[str]): Words that are dropped, in their very case; if nothing is
        left the first word stays.
    frequent (Collection[str]): Labels that are shown; others become OTHER-label.
    top (int): Number of answers.
    compatible (bool): The original's pivot; nothing is found if there is none.
    RETURNS (list[str]): A label for each of the nearest pivots.
    RAISES (AssetsError): if there are no words.
    RAISES (InputError): if a word or pivot is not in the vocabulary.
    """
    kept = [word for word in words if word not in glue] or list(words[:1])
    pivot = find_pivot(cosines, kept, compatible=compatible).term
    if pivot is None or not pivots:
        return []
    left = cosines.rows(np.array([find_term(cosines.vectors, pivot)], np.int32))
    row = cosines.bins(left)[0]
    known = set(cosines.vectors.terms)
    names = [p.pivot if p.pivot in known else p.pivot.split("++")[0] for p in pivots]
    near = row[[find_term(cosines.vectors, name) for name in names]]
    order = np.argsort(-near, kind="stable")[:top]
    return [_spell(pivots[i], frequent) for i in order]


def _spell(pivot: PivotLabel, frequent: Collection[str]) -> str:
    """Spec 4.2, step 4."""
    if pivot.label not in frequent:
        return f"{OTHER}-{pivot.label}"
    if pivot.sublabel in frequent or (pivot.label == "AMB" and pivot.sublabel):
        return f"{pivot.label}-{pivot.sublabel}"
    return pivot.label
