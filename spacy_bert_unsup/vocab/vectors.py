"""The vocabulary as a table of vectors (spec part 1), and its cosines in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..errors import AssetsError, Errors
from ..types import Bools, Floats, Ints
from ..util import fingerprint

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


@dataclass(frozen=True)
class VocabVectors:
    """A term and a vector for every entry of a vocabulary.

    terms (list[str]): V entries as the vocabulary spells them, markers included.
    matrix (Floats): (V, D) vectors, not normalised.
    surfaces (list[str]): V entries without markers; "" for special and unused ones.
    continues (Bools): (V,) True where an entry continues a word ("##itis").
    RAISES (AssetsError): if the four do not have the same length.
    """

    terms: list[str]
    matrix: Floats
    surfaces: list[str]
    continues: Bools

    def __post_init__(self) -> None:
        sizes = (len(self.terms), len(self.matrix), len(self.surfaces))
        if len({*sizes, len(self.continues)}) > 1:
            raise AssetsError(Errors.E201.format(sizes=sizes))

    @classmethod
    def from_mlm(cls, lm: MaskedLM) -> VocabVectors:
        """Take the decoder rows of a model: the space in which it predicts.

        lm (MaskedLM): The model.
        RETURNS (VocabVectors): Its vocabulary.
        """
        return cls(lm.terms, lm.rows(), lm.surface(), lm.is_continuation())

    @classmethod
    def from_wordpieces(cls, terms: list[str], matrix: Floats) -> VocabVectors:
        """Read `##` and `[...]` as WordPiece does (spec, general conventions).

        terms (list[str]): V entries.
        matrix (Floats): (V, D) vectors.
        RETURNS (VocabVectors): The table.
        """
        continues = np.array([t.startswith("##") and len(t) > 2 for t in terms], bool)
        surfaces = [
            "" if t.startswith("[") and t.endswith("]") and len(t) > 2 else t
            for t in terms
        ]
        surfaces = [s[2:] if c else s for s, c in zip(surfaces, continues, strict=True)]
        return cls(terms, np.asarray(matrix, np.float32), surfaces, continues)

    def __len__(self) -> int:
        return len(self.terms)

    @cached_property
    def unit(self) -> Floats:
        """(V, D) rows of length 1; a zero row stays zero, so its cosines are 0."""
        norms = np.linalg.norm(self.matrix, axis=1, keepdims=True)
        return (self.matrix / np.where(norms > 0, norms, 1)).astype(np.float32)

    @cached_property
    def usable(self) -> Bools:
        """(V,) entries that can mean something: not special, unused or zero."""
        named = np.array([bool(s) for s in self.surfaces], bool)
        return named & (np.abs(self.matrix).max(axis=1, initial=0) > 0)

    @cached_property
    def index(self) -> dict[tuple[str, bool], int]:
        """(surface, continues a word) -> id; the first entry wins."""
        found: dict[tuple[str, bool], int] = {}
        keys = zip(self.surfaces, self.continues.tolist(), strict=True)
        for i, key in enumerate(keys):
            if key[0]:
                found.setdefault(key, i)
        return found

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over terms and vectors."""
        return fingerprint(self.terms, self.matrix)

    def without_common(self, components: int) -> VocabVectors:
        """Take out what all vectors share: their mean and first principal components.

        components (int): Number of components; -1 changes nothing.
        RETURNS (VocabVectors): The same terms with other vectors; entries that cannot
            be used, or of which nothing is left, get a zero vector.
        """
        if components < 0:
            return self
        used = self.matrix[self.usable].astype(np.float64)
        centred = used - used.mean(axis=0)
        _, axes = np.linalg.eigh(centred.T @ centred)
        top = axes[:, max(0, len(axes) - components) :]
        rest = centred - centred @ top @ top.T
        lengths = np.linalg.norm(rest, axis=1)
        rest[lengths < 1e-6 * np.linalg.norm(used, axis=1)] = 0  # rounding errors
        matrix = np.zeros_like(self.matrix)
        matrix[self.usable] = rest
        return replace(self, matrix=matrix)

    def cosine_blocks(
        self, ids: Ints | None = None, *, block: int = 1024
    ) -> Iterator[tuple[Ints, Floats]]:
        """Cosines of some entries with all others, never the whole matrix at once.

        ids (Optional[Ints]): Entries to compare; all when None.
        block (int): Rows per product; peak memory is block * V floats.
        YIELDS (tuple[Ints, Floats]): (B,) ids and their (B, V) cosines.
        """
        ids = np.arange(len(self), dtype=np.int32) if ids is None else ids
        for start in range(0, len(ids), block):
            part = ids[start : start + block]
            yield part, self.unit[part] @ self.unit.T
