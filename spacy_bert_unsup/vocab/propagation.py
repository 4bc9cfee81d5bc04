"""Spread the labels of a few terms over the whole vocabulary (spec 3.4).

Every term looks at its nearest neighbours until it has met enough labelled ones; the
labels met there are the labels of the neighbourhood; every member of a neighbourhood
takes them over, so a term hears from all the neighbourhoods that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Floats, Ints
from .vectors import VocabVectors


@dataclass(frozen=True)
class Propagation:
    """How far labels are carried.

    min_cosine (float): Neighbours are strictly above it, in [0, 1].
    picks (int): A neighbourhood ends with its n-th labelled member.
    max_members (int): And has no more members than this.
    """

    min_cosine: float = 0.2
    picks: int = 20
    max_members: int = 100


def propagate_labels(
    vectors: VocabVectors,
    seeds: Mapping[int, Sequence[str]],
    labels: Sequence[str],
    *,
    how: Propagation | None = None,
) -> Floats:
    """Give every vocabulary term a count for every label.

    Special, unused and zero-vector entries neither vote nor get labels (BUG of the
    original, mended). Ties in cosine keep the order of the vocabulary (spec 2.5).

    vectors (VocabVectors): V terms.
    seeds (Mapping[int, Sequence[str]]): Vocabulary id -> its labels.
    labels (Sequence[str]): The L columns of the result; others are ignored.
    how (Optional[Propagation]): Limits.
    RETURNS (Floats): (V, L) counts, >= 0.
    """
    how = how or Propagation()
    own = seed_matrix(len(vectors), seeds, labels)
    counts = np.zeros_like(own)
    labelled = own.any(axis=1) & vectors.usable
    ids = np.flatnonzero(vectors.usable).astype(np.int32)
    for part, cosines in vectors.cosine_blocks(ids):
        members = _neighbourhoods(cosines, vectors.usable, labelled, how)
        # Members x labels of each neighbourhood, then back to all its members.
        owner, member = np.nonzero(members >= 0)
        member = members[owner, member]
        heard = np.zeros((len(part), len(labels)), np.float32)
        np.add.at(heard, owner, own[member])
        np.add.at(counts, member, heard[owner])
    return counts


def seed_matrix(
    size: int, seeds: Mapping[int, Sequence[str]], labels: Sequence[str]
) -> Floats:
    """Lay seed labels out as a table.

    size (int): V.
    seeds (Mapping[int, Sequence[str]]): Vocabulary id -> labels.
    labels (Sequence[str]): The L columns.
    RETURNS (Floats): (V, L) of 0 and 1.
    """
    column = {label: i for i, label in enumerate(labels)}
    table = np.zeros((size, len(labels)), np.float32)
    for i, names in seeds.items():
        for name in names:
            if name in column:
                table[i, column[name]] = 1
    return table


def _neighbourhoods(
    cosines: Floats, usable: Bools, labelled: Bools, how: Propagation
) -> Ints:
    """(B, M) member ids of each row, nearest first, -1 where a row has ended."""
    rounded = np.rint(cosines * 100)  # spec: ties are ties at two decimals
    rounded[:, ~usable] = -101
    size = min(how.max_members, rounded.shape[1])
    # Stable order within ties: vocabulary order breaks them.
    keys = rounded.astype(np.int64) * rounded.shape[1] - np.arange(rounded.shape[1])
    nearest = np.argpartition(-keys, size - 1, axis=1)[:, :size]
    order = np.argsort(-np.take_along_axis(keys, nearest, 1), axis=1)
    nearest = np.take_along_axis(nearest, order, 1)
    close = np.take_along_axis(rounded, nearest, 1) > how.min_cosine * 100
    met = np.cumsum(labelled[nearest] & close, axis=1)
    before = np.pad(met[:, :-1], ((0, 0), (1, 0)))
    return np.where(close & (before < how.picks), nearest, -1).astype(np.int32)
