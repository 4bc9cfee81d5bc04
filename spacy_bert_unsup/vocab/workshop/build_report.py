"""What a build gave: how many terms have labels, from where, and a hash of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...types import Bools
from ..assets import ClusterAssets
from ..labels import dump_seed_labels, find_missing_seeds
from ..vectors import VocabVectors


def count_labelled(
    assets: ClusterAssets,
    vectors: VocabVectors,
    matched: Mapping[int, Sequence[str]],
    reached: Bools,
) -> dict[str, Any]:
    """Count the terms that each stage of a build labelled.

    assets (ClusterAssets): What was built.
    vectors (VocabVectors): The vocabulary.
    matched (Mapping[int, Sequence[str]]): Vocabulary id -> labels that people gave it.
    reached (Bools): (V,) terms of clusters in which somebody labelled a term.
    RETURNS (dict[str, Any]): `labels`, `seeds` (terms that people wrote), `by_people`
        (entries that they match), `by_clusters` and `by_propagation` (further ones),
        `labelled` and its `share` of the usable terms, `missing` seeds, `hash`.
    """
    by_people = np.zeros(len(vectors), bool)
    by_people[list(matched)] = True
    by_vote = assets.counts.any(axis=1)
    labelled = int((by_vote | by_people).sum())
    return {
        "labels": list(assets.scheme.labels),
        "seeds": len(assets.seeds),
        "by_people": int(by_people.sum()),
        "by_clusters": int((reached & ~by_people).sum()),
        "by_propagation": int((by_vote & ~by_people).sum()),
        "labelled": labelled,
        "share": round(labelled / max(int(vectors.usable.sum()), 1), 4),
        "missing": find_missing_seeds(assets.seeds, vectors),
        "hash": hash_assets(assets),
    }


def hash_assets(assets: ClusterAssets) -> str:
    """Name what was built, so that two people can see whether they have the same.

    Votes count to two decimals: the last digits differ between machines.

    assets (ClusterAssets): With their clusters.
    RETURNS (str): 16 hex digits.
    """
    votes = np.round(assets.counts.astype(np.float64), 2) + 0.0
    parts = [
        assets.fingerprint,
        dump_seed_labels(assets.seeds),
        json.dumps(assets.scheme.labels),
        json.dumps(dict(assets.scheme.parents), sort_keys=True),
        json.dumps(dict(assets.thresholds), sort_keys=True),
        assets.clusters,
    ]
    digest = hashlib.sha256("\0".join(parts).encode("utf8", "surrogatepass"))
    digest.update(votes.astype("<f8").tobytes())
    return digest.hexdigest()[:16]
