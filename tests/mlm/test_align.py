from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.mlm.align import (
    align_tokens,
    choose_window,
    plan_windows,
    trim_pieces,
)
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Ints, Pieces


def make_pieces(*bounds: tuple[int, int]) -> Pieces:
    array = np.array(bounds, dtype=np.int32).reshape(-1, 2)
    return Pieces(np.arange(len(array), dtype=np.int32), array[:, 0], array[:, 1])


def token_bounds(text: str, cuts: list[int]) -> tuple[Ints, Ints]:
    """Tokens between the given cuts; spaces belong to none."""
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    found = []
    for start, end in zip(edges, edges[1:], strict=False):
        token = text[start:end]
        if token.strip():
            left = start + len(token) - len(token.lstrip())
            found.append((left, start + len(token.rstrip())))
    array = np.array(found, dtype=np.int32).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def test_many_pieces_of_one_token() -> None:
    pieces = make_pieces((0, 6), (6, 10), (11, 13))
    starts, ends = np.array([0, 11]), np.array([10, 13])
    assert align_tokens(pieces, starts, ends).tolist() == [[0, 2], [2, 3]]


def test_many_tokens_of_one_piece() -> None:
    pieces = make_pieces((0, 3), (3, 8))
    starts, ends = np.array([0, 2, 4]), np.array([2, 4, 8])
    assert align_tokens(pieces, starts, ends).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_white_space_token_has_no_pieces() -> None:
    pieces = make_pieces((0, 3), (5, 8))
    starts, ends = np.array([0, 4, 5]), np.array([3, 5, 8])
    assert align_tokens(pieces, starts, ends).tolist() == [[0, 1], [1, 1], [1, 2]]


def test_token_of_no_width_has_no_pieces() -> None:
    aligned = align_tokens(make_pieces((0, 3)), np.array([1]), np.array([1]))
    assert aligned[0, 0] == aligned[0, 1]


def test_no_pieces_and_no_tokens() -> None:
    none = np.zeros(0, dtype=np.int32)
    aligned = align_tokens(make_pieces(), np.array([0]), np.array([2]))
    assert aligned.tolist() == [[0, 0]]
    assert align_tokens(make_pieces((0, 2)), none, none).shape == (0, 2)


def test_trim_takes_spaces_off() -> None:
    trimmed = trim_pieces(make_pieces((0, 2), (2, 6), (6, 8)), "ab cde \n")
    assert trimmed.starts.tolist() == [0, 3, 6]
    assert trimmed.ends.tolist() == [2, 6, 8]


def test_lone_space_mark_goes_with_its_word() -> None:
    """As "▁" and "x" for a character that the vocabulary has no start for."""
    pieces = trim_pieces(make_pieces((0, 1), (1, 2), (2, 3)), "a x")
    assert align_tokens(pieces, np.array([0, 2]), np.array([1, 3])).tolist() == [
        [0, 1],
        [1, 3],
    ]


@given(text=st.text(max_size=40), cuts=st.lists(st.integers(0, 40), max_size=8))
def test_tokens_cover_their_pieces(
    toy_lm: MaskedLM, text: str, cuts: list[int]
) -> None:
    """A piece belongs to every token with which it shares a character, no other."""
    pieces = toy_lm.tokenize([text])[0]
    starts, ends = token_bounds(text, cuts)
    aligned = align_tokens(pieces, starts, ends)
    for (first, last), start, end in zip(aligned, starts, ends, strict=True):
        shared = np.flatnonzero((pieces.starts < end) & (pieces.ends > start))
        marks = np.flatnonzero(
            (pieces.starts == pieces.ends)
            & (pieces.starts >= start)
            & (pieces.starts < end)
        )
        assert list(range(first, last)) == sorted({*shared, *marks})


@given(
    n=st.integers(0, 300),
    size=st.integers(1, 64),
    overlap=st.integers(0, 63),
    breaks=st.lists(st.integers(0, 300), max_size=30),
)
def test_windows_hold_every_short_span(
    n: int, size: int, overlap: int, breaks: list[int]
) -> None:
    overlap = min(overlap, size - 1)
    windows = plan_windows(n, size=size, overlap=overlap, breaks=breaks)
    assert all(0 < end - start <= size for start, end in windows)
    span = max(1, overlap)
    for first in range(n):
        last = min(n, first + span)
        start, end = windows[choose_window(windows, first, last)]
        assert start <= first and last <= end


def test_windows_end_where_a_sentence_does() -> None:
    windows = plan_windows(20, size=12, overlap=4, breaks=[5, 11])
    assert windows == [(0, 11), (5, 17), (11, 20)]


def test_window_overlap_too_large() -> None:
    with pytest.raises(ConfigError, match="E116"):
        plan_windows(20, size=8, overlap=8)


def test_choose_window_with_most_context() -> None:
    windows = [(0, 10), (6, 16), (12, 20)]
    assert choose_window(windows, 1, 2) == 0
    assert choose_window(windows, 8, 9) == 1
    assert choose_window(windows, 13, 14) == 1
    assert choose_window(windows, 15, 18) == 2


def test_choose_window_for_a_span_that_none_holds() -> None:
    assert choose_window([(0, 10), (6, 16)], 2, 15) == 1
