"""Small repairs of running text: white space, citations, sentences, split tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MISSING = "\ufffd"
"""Stands where something was taken out that the sentence needs (a formula, a link), or
where a character is broken: the filter drops the sentence."""
CITED = "\ufffc"
"""Stands on both sides of a citation or of the call-out of a figure."""

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_NUMBERS = rf"{CITED}[^A-Za-z{CITED}]*{CITED}"
_BRACKETS = re.compile(rf"\s*[(\[][^()\[\]]*[{CITED}{MISSING}][^()\[\]]*[)\]]")
_RUNS = re.compile(rf"\s*{_NUMBERS}(?:[\s,;–-]*{_NUMBERS})*")
_EMPTY = re.compile(r"\s*[(\[][\s,;:.–-]*[)\]]")
_SENTENCE = re.compile(
    rf"(?<=[.!?])\s+(?=[\"“'‘(\[]?[A-Z0-9{MISSING}])|(?<=[.!?][\"”’)])\s+(?=[A-Z])"
)


def tidy(text: str) -> str:
    """RETURNS (str): The same as NFC, in one line, without invisible characters."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return re.sub(r"\s+", " ", text).strip()


def drop_citations(text: str) -> str:
    """Drop what stands between `CITED` marks, if the sentence reads on without it.

    Brackets with a mark go as a whole, and so do numbers; words stay ("Smith (1958)
    saw", "as Figure 2 shows").

    RETURNS (str): Text without these marks.
    """
    text = _RUNS.sub("", _BRACKETS.sub("", text)).replace(CITED, "")
    return re.sub(r"\s+(?=[.,;:)\]])", "", _EMPTY.sub("", text))


def split_sentences(text: str) -> list[str]:
    """RETURNS (list[str]): Sentences, by punctuation and capitals; none is lost."""
    return _SENTENCE.split(text)


def join_tokens(tokens: Iterable[str], *, hyphens: bool = False) -> str:
    """Write tokens as running text.

    hyphens (bool): Whether hyphens, slashes and decimal points were split off inside
        of words and numbers, so that they are joined on both sides.
    """
    text = " ".join(tokens).replace("``", '"').replace("''", '"')
    text = re.sub(r'"\s+([^"]*?)\s+"', r'"\1"', text)
    text = re.sub(r"\s+([.,;:!?%)\]}’]|n't\b|'(?:s|re|ve|ll|d|m)\b)", r"\1", text)
    text = re.sub(r"([(\[{$£€])\s+", r"\1", text)
    if hyphens:
        text = re.sub(r"\s+'\s+s\b", "'s", text)
        text = re.sub(r"(?<=\w) ([-/]) (?=\w)", r"\1", text)
        text = re.sub(r"(?<=\d)(\.) (?=\d)|(?<=\d)(,) (?=\d{3}\b)", r"\1\2", text)
    return text
