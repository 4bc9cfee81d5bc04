"""Word pieces and tokens of one text, matched by their characters; windows of pieces.

The text is cut into pieces as running text, the way the model was trained, so a piece
may cover several tokens and a token several pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import ConfigError, Errors
from ..types import Ints, Pieces


def trim_pieces(pieces: Pieces, text: str) -> Pieces:
    """Take the white space out of the pieces' character bounds.

    Byte-level BPE and unigram tokenizers count the space before a word as part of it. A
    piece that is nothing but that space ("▁" before a character the vocabulary lacks)
    becomes a piece of no width at the start of its word. Other white space, such as a
    piece for a line break, keeps its bounds.

    pieces (Pieces): N pieces with bounds as the tokenizer gives them.
    text (str): the text they were cut from.
    RETURNS (Pieces): the same pieces with trimmed bounds.
    """
    starts, ends = pieces.starts.copy(), pieces.ends.copy()
    for i, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if start == end or not (text[start].isspace() or text[end - 1].isspace()):
            continue
        covered = text[start:end]
        if covered.isspace():
            if covered == " " and text[end : end + 1].strip():
                starts[i] = end
            continue
        starts[i] = end - len(covered.lstrip())
        ends[i] = start + len(covered.rstrip())
    return replace(pieces, starts=starts, ends=ends)


def align_tokens(pieces: Pieces, starts: Ints, ends: Ints) -> Ints:
    """Find the pieces of each token.

    pieces (Pieces): N pieces of the text, trimmed, in order.
    starts (Ints): (T,) first character of each token, rising.
    ends (Ints): (T,) one past the last character of each token.
    RETURNS (Ints): (T, 2) first piece and one past the last piece that shares a
        character with the token; both are equal where there is none (white space).
    """
    # A piece of no width stands for the character that it comes before.
    piece_ends = np.maximum.accumulate(np.maximum(pieces.ends, pieces.starts + 1))
    piece_starts = np.maximum.accumulate(pieces.starts)
    first = np.searchsorted(piece_ends, starts, side="right")
    last = np.searchsorted(piece_starts, ends, side="left")
    last = np.where(np.asarray(starts) < np.asarray(ends), last, first)
    return np.stack([first, np.maximum(first, last)], axis=1).astype(np.int32)


def plan_windows(
    n_pieces: int, *, size: int, overlap: int, breaks: Sequence[int] = ()
) -> list[tuple[int, int]]:
    """Cut a long row of pieces into overlapping windows.

    Every piece is in a window, and every run of up to `overlap` pieces lies whole in
    one. Windows end and start at `breaks` where that costs at most a quarter of a
    window.

    n_pieces (int): number of pieces; 0 gives no window.
    size (int): largest window, in pieces without special tokens.
    overlap (int): pieces that two neighbouring windows share at least; below `size`.
    breaks (Sequence[int]): pieces where a sentence starts.
    RETURNS (list[tuple[int, int]]): [start, end) of each window, both rising.
    RAISES (ConfigError): when `overlap` leaves no room to move on.
    """
    if not 0 <= overlap < size:
        raise ConfigError(Errors.E116.format(size=size, overlap=overlap))
    marks = np.unique(np.asarray(breaks, dtype=np.int64))
    slack = (size - overlap) // 4
    windows: list[tuple[int, int]] = []
    start = 0
    while n_pieces:
        end = start + size
        if end >= n_pieces:
            windows.append((start, n_pieces))
            break
        end = _last_mark(marks, end - slack, end)
        windows.append((start, end))
        start = _last_mark(marks, end - overlap - slack, end - overlap)
    return windows


def _last_mark(marks: np.ndarray, low: int, high: int) -> int:
    """The last mark in [low, high], or `high` where there is none."""
    i = int(np.searchsorted(marks, high, side="right")) - 1
    return int(marks[i]) if i >= 0 and marks[i] >= low else high


def choose_window(windows: Sequence[tuple[int, int]], first: int, last: int) -> int:
    """Choose the window that shows a span with the most context on its poorer side.

    windows (Sequence[tuple[int, int]]): [start, end) of each window; at least one.
    first (int): first piece of the span.
    last (int): one past its last piece.
    RETURNS (int): index of the window; where none holds the whole span, of the one that
        holds most of it.
    """

    def rank(window: tuple[int, int]) -> tuple[int, int]:
        start, end = window
        held = min(last, end) - max(first, start)
        return held, min(first - start, end - last)

    return max(range(len(windows)), key=lambda i: rank(windows[i]))


def choose_windows(windows: Sequence[tuple[int, int]], first: Ints, last: Ints) -> Ints:
    """Choose the window for each of many spans, as `choose_window` does for one.

    windows (Sequence[tuple[int, int]]): [start, end) of each window, both rising.
    first (Ints): (S,) first piece of each span.
    last (Ints): (S,) one past its last piece.
    RETURNS (Ints): (S,) indices of windows.
    """
    chosen = np.zeros(len(first), np.int32)
    if len(windows) == 1:
        return chosen
    starts, ends = np.array(windows).T
    # Windows from `low` to `high` hold the whole span, if `low` is not above `high`.
    high = np.searchsorted(starts, first, side="right") - 1
    low = np.searchsorted(ends, last, side="left")
    best = np.full(len(first), -1)
    for step in range(int((high - low).max(initial=-1)) + 1):
        at = low + step
        there = at <= high
        at = np.minimum(at, len(windows) - 1)
        room = np.where(there, np.minimum(first - starts[at], ends[at] - last), -1)
        chosen = np.where(room > best, at, chosen)
        best = np.maximum(best, room)
    for i in np.flatnonzero(best < 0).tolist():  # longer than the overlap
        start = int(np.searchsorted(ends, first[i], side="right"))
        end = int(np.searchsorted(starts, last[i], side="left"))
        near = range(min(start, len(windows) - 1), max(end, start + 1))
        part = [windows[k] for k in near if k < len(windows)]
        chosen[i] = near[0] + choose_window(part, int(first[i]), int(last[i]))
    return chosen.astype(np.int32)
