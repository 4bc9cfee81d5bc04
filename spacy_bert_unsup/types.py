"""Names for the arrays and small records that pass between the floors.

Shapes use these letters: V vocabulary entries, D vector size, L labels, T tokens of a
text, N pieces of a text, Q queries, K top terms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]

TokenSpan: TypeAlias = tuple[int, int]
"""First token and one past the last token, as in ``doc[start:end]``."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told now and then how much of a long work is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of a running text, without special tokens.

    ids (Ints): (N,) vocabulary ids.
    starts (Ints): (N,) first character of each piece in the text.
    ends (Ints): (N,) one past the last character of each piece.
    """

    ids: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Query:
    """One masked sequence: what the model reads, and where the answer is wanted.

    ids (Ints): (n,) piece ids with the special tokens and masks in place.
    positions (Ints): (m,) places in `ids` whose predictions are averaged; m >= 1.
    """

    ids: Ints
    positions: Ints


@dataclass(frozen=True, slots=True)
class TopTerms:
    """The vocabulary terms that a model would put at each query's place.

    ids (Ints): (Q, K) vocabulary ids, most probable first; -1 where fewer than K are
        allowed.
    probs (Floats): (Q, K) probabilities out of the softmax over the whole vocabulary.
    logits (Floats): (Q, K) scores before the softmax, bias included.
    """

    ids: Ints
    probs: Floats
    logits: Floats

    @classmethod
    def empty(cls, size: int, top_k: int) -> TopTerms:
        """Answers to queries that were not asked: ids -1.

        size (int): Q.
        top_k (int): K.
        RETURNS (TopTerms): (Q, K).
        """
        shape = (size, top_k)
        return cls(
            np.full(shape, -1, dtype=np.int32),
            np.zeros(shape, dtype=np.float32),
            np.full(shape, -np.inf, dtype=np.float32),
        )

    def put(self, rows: Ints, other: TopTerms) -> None:
        """Write answers into some of the rows.

        rows (Ints): (N,) which ones.
        other (TopTerms): (N, K).
        """
        self.ids[rows] = other.ids
        self.probs[rows] = other.probs
        self.logits[rows] = other.logits

    def take(self, rows: Ints) -> TopTerms:
        """The answers to some of the queries.

        rows (Ints): (N,) which ones, in any order.
        RETURNS (TopTerms): (N, K).
        """
        return TopTerms(self.ids[rows], self.probs[rows], self.logits[rows])
