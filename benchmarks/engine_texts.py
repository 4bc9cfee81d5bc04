"""Texts for `benchmarks/engine.py`: windows of a given length, and long documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spacy_bert_unsup.mlm.text import EncodedText, TokenizedText, encode_texts
from spacy_bert_unsup.types import Ints

if TYPE_CHECKING:
    from spacy_bert_unsup.mlm.model import MaskedLM

GOLD = Path(__file__).parents[1] / "examples" / "gold"
LENGTHS = (16, 32, 64, 128)
"""Pieces of a window, the two special tokens included."""
WINDOWS = 75
"""Windows of each length: 300 in all."""


@dataclass(frozen=True)
class Work:
    """What every row of the table is asked: the words of some windows, one by one.

    texts (list[EncodedText]): One window each.
    spans (Ints): (S, 3) window, first token, one past the last: every word is asked.
    """

    texts: list[EncodedText]
    spans: Ints

    @property
    def words(self) -> int:
        """Words in the windows."""
        return len(self.spans)

    def few_words(self, size: int) -> Iterator[Work]:
        """The same work in parts of some words."""
        for start in range(0, len(self.spans), size):
            yield Work(self.texts, self.spans[start : start + size])

    def batches(self, size: int) -> Iterator[Work]:
        """The same work in parts of some windows."""
        for start in range(0, len(self.texts), size):
            texts = self.texts[start : start + size]
            rows = self.spans[:, 0]
            spans = self.spans[(rows >= start) & (rows < start + size)].copy()
            spans[:, 0] -= start
            yield Work(texts, spans)


def read_words() -> list[str]:
    """The words of the gold sentences, one after the other."""
    lines = [
        line
        for name in ("general", "biomedical")
        for line in (GOLD / f"{name}.conll").read_text(encoding="utf8").splitlines()
    ]
    return [line.split("\t")[0].split(" ")[0] for line in lines if line.strip()]


def cut_windows(lm: MaskedLM, pieces: int, *, windows: int = WINDOWS) -> Work:
    """Cut the words into windows that hold nearly a given number of pieces.

    lm (MaskedLM): Counts the pieces.
    pieces (int): Of a window, special tokens included; it may hold a few less.
    windows (int): How many.
    RETURNS (Work): Every word of them is asked.
    """
    words = read_words()
    sizes = [len(cut) for cut in lm.tokenize(words)]
    cut: list[list[str]] = [[]]
    used = 0
    for i in count():
        word, size = words[i % len(words)], sizes[i % len(words)]
        if used + size > pieces - 2:
            if len(cut) == windows:
                break
            cut.append([])
            used = 0
        cut[-1].append(word)
        used += size
    texts = [lay_out(found) for found in cut]
    encoded = encode_texts(lm, texts, window=pieces - 2, overlap=0)
    rows = [(i, t, t + 1) for i, found in enumerate(cut) for t in range(len(found))]
    return Work(encoded, np.array(rows, np.int32))


def lay_out(words: list[str]) -> TokenizedText:
    """Words with a space between each two."""
    ends = np.cumsum([len(word) + 1 for word in words]) - 1
    starts = ends - [len(word) for word in words]
    text = " ".join(words)
    return TokenizedText(text, starts.astype(np.int32), ends.astype(np.int32), (0,))


def long_documents(number: int = 20, words: int = 1000) -> list[str]:
    """Running texts that need many windows."""
    all_words = read_words() * (1 + number * words // len(read_words()))
    parts = [all_words[i * words : (i + 1) * words] for i in range(number)]
    return [" ".join(part) for part in parts]
