"""Cosines of a vocabulary, rounded exactly, without ever holding V x V numbers.

Spec 2 rounds every cosine to a bin of .01 and counts, so a value at the edge between
two bins must fall on the right side. Products are made in float32; the few values that
lie closer to an edge than its errors are computed again in float64, summed in the order
of the dimensions: by the same additions as a loop over them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import AssetsError, ConfigError, Errors
from ...types import Bools, Floats, Ints
from ..vectors import VocabVectors

Doubles: TypeAlias = NDArray[np.float64]
Bins: TypeAlias = NDArray[np.int16]
Places: TypeAlias = NDArray[np.integer]

BLOCK_VALUES = 2**23
"""Products held at a time (a block of rows x V): 32 MB of float32."""
ROUND_VALUES = 2**16
"""Products rounded in one go: they stay in the cache."""
PAIR_VALUES = 2**19
"""Numbers in one go of the exact products."""


class Cosines:
    """Rounded cosines between vocabulary terms (spec 2.1): bins are whole numbers.

    vectors (VocabVectors): V terms; a zero vector has cosine 0 with everything.
    bin_width (float): Width of a bin; .01 makes hundredths. Bins go from -last to last.
    RAISES (ConfigError): if the width is not in [0.001, 0.5].
    RAISES (AssetsError): if a vector has numbers that are not finite.
    """

    def __init__(self, vectors: VocabVectors, *, bin_width: float = 0.01) -> None:
        check_range("bin_width", bin_width, low=0.001, high=0.5)
        self.vectors = vectors
        self.bin_width = bin_width
        self.scale = round(1 / bin_width, 6)
        self.last = int(np.ceil(self.scale))
        self.norms = np.concatenate(
            [row_lengths(vectors.matrix[part]) for part in self._parts(len(vectors))]
            or [np.zeros(0)]
        )
        for row in np.flatnonzero(~np.isfinite(self.norms))[:1].tolist():
            message = Errors.E224.format(
                where="The vocabulary", row=row + 1, term=vectors.terms[row]
            )
            raise AssetsError(message)
        self.unit: Floats = np.empty(vectors.matrix.shape, np.float32)
        for part in self._parts(len(vectors)):
            self.unit[part] = self.rows(part)
        self.squares: Floats = (self.norms > 0).astype(np.float32)
        # Ten times the largest error seen: rounding errors of a sum of D products
        # wander, so that they grow with the root of D.
        size = vectors.matrix.shape[1]
        self.error = float(2**-24 * (8 + 3 * np.sqrt(size)))

    @property
    def block(self) -> int:
        """Rows of a block: so many that their products fit."""
        return max(16, min(512, BLOCK_VALUES // max(1, len(self.vectors))))

    @property
    def tile(self) -> int:
        """Rows, and columns, of a square block: an eighth of that size, or less, so
        that there are four in a row and each thread has one."""
        most = math.isqrt(BLOCK_VALUES // 8)
        return max(16, min(most, -(-len(self.vectors) // 4)))

    def limit(self, threshold: float) -> float:
        """A threshold in bins; 0.29 becomes 29 although 0.29 * 100 is less.

        threshold (float): A cosine.
        RETURNS (float): It times the scale.
        """
        return round(threshold * self.scale, 6)

    def rows(self, ids: Places | slice) -> Doubles:
        """Vectors of length 1.

        ids (Places | slice): B terms.
        RETURNS (Doubles): (B, D); zero vectors stay zero.
        """
        norms = self.norms[ids]
        whole = self.vectors.matrix[ids].astype(np.float64)
        return whole / np.where(norms > 0, norms, 1)[:, None]

    def normalise(self, vector: NDArray[np.floating]) -> Doubles:
        """Make a row out of any vector, to compare it with the vocabulary.

        vector (NDArray): (D,) numbers.
        RETURNS (Doubles): (1, D) of length 1; a zero vector stays zero.
        RAISES (AssetsError): if it has another size than the vocabulary's vectors, or
            numbers that are not finite.
        """
        size = self.vectors.matrix.shape[1]
        row = np.asarray(vector, np.float64)[None]
        if row.shape != (1, size) or not np.isfinite(row).all():
            found = (
                f"shape {row.shape[1:]} with {np.isfinite(row).sum()} finite numbers"
            )
            raise AssetsError(Errors.E221.format(found=found, size=size))
        norm = row_lengths(row)[0]
        return row / (norm if norm > 0 else 1)

    def exact(self, left: Doubles, ids: Places) -> Doubles:
        """Unrounded cosines of rows with terms, pair by pair.

        left (Doubles): (n, D) rows, or (1, D) for all.
        ids (Places): (n,) terms.
        RETURNS (Doubles): (n,) cosines by the float64 rule.
        """
        step = max(1, PAIR_VALUES // max(1, self.unit.shape[1]))
        found = np.empty(len(ids))
        for start in range(0, len(ids), step):
            part = slice(start, start + step)
            ours = left if len(left) == 1 else left[part]
            found[part] = sum_in_order(self.rows(ids[part]) * ours)
        return found

    def products(
        self, left: Doubles, *, first: int = 0, last: int | None = None
    ) -> Floats:
        """Cosines in float32, off by at most `error`.

        left (Doubles): (B, D) rows.
        first (int): The first term to compare them with.
        last (Optional[int]): One past the last of n such terms; V when None.
        RETURNS (Floats): (B, n).
        """
        return left.astype(np.float32) @ self.unit[first:last].T

    def bins(self, left: Doubles, *, first: int = 0, last: int | None = None) -> Bins:
        """Rounded cosines of rows with the whole vocabulary.

        left (Doubles): (B, D) rows.
        first (int): The first term to compare them with.
        last (Optional[int]): One past the last of n such terms; V when None.
        RETURNS (Bins): (B, n) by the float64 rule.
        """
        products = self.products(left, first=first, last=last)
        return self.bins_of(left, products, first=first)

    def bins_of(self, left: Doubles, products: Floats, *, first: int = 0) -> Bins:
        """Rounded cosines of rows with terms, from their products.

        left (Doubles): (B, D) rows.
        products (Floats): (B, n) their cosines in float32; used up.
        first (int): The first of the n terms.
        RETURNS (Bins): (B, n) by the float64 rule.
        """
        found, unsure = self._round(products)
        rows, terms = find_marks(unsure)
        found[rows, terms] = self._settle(left, rows, terms + first)
        return found

    def bins_of_pairs(
        self, left: Doubles, rows: Places, terms: Places, products: Floats
    ) -> Bins:
        """Rounded cosines of some pairs.

        left (Doubles): (B, D) rows.
        rows (Places): (n,) places in `left`.
        terms (Places): (n,) ids.
        products (Floats): (n,) their cosines in float32; used up.
        RETURNS (Bins): (n,) by the float64 rule.
        """
        found, unsure = self._round(products)
        near = np.flatnonzero(unsure)
        found[near] = self._settle(left, rows[near], terms[near])
        return found

    def bin_blocks(
        self, ids: Ints | None = None, *, block: int | None = None
    ) -> Iterator[tuple[Ints, Bins]]:
        """Rounded cosines of some terms with all, a block at a time.

        ids (Optional[Ints]): Terms; all when None.
        block (Optional[int]): Rows of a block; as many as fit when None.
        YIELDS (tuple[Ints, Bins]): (B,) ids and (B, V) bins.
        """
        ids = np.arange(len(self.vectors), dtype=np.int32) if ids is None else ids
        step = block or self.block
        for start in range(0, len(ids), step):
            part = ids[start : start + step]
            yield part, self.bins(self.rows(part))

    def _round(self, products: Floats) -> tuple[Bins, Bools]:
        """Bins, and where float32 cannot tell on which side they are."""
        found = np.empty(products.shape, np.int16)
        unsure = np.empty(products.shape, bool)
        width = products.shape[-1] if products.ndim > 1 else 1
        step = max(1, ROUND_VALUES // max(1, width))
        for start in range(0, len(products), step):
            part = slice(start, start + step)
            rest = products[part]
            rest *= np.float32(self.scale)
            whole = np.rint(rest)
            found[part] = whole
            rest -= whole
            np.abs(rest, out=rest)
            np.greater(rest, 0.5 - self.error * self.scale, out=unsure[part])
        return found, unsure

    def _settle(self, left: Doubles, rows: Places, terms: Places) -> Bins:
        step = max(1, PAIR_VALUES // max(1, self.unit.shape[1]))
        found = np.empty(len(rows), np.int16)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            exact = self.exact(left[rows[part]], terms[part])
            found[part] = np.rint(exact * self.scale)
        return found

    def _parts(self, size: int) -> list[slice]:
        return [slice(i, i + 1024) for i in range(0, size, 1024)]


def sum_in_order(values: Doubles) -> Doubles:
    """Sums of rows, added from left to right like a loop would.

    values (Doubles): (n, D).
    RETURNS (Doubles): (n,).
    """
    if not values.shape[1]:
        return np.zeros(len(values))
    return np.cumsum(values, axis=1)[:, -1]


def row_lengths(rows: NDArray[np.floating]) -> Doubles:
    """L2 lengths of rows.

    rows (NDArray): (n, D).
    RETURNS (Doubles): (n,).
    """
    return np.sqrt(sum_in_order(np.square(rows.astype(np.float64))))


def check_range(key: str, value: float, *, low: float, high: float) -> None:
    """Refuse a number that cannot work.

    key (str): Its name.
    value (float): The number.
    low (float): Least that can work.
    high (float): Most that can work.
    RAISES (ConfigError): if it is not between the two.
    """
    if not low <= value <= high:
        message = Errors.E220.format(key=key, value=value, low=low, high=high)
        raise ConfigError(message)


def find_marks(marked: Bools) -> tuple[Places, Places]:
    """Rows and columns of marks; a flat search is faster than `np.nonzero`.

    marked (Bools): (B, V).
    RETURNS (tuple[Places, Places]): (n,) rows, (n,) columns; row by row.
    """
    places = np.flatnonzero(marked)
    rows = places // max(1, marked.shape[1])
    return rows, places - rows * marked.shape[1]
