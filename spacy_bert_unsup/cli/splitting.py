"""Cut very long texts into parts, at ends of sentences where there are any."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|[。！？｡]+|\n")
_SPACE = re.compile(r"\s")


def split_text(text: str, most: int) -> Iterator[tuple[int, int]]:
    """Cut a text; a cut is made after the last end of a sentence that fits.

    Where there is none in the second half of a part, the last white space is taken, and
    where there is none of that either, the last character that fits.

    text (str): Any.
    most (int): Characters of a part, at least 1.
    YIELDS (tuple[int, int]): First character of each part and one past its last; they
        follow each other without a gap.
    """
    start = 0
    while len(text) - start > most:
        end = _last_end(_SENTENCE_END, text, start, most)
        end = end or _last_end(_SPACE, text, start, most) or start + most
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _last_end(pattern: re.Pattern[str], text: str, start: int, most: int) -> int | None:
    """Where the last match in the second half of a part ends."""
    ends = [m.end() for m in pattern.finditer(text, start + most // 2, start + most)]
    return ends[-1] if ends else None
