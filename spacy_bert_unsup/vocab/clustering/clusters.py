"""Overlapping clusters of vocabulary terms (spec 2.6 and 3.4).

Adaptive and fixed: each term that is in no cluster yet seeds one of all terms above a
threshold, in vocabulary order. Neighbours: every term has a cluster of its own, which
reaches until enough labelled terms are in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from ...errors import ConfigError, Errors
from ...types import Progress
from ..geometry.cosines import Cosines, check_range
from ..kinds import TermKinds
from ..labels import SeedLabels
from ..vectors import VocabVectors
from .greedy import grow_clusters
from .measured import label_clusters
from .nearby import gather_neighbours
from .results import Cluster as Cluster, Clustering, ClusterSettings

MODES = ("adaptive", "fixed", "neighbors")
THRESHOLDS = {"adaptive": None, "fixed": 0.5, "neighbors": 0.2}
"""Cosine that members are above, where the user does not say."""


def cluster_vocab(
    vectors: VocabVectors,
    *,
    mode: str = "adaptive",
    threshold: float | None = None,
    preserve: Iterable[str] = (),
    seeds: SeedLabels | None = None,
    settings: ClusterSettings | None = None,
    compatible: bool = False,
    progress: Progress | None = None,
) -> Clustering:
    """Cluster the vectors of a vocabulary.

    Greedy clusters (adaptive, fixed) hold neither special entries, pieces of words nor
    terms of one or two characters, but for those of `preserve`; none of these seeds a
    cluster. Neighbour clusters are made for all but special entries and single
    characters, and hold anything but special entries. Case variants are terms of their
    own; of entries that are spelled alike only the first counts.

    vectors (VocabVectors): V terms.
    mode (str): "adaptive" (a threshold for each term: where its tail ends), "fixed" or
        "neighbors".
    threshold (Optional[float]): Members are strictly above it, in [-1, 1]; when None
        0.5 for fixed, 0.2 for neighbors; adaptive needs none.
    preserve (Iterable[str]): Terms of one or two characters worth keeping as members.
    seeds (Optional[SeedLabels]): What people said of terms, in any case.
    settings (Optional[ClusterSettings]): Everything else.
    compatible (bool): The original's results, its bugs and spelling rules included.
    progress (Optional[Progress]): Called with the number of terms done, and of all.
    RETURNS (Clustering): Clusters, and the labels that terms get from them.
    RAISES (ConfigError): if mode or threshold cannot be.
    """
    settings = settings or ClusterSettings()
    threshold = _check(mode, threshold)
    preserve = list(preserve)
    kinds = TermKinds.read(vectors, compatible=compatible)
    cosines = Cosines(vectors, bin_width=settings.rule.bin_width)
    parameters = {
        "mode": mode,
        "threshold": threshold,
        "preserve": len(preserve),
        "seeds": len(seeds or {}),
        **asdict(settings),
        "compatible": compatible,
    }
    if mode == "neighbors":
        assert threshold is not None
        grown = gather_neighbours(
            cosines,
            kinds,
            threshold=threshold,
            seeds=seeds or {},
            settings=settings,
            compatible=compatible,
            progress=progress,
        )
    else:
        grown = grow_clusters(
            cosines,
            kinds,
            allowed=kinds.find_members(vectors, preserve),
            threshold=threshold,
            settings=settings,
            progress=progress,
        )
    return label_clusters(
        cosines,
        kinds,
        grown,
        seeds=seeds or {},
        singletons=mode != "neighbors",
        restrict=settings.restrict_to_bootstrap,
        compatible=compatible,
        parameters=parameters,
    )


def _check(mode: str, threshold: float | None) -> float | None:
    if mode not in MODES:
        message = Errors.E301.format(key="mode", value=mode, names=", ".join(MODES))
        raise ConfigError(message)
    if threshold is None or mode == "adaptive":
        return THRESHOLDS[mode]
    check_range("threshold", threshold, low=-1, high=1)
    return threshold
