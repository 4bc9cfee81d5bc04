"""What may stay: paragraphs that are prose, and that no evaluation set knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spacy_bert_unsup.errors import InputError

from .text import MISSING, split_sentences, tidy

LONGEST = 600
"""Words of a paragraph; a longer one is split at sentence ends."""
LETTERS, CAPITALS, LATIN, FUNCTION_WORDS = 0.78, 0.3, 0.9, 0.05
"""Least share of letters (of all but blanks), largest of capitals and least of Latin
letters (of the letters), least of function words (of the words)."""
SHARED = 13
"""Words in a row that a paragraph must not share with an evaluation set; of that
set's shorter sentences, down to `SHORT` words, all of them."""
SHORT = 8

_START = re.compile(r"[\"“'‘(\[]*(?:[A-Z0-9À-ÞΑ-Ωα-ω$]|[a-z]{1,3}[A-Z])")
_END = re.compile(r"[.!?][\"”'’)\]]*$")
_UNWANTED = re.compile(r"\S@\S+\.\w|https?:|www\.")
_FUNCTION = frozenset(
    "a an and are as at be been but by for from had has have he her his i if in into "
    "is it its may no not of on or our she than that the their them there these they "
    "this to was we were when which who will with would you your".split()
)


def keep_prose(paragraph: str, least: int) -> Iterator[str]:
    """Clean one paragraph, and part it where it is too long.

    least (int): Words that a paragraph must have.
    YIELDS (str): What is prose of it, in one line each.
    """
    text = tidy(paragraph)
    if MISSING in text:
        text = " ".join(part for part in split_sentences(text) if MISSING not in part)
    yield from (part for part in split_long(text) if is_prose(part, least))


def split_long(text: str) -> Iterator[str]:
    """Split at sentence ends, so that parts have `LONGEST` words at most.

    A single sentence that is longer stays whole.
    """
    part: list[str] = []
    words = 0
    for sentence in split_sentences(text):
        size = len(sentence.split())
        if part and words + size > LONGEST:
            yield " ".join(part)
            part, words = [], 0
        part.append(sentence)
        words += size
    if part:
        yield " ".join(part)


def is_prose(text: str, least: int) -> bool:
    """Whether a text reads like English sentences.

    It starts like one and ends like one, has `least` words, is mostly Latin letters,
    few of them capitals, and holds function words; it has no e-mail address or link.
    """
    words = text.split()
    letters = [char for char in text if char.isalpha()]
    signs = sum(not char.isspace() for char in text)
    if len(words) < least or len(letters) < LETTERS * signs:
        return False
    if not _START.match(text) or not _END.search(text) or _UNWANTED.search(text):
        return False
    capitals = sum(char.isupper() for char in letters)
    latin = sum(char < "\u0250" for char in letters)
    common = sum(word.lower().strip(".,;:()\"'“”") in _FUNCTION for word in words)
    return (
        capitals <= CAPITALS * len(letters)
        and latin >= LATIN * len(letters)
        and common >= FUNCTION_WORDS * len(words)
    )


class Exclusion:
    """Knows the word sequences of evaluation sets, in whatever way they are split.

    texts (Iterable[str]): Their sentences.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.runs: set[str] = set()
        self.sentences: set[str] = set()
        for text in texts:
            words = _plain_words(text)
            self.runs.update(_runs(words))
            if SHORT <= len(words) < SHARED:
                self.sentences.add(" ".join(words))

    @classmethod
    def from_files(cls, paths: Sequence[Path]) -> Exclusion:
        """Read evaluation sets: .conll, .tsv and .iob hold a token a line, in the
        first column; other files hold a sentence a line.

        RAISES (InputError): If a file cannot be read.
        """
        return cls(text for path in paths for text in _read_sentences(path))

    def knows(self, paragraph: str) -> bool:
        """Whether a paragraph shares a run of words, or a short sentence."""
        if not self.runs.isdisjoint(_runs(_plain_words(paragraph))):
            return True
        return bool(self.sentences) and any(
            " ".join(_plain_words(sentence)) in self.sentences
            for sentence in split_sentences(paragraph)
        )


def _plain_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _runs(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words) - SHARED + 1):
        yield " ".join(words[start : start + SHARED])


def _read_sentences(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"Cannot read {path}, named by --exclude: {error}. Name text files in "
            "UTF-8: .conll, .tsv or .iob with a token a line, others a sentence a line."
        ) from error
    if path.suffix not in (".conll", ".tsv", ".iob"):
        yield from text.splitlines()
        return
    for block in re.split(r"\n\s*\n", text):
        lines = (line for line in block.splitlines() if line.strip())
        yield " ".join(line.split()[0] for line in lines)
