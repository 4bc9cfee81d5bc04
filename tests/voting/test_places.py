from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from spacy_bert_unsup.mlm.align import choose_window, choose_windows, plan_windows
from spacy_bert_unsup.mlm.text import EncodedText, TokenizedText
from spacy_bert_unsup.types import Pieces
from spacy_bert_unsup.voting.places import bound_pieces, locate_spans


@st.composite
def make_windows(draw):
    size = draw(st.integers(4, 20))
    overlap = draw(st.integers(0, size - 1))
    n_pieces = draw(st.integers(1, 80))
    breaks = draw(st.lists(st.integers(0, 80), max_size=6))
    windows = plan_windows(n_pieces, size=size, overlap=overlap, breaks=breaks)
    ends = st.tuples(st.integers(0, n_pieces), st.integers(0, n_pieces))
    spans = draw(st.lists(ends.map(sorted), min_size=1, max_size=9))
    return windows, np.array(spans, np.int32)


@given(make_windows())
def test_windows_of_many_spans_equal_a_loop(given_windows):
    windows, spans = given_windows
    spans = spans[spans[:, 1] > spans[:, 0]]
    found = choose_windows(windows, spans[:, 0], spans[:, 1])
    assert found.tolist() == [choose_window(windows, *span) for span in spans.tolist()]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_pieces_of_spans_equal_a_loop(runs):
    """Tokens of 0 to 3 pieces; some begin inside the last piece of the one before."""
    cover, at = [], 0
    for size, shared in runs:
        touches = bool(cover) and cover[-1][1] > cover[-1][0]
        at -= min(shared % 2, size) if touches else 0
        cover.append((at, at + size))
        at += size
    cover = np.array(cover, np.int32).reshape(-1, 2)
    empty = np.zeros(0, np.int32)
    tokens = TokenizedText("", empty, empty)
    text = EncodedText(tokens, [], Pieces(empty, empty, empty), cover, [])
    size = len(cover)
    spans = [(s, e) for s in range(size) for e in range(s + 1, size + 1)]
    first, last = bound_pieces(cover, np.array(spans, np.int32).reshape(-1, 2))
    for (start, end), low, high in zip(spans, first, last, strict=True):
        wanted = text.piece_bounds(start, end)
        assert (low, high) == wanted or (low == high and wanted == (0, 0))


def test_spans_of_texts_with_and_without_pieces(bert_lm):
    from tests.voting.words import encode_words

    texts = encode_words(bert_lm, "Mary lives in Paris", "", "the old city")
    spans = np.array([[2, 1, 3], [0, 3, 4], [2, 0, 1]], np.int32)
    found = locate_spans(texts, spans)
    assert len(found.windows) == 2
    for (i, start, end), at, first, last in zip(
        spans.tolist(), found.window, found.first, found.last, strict=True
    ):
        low, high = texts[i].piece_bounds(start, end)
        ids = texts[i].pieces.ids[low:high]
        np.testing.assert_array_equal(found.windows[at][first:last], ids)
