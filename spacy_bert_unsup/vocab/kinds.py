"""What a vocabulary entry may do in clusters: seed one, be in one, or neither.

Two rules. Ours goes by what the tokenizer says, so that it holds for every kind of
marker ("##s", "Ġthe", "▁the"): an entry without a surface is special, an entry that
continues a word is a subword, and length is that of the surface ("##s" has 3 characters
under every marker). The original's goes by spelling: "[" and "#" at the start, and the
length of the whole entry (spec, general conventions); so the plain brackets and hashes
are special and subword there.

Of entries spelled alike only the first is a term.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Ints
from .labels import CONTINUES
from .vectors import VocabVectors


@dataclass(frozen=True)
class TermKinds:
    """Flags and names of V entries.

    special (Bools): (V,) no terms of the language: [CLS], [unused1].
    subword (Bools): (V,) pieces that continue a word.
    length (Ints): (V,) characters.
    first (Bools): (V,) False for an entry that is spelled like an earlier one.
    names (list[str]): (V,) how seed labels and preserve lists write the entry, case
        folded: "##itis".
    """

    special: Bools
    subword: Bools
    length: Ints
    first: Bools
    names: list[str]

    @classmethod
    def read(cls, vectors: VocabVectors, *, compatible: bool = False) -> TermKinds:
        """Find out what the entries of a vocabulary are.

        vectors (VocabVectors): V entries.
        compatible (bool): By the original's rule.
        RETURNS (TermKinds): Their kinds.
        """
        terms = vectors.terms
        if compatible:
            special = [term.startswith("[") for term in terms]
            subword = [term.startswith("#") for term in terms]
            length = [len(term) for term in terms]
            names = [term.lower() for term in terms]
        else:
            special = [not surface for surface in vectors.surfaces]
            subword = vectors.continues.tolist()
            pairs = zip(vectors.surfaces, subword, strict=True)
            names = [CONTINUES * mark + text for text, mark in pairs]
            length = [len(name) for name in names]
            spelled = zip(names, terms, strict=True)
            names = [(name or term).lower() for name, term in spelled]
        return cls(
            np.array(special, bool),
            np.array(subword, bool),
            np.array(length, np.int32),
            _mark_first(terms),
            names,
        )

    @property
    def filtered(self) -> Bools:
        """(V,) special or subword: neither seed nor member of a greedy cluster."""
        return self.special | self.subword

    def find_members(self, vectors: VocabVectors, preserve: Iterable[str]) -> Bools:
        """Entries that may be members of greedy clusters (spec 2.6, step 4).

        vectors (VocabVectors): V entries.
        preserve (Iterable[str]): Terms of one or two characters worth keeping.
        RETURNS (Bools): (V,).
        """
        kept = set(preserve)
        spelled = zip(vectors.terms, vectors.surfaces, strict=True)
        named = [term in kept or text in kept for term, text in spelled]
        return ~self.filtered & self.first & ((self.length > 2) | np.array(named, bool))

    def find_seeds(self) -> Bools:
        """Entries that may seed a greedy cluster (spec 2.6, step 2).

        One- and two-character terms may not, not even preserved ones.

        RETURNS (Bools): (V,).
        """
        return ~self.filtered & self.first & (self.length > 2)


def _mark_first(terms: list[str]) -> Bools:
    first = dict(zip(reversed(terms), range(len(terms) - 1, -1, -1), strict=True))
    found = np.zeros(len(terms), bool)
    found[list(first.values())] = True
    return found
