"""The words of the seed labels, and where they stand in piece ids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..types import Floats
from .data import Flags, Ids

LONGEST = 16
"""Pieces of a word; longer ones are not found."""
SEED = 7
"""Of the hash."""

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class SeedWords:
    """W seed terms that are single words, and L labels.

    allowed (Flags): (2W, L) what a word may be where it stands by itself; and, in the
        second half, as the last of several, where a kind word ("disease") is an entity.
    entity, kind (Flags): (W,) words that are mostly entities; that name a kind of them.
    numeral (Flags): (W,) words that begin with a digit.
    rates (Floats): (W,) how often it is asked what a word is, in [0, 1].
    held_out (Flags): (W,) words that training never asks about.
    entries (Ids): (E,) vocabulary entries that vote: whole words among the seeds.
    votes (Floats): (E, L) what they speak for; each row sums to 1.
    hashes (Hashes): (F,) of the forms in which the words are found, ascending.
    rows (Ids): (F,) the word of each form.
    digest (str): Changes with the seeds and with what is asked about them.
    """

    allowed: Flags
    entity: Flags
    kind: Flags
    numeral: Flags
    rates: Floats
    held_out: Flags
    entries: Ids
    votes: Floats
    hashes: Hashes
    rows: Ids
    digest: str

    def find(self, pieces: Ids, begins: Ids) -> Ids:
        """Look words up.

        pieces (Ids): (P,) vocabulary ids.
        begins (Ids): (N,) where each word begins; the first at 0.
        RETURNS (Ids): (N,) words of the seeds, -1 for others.
        """
        wanted = hash_words(pieces, begins)
        place = np.searchsorted(self.hashes, wanted).clip(max=len(self.hashes) - 1)
        return np.where(self.hashes[place] == wanted, self.rows[place], -1)


def hash_words(pieces: Ids, begins: Ids) -> Hashes:
    """Numbers that tell words apart by their pieces.

    pieces (Ids): (P,) vocabulary ids.
    begins (Ids): (N,) where each word begins; the first at 0.
    RETURNS (Hashes): (N,), 0 for words of more than `LONGEST` pieces.
    """
    factors = np.random.default_rng(SEED).integers(1, 2**63, LONGEST, dtype=np.uint64)
    sizes = np.diff(np.append(begins, len(pieces)))
    place = np.arange(len(pieces)) - np.repeat(begins, sizes)
    with np.errstate(over="ignore"):
        parts = (pieces.astype(np.uint64) + np.uint64(1)) * factors[place % LONGEST]
        sums = np.add.reduceat(parts, begins)
    return np.where(sizes > LONGEST, np.uint64(0), sums)
