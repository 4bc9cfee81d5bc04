"""What a person who labels a unit wants to see: a suggestion, and what is near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...types import Floats, Ints
from ..propagation import Propagation, seed_matrix
from ..vectors import VocabVectors


@dataclass(frozen=True)
class Advice:
    """What the neighbourhood of a unit says.

    label (str): What its nearest labelled terms are, "" if none is near enough.
    share (float): That label's share of their vote, 0 to 1.
    neighbours (tuple[int, ...]): Nearest terms outside the unit, nearest first.
    """

    label: str
    share: float
    neighbours: tuple[int, ...]


@dataclass(frozen=True)
class Adviser:
    """Looks at units with the vectors and limits of the propagation.

    vectors (VocabVectors): The vocabulary without what all its vectors share.
    how (Propagation): Who votes, and with what weight.
    neighbours (int): How many to list.
    block (int): Units per product; peak memory is block * V floats.
    """

    vectors: VocabVectors
    how: Propagation
    neighbours: int = 8
    block: int = 512

    @classmethod
    def of(
        cls, vectors: VocabVectors, *, how: Propagation, neighbours: int = 8
    ) -> Adviser:
        """Make an adviser for a vocabulary.

        vectors (VocabVectors): The vocabulary.
        how (Propagation): Limits.
        neighbours (int): How many to list.
        RETURNS (Adviser): For any number of questions.
        """
        return cls(vectors.without_common(how.components), how, neighbours)

    def advise(
        self, units: Sequence[Ints], matched: Mapping[int, Sequence[str]]
    ) -> list[Advice]:
        """Look at some units.

        units (Sequence[Ints]): Term ids of each, at least one.
        matched (Mapping[int, Sequence[str]]): Vocabulary id -> labels by people.
        RETURNS (list[Advice]): In the same order.
        """
        names = list(dict.fromkeys(n for found in matched.values() for n in found))
        known = np.array(sorted(matched), np.int32)
        table = seed_matrix(len(self.vectors), matched, names)[known]
        found: list[Advice] = []
        for start in range(0, len(units), self.block):
            part = units[start : start + self.block]
            cosines = self._cosines(part)
            for unit, row in zip(part, cosines, strict=True):
                row[unit] = -2  # its own terms are neither neighbours nor voters
                label, share = self._vote(row[known], table, names)
                found.append(Advice(label, share, self._nearest(row)))
        return found

    def _cosines(self, units: Sequence[Ints]) -> Floats:
        middles = np.stack([self.vectors.unit[ids].mean(axis=0) for ids in units])
        lengths = np.linalg.norm(middles, axis=1, keepdims=True)
        middles = (middles / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        cosines: Floats = middles @ self.vectors.unit.T
        cosines[:, ~self.vectors.usable] = -2
        return cosines

    def _vote(
        self, cosines: Floats, table: Floats, names: Sequence[str]
    ) -> tuple[str, float]:
        order = np.argsort(-cosines, kind="stable")[: self.how.picks]
        order = order[cosines[order] > self.how.min_cosine]
        votes = (cosines[order, None] ** self.how.power * table[order]).sum(axis=0)
        if not votes.any():
            return "", 0.0
        best = int(votes.argmax())
        return names[best], float(votes[best] / votes.sum())

    def _nearest(self, cosines: Floats) -> tuple[int, ...]:
        size = min(self.neighbours, len(cosines))
        if not size:
            return ()
        top = np.argpartition(-cosines, size - 1)[:size]
        order = top[np.lexsort((top, -cosines[top]))]
        return tuple(int(i) for i in order if cosines[i] > self.how.min_cosine)
