"""Spread the labels of a few terms over the whole vocabulary (spec 3.4).

Every term looks at its nearest neighbours until it has met enough labelled ones; the
labels met there are the labels of its neighbourhood. They are its own labels, or, as in
the original, those of every member, so that a term hears from all the neighbourhoods
that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ConfigError, Errors
from ..types import Bools, Floats, Ints, Progress
from .vectors import VocabVectors


@dataclass(frozen=True)
class Propagation:
    """How far labels are carried.

    min_cosine (float): Neighbours are strictly above it, in [-1, 1].
    picks (int): A neighbourhood ends with its n-th labelled member.
    max_members (int): And has no more members than this.
    components (int): Directions shared by all terms that are taken out of the vectors
        first: the mean, then this many principal components (Mu & Viswanath 2018,
        "All-but-the-Top"). The mean cannot matter to a prediction (it adds the same to
        every score), and the first component says how frequent a term is. -1 leaves
        the vectors as they are (the original).
    power (float): A member's labels weigh cosine ** power; 0 counts heads (the
        original).
    spread (str): "own" or "members" (the original): who takes over the labels of a
        neighbourhood. Labels of hidden seeds are guessed better with "own".
    """

    min_cosine: float = 0.2
    picks: int = 20
    max_members: int = 100
    components: int = 1
    power: float = 3.0
    spread: str = "own"

    def __post_init__(self) -> None:
        if self.spread not in ("own", "members"):
            message = Errors.E301.format(
                key="spread", value=self.spread, names="own, members"
            )
            raise ConfigError(message)
        if self.picks < 1 or self.max_members < 1:
            raise ConfigError(Errors.E303.format(key="picks and max_members", least=1))


ORIGINAL = Propagation(components=-1, power=0.0, spread="members")
"""The limits of spec 3.4."""


def propagate_labels(
    vectors: VocabVectors,
    seeds: Mapping[int, Sequence[str]],
    labels: Sequence[str],
    *,
    how: Propagation | None = None,
    progress: Progress | None = None,
) -> Floats:
    """Give every vocabulary term a count for every label.

    Special, unused and zero-vector entries neither vote nor get labels (BUG of the
    original, mended). Ties in cosine keep the order of the vocabulary (spec 2.5).

    vectors (VocabVectors): V terms.
    seeds (Mapping[int, Sequence[str]]): Vocabulary id -> its labels.
    labels (Sequence[str]): The L columns of the result; others are ignored.
    how (Optional[Propagation]): Limits.
    progress (Optional[Progress]): Told terms done, and all terms.
    RETURNS (Floats): (V, L) counts, >= 0.
    """
    how = how or Propagation()
    own = seed_matrix(len(vectors), seeds, labels)
    labelled = own.any(axis=1) & vectors.usable
    vectors = vectors.without_common(how.components)
    counts = np.zeros_like(own)
    ids = np.flatnonzero(vectors.usable).astype(np.int32)
    done = 0
    for part, cosines in vectors.cosine_blocks(ids):
        members, closeness = _neighbourhoods(cosines, vectors.usable, labelled, how)
        weights = np.maximum(closeness, 0) ** how.power * (members >= 0)
        heard = np.einsum("bm,bml->bl", weights.astype(np.float32), own[members])
        if how.spread == "own":
            counts[part] = heard
        else:
            owner, place = np.nonzero(members >= 0)
            _add_rows(counts, members[owner, place], heard[owner])
        if progress is not None:
            done += len(part)
            progress(done, len(ids))
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
) -> tuple[Ints, Floats]:
    """(B, M) member ids, nearest first, -1 where a row has ended; and their cosines."""
    cosines[:, ~usable] = -2
    size = min(how.max_members, cosines.shape[1])
    nearest = np.argpartition(-cosines, size - 1, axis=1)[:, :size]
    exact = np.take_along_axis(cosines, nearest, 1)
    rounded = np.rint(exact * 100)
    order = np.lexsort((nearest, -rounded), axis=1)  # ties at two decimals: by id
    nearest, exact, rounded = (
        np.take_along_axis(values, order, 1) for values in (nearest, exact, rounded)
    )
    close = rounded > round(how.min_cosine * 100, 6)  # 0.29 * 100 is below 29
    met = np.cumsum(labelled[nearest] & close, axis=1)
    before = np.pad(met[:, :-1], ((0, 0), (1, 0)))
    members = np.where(close & (before < how.picks), nearest, -1)
    return members.astype(np.int32), exact


def _add_rows(table: Floats, rows: Ints, values: Floats) -> None:
    """`np.add.at(table, rows, values)`, many times faster: sorted, then summed."""
    if len(rows):
        order = np.argsort(rows, kind="stable")
        rows, first = np.unique(rows[order], return_index=True)
        table[rows] += np.add.reduceat(values[order], first, axis=0)
