"""What the core knows of a text: its tokens, and how pieces cover them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..types import Ints, Pieces
from .align import align_tokens, plan_windows

if TYPE_CHECKING:
    from .model import MaskedLM

_SENTENCE_END = re.compile(r"""[.!?]["')\]]*$""")


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """A text and its tokens: all that the core knows of a `Doc`.

    text (str): The running text.
    starts (Ints): (T,) first character of each token.
    ends (Ints): (T,) one past its last character.
    sent_starts (tuple[int, ...]): Tokens at which a sentence starts; guessed from
        punctuation when empty. Only used to cut long texts at good places.
    """

    text: str
    starts: Ints
    ends: Ints
    sent_starts: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.starts)

    def words(self) -> list[str]:
        """The token texts."""
        bounds = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [self.text[start:end] for start, end in bounds]

    def phrase(self, start: int, end: int) -> str:
        """The text of tokens `start` to `end` (exclusive)."""
        return self.text[int(self.starts[start]) : int(self.ends[end - 1])]


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text as the model reads it.

    tokens (TokenizedText): The text.
    words (list[str]): T token texts.
    pieces (Pieces): N pieces of the running text.
    cover (Ints): (T, 2) first piece and one past the last piece of each token.
    windows (list[tuple[int, int]]): Overlapping stretches of pieces that fit the model.
    """

    tokens: TokenizedText
    words: list[str]
    pieces: Pieces
    cover: Ints
    windows: list[tuple[int, int]]

    def piece_bounds(self, start: int, end: int) -> tuple[int, int]:
        """First piece and one past the last piece of a token span; equal if none."""
        part = self.cover[start:end]
        part = part[part[:, 1] > part[:, 0]]
        if not len(part):
            return 0, 0
        return int(part[:, 0].min()), int(part[:, 1].max())


def encode_texts(
    lm: MaskedLM, texts: Sequence[TokenizedText], *, window: int, overlap: int
) -> list[EncodedText]:
    """Cut texts into pieces, align these with the tokens, and plan windows.

    lm (MaskedLM): The model.
    texts (Sequence[TokenizedText]): Texts.
    window (int): Most pieces in a window, special tokens not counted.
    overlap (int): Pieces shared by neighbouring windows.
    RETURNS (list[EncodedText]): In the same order.
    """
    encoded = []
    all_pieces = lm.tokenize([text.text for text in texts])
    for text, pieces in zip(texts, all_pieces, strict=True):
        words = text.words()
        cover = align_tokens(pieces, text.starts, text.ends)
        starts = text.sent_starts or guess_sentence_starts(words)
        breaks = [int(cover[i, 0]) for i in starts if cover[i, 1] > cover[i, 0]]
        windows = plan_windows(len(pieces), size=window, overlap=overlap, breaks=breaks)
        encoded.append(EncodedText(text, words, pieces, cover, windows))
    return encoded


def guess_sentence_starts(words: Sequence[str]) -> list[int]:
    """Tokens that probably start a sentence: after `.`, `!`, `?` or a line break.

    words (Sequence[str]): T token texts.
    RETURNS (list[int]): Token indices, the first token included.
    """
    starts = [0] if len(words) else []
    for i in range(1, len(words)):
        before, word = words[i - 1], words[i]
        after_end = _SENTENCE_END.search(before) and not word[:1].islower()
        if after_end or "\n" in before:
            starts.append(i)
    return starts
