"""Find the vocabulary entry that a user means, or the nearest spellings."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import Errors, InputError
from .labels import seed_key
from .vectors import VocabVectors

MANY = 5


def find_term(vectors: VocabVectors, term: str) -> int:
    """Find an entry of a vocabulary.

    `cell` is the entry that starts a word (in the vocabularies of other tokenizers
    "Ġcell" or "▁cell"), `##itis` the one that continues a word. Whatever else the
    vocabulary has is found as it is spelled there: "[MASK]", "Ġcell".

    vectors (VocabVectors): The vocabulary.
    term (str): What the user wrote.
    RETURNS (int): Its id; the first one of duplicates.
    RAISES (InputError): if there is none, with the nearest spellings.
    """
    found = vectors.index.get(seed_key(term))
    if found is not None:
        return found
    if term and term in vectors.terms:
        return vectors.terms.index(term)
    near = suggest_spellings(term, vectors.terms)
    hint = f"Near to it: {', '.join(near)}." if near else "Nothing is near to it."
    raise InputError(Errors.E240.format(term=term, size=len(vectors), hint=hint))


def suggest_spellings(
    term: str, known: Iterable[str], *, many: int = MANY
) -> list[str]:
    """The nearest spellings of a word that is not known.

    Two seconds at worst for 100,000 known words, mostly less than half a second.

    term (str): The word.
    known (Iterable[str]): Words that exist.
    many (int): At most so many.
    RETURNS (list[str]): Other cases of the word first, then by their common parts.
    """
    words = [word for word in dict.fromkeys(known) if word]
    same = [word for word in words if word.lower() == term.lower()]
    near = get_close_matches(term, words, n=many, cutoff=0.6)
    return list(dict.fromkeys([*same, *near]))[:many]
