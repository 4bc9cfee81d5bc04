"""Texts as sequences for the model: windows, special tokens, and the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..mlm.text import EncodedText, TokenizedText, encode_texts
from ..types import Floats, Ints

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

OVERLAP = 32
"""Pieces that two windows of a long text share, as for `bert_unsup_ner`."""

_WORD = re.compile(r"\S+")


def split_words(text: str) -> TokenizedText:
    """Take the runs of a text without white space as its tokens (spec 11.2).

    text (str): Running text.
    RETURNS (TokenizedText): The text and the bounds of its words.
    """
    bounds = [match.span() for match in _WORD.finditer(text)]
    starts, ends = np.array(bounds, np.int32).reshape(-1, 2).T
    return TokenizedText(text, starts, ends)


def slice_text(text: TokenizedText, start: int, end: int) -> TokenizedText:
    """Take some tokens of a text as a text of their own.

    text (TokenizedText): T tokens.
    start (int): First token.
    end (int): One past the last, above `start`.
    RETURNS (TokenizedText): Their text; sentences are guessed anew if need be.
    """
    offset = text.starts[start]
    starts, ends = text.starts[start:end] - offset, text.ends[start:end] - offset
    return TokenizedText(text.phrase(start, end), starts, ends)


def encode_whole(
    lm: MaskedLM,
    texts: Sequence[TokenizedText],
    *,
    window: int | None = None,
    overlap: int = OVERLAP,
) -> list[EncodedText]:
    """Cut texts into pieces, and into windows where they are too long for the model.

    lm (MaskedLM): The model.
    texts (Sequence[TokenizedText]): Texts.
    window (Optional[int]): Most pieces in a window, special tokens not counted; None:
        as many as the model can read.
    overlap (int): Pieces that neighbouring windows share; at most half a window.
    RETURNS (list[EncodedText]): In the same order.
    """
    size = lm.max_length - 2
    size = size if window is None else min(window, size)
    return encode_texts(lm, texts, window=size, overlap=min(overlap, size // 2))


def with_specials(lm: MaskedLM, ids: Ints) -> Ints:
    """Put the special tokens around pieces.

    lm (MaskedLM): The model.
    ids (Ints): (n,) pieces.
    RETURNS (Ints): (n + 2,) [CLS] pieces [SEP].
    """
    return np.concatenate([[lm.cls_id], ids, [lm.sep_id]]).astype(np.int32)


def window_sequences(lm: MaskedLM, text: EncodedText) -> list[Ints]:
    """What the model reads of a text: each window with its special tokens.

    lm (MaskedLM): The model.
    text (EncodedText): The text.
    RETURNS (list[Ints]): One sequence for each window; [CLS] [SEP] for an empty text.
    """
    windows = text.windows or [(0, 0)]
    return [with_specials(lm, text.pieces.ids[start:end]) for start, end in windows]


def gather_pieces(text: EncodedText, states: Sequence[Floats]) -> Floats:
    """Put the states of the windows together to those of the text.

    Each piece is read in the window in which it stands farthest from a cut.

    text (EncodedText): N pieces.
    states (Sequence[Floats]): (n + 2, ...) for each window, special tokens included.
    RETURNS (Floats): (N, ...) without special tokens.
    """
    if len(text.windows) == 1:
        return states[0][1:-1]
    gathered = np.zeros((len(text.pieces), *states[0].shape[1:]), np.float32)
    owners = choose_owners(text.windows, len(text.pieces))
    for i, (start, end) in enumerate(text.windows):
        mine = owners[start:end] == i
        gathered[start:end][mine] = states[i][1:-1][mine]
    return gathered


def choose_owners(windows: Sequence[tuple[int, int]], n_pieces: int) -> Ints:
    """Choose for each piece the window in which it stands farthest from a cut.

    windows (Sequence[tuple[int, int]]): Overlapping [start, end), rising. The start of
        the first and the end of the last are the text's own, and no cuts.
    n_pieces (int): N.
    RETURNS (Ints): (N,) index of a window; of two that are as good, the first.
    """
    owners = np.zeros(n_pieces, np.int32)
    best = np.full(n_pieces, -1)
    for i, (start, end) in enumerate(windows):
        places = np.arange(start, end)
        left = places - start if i else np.full(end - start, n_pieces)
        right = end - 1 - places if end < n_pieces else np.full(end - start, n_pieces)
        room = np.minimum(left, right)
        better = room > best[start:end]
        owners[start:end][better] = i
        best[start:end][better] = room[better]
    return owners


def chunk_texts(
    texts: Sequence[EncodedText], *, max_pieces: int
) -> Iterator[list[EncodedText]]:
    """Cut a list of texts so that the states of one part fit in memory.

    texts (Sequence[EncodedText]): Texts.
    max_pieces (int): Pieces of a part, windows and special tokens counted, but for
        texts that are longer alone.
    YIELDS (list[EncodedText]): The texts in order.
    """
    sizes = [
        sum(end - start + 2 for start, end in text.windows or [(0, 0)])
        for text in texts
    ]
    for start, end in chunk_sizes(sizes, most=max_pieces):
        yield list(texts[start:end])


def chunk_sizes(sizes: Sequence[int], *, most: int) -> Iterator[tuple[int, int]]:
    """Cut a row of things so that no part is larger, but for single things.

    sizes (Sequence[int]): How large each is.
    most (int): Size of a part.
    YIELDS (tuple[int, int]): First and one past the last of each part.
    """
    start, total = 0, 0
    for i, size in enumerate(sizes):
        if i > start and total + size > most:
            yield start, i
            start, total = i, 0
        total += size
    if len(sizes) > start:
        yield start, len(sizes)
