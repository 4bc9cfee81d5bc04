"""Texts to sequences and back: every piece once, from the window that shows it best."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from spacy_bert_unsup.mlm.align import plan_windows
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vectors.windows import (
    choose_owners,
    chunk_texts,
    encode_whole,
    gather_pieces,
    split_words,
    window_sequences,
)

LONG = "John lives in Paris and Mary was treated with aspirin for cancer. " * 12


def test_words_are_runs_without_white_space():
    text = split_words("  I'm hankcs\n !")
    assert text.words() == ["I'm", "hankcs", "!"]
    assert len(split_words(" \n")) == 0


def test_empty_text_is_read_as_its_special_tokens(bert_lm: MaskedLM):
    (text,) = encode_whole(bert_lm, [split_words("")])
    (sequence,) = window_sequences(bert_lm, text)
    assert sequence.tolist() == [bert_lm.cls_id, bert_lm.sep_id]
    assert gather_pieces(text, [np.ones((2, 1, 3), np.float32)]).shape == (0, 1, 3)


def test_windows_fit_the_model(bert_lm: MaskedLM):
    (text,) = encode_whole(bert_lm, [split_words(LONG)])
    sequences = window_sequences(bert_lm, text)
    assert len(sequences) > 2
    assert max(map(len, sequences)) <= bert_lm.max_length
    (small,) = encode_whole(bert_lm, [split_words(LONG)], window=8, overlap=100)
    assert max(end - start for start, end in small.windows) == 8


def test_gathered_pieces_are_those_of_their_windows(bert_lm: MaskedLM):
    (text,) = encode_whole(bert_lm, [split_words(LONG)])
    states = [
        np.stack([ids, np.full(len(ids), i)], axis=1).astype(np.float32)
        for i, ids in enumerate(window_sequences(bert_lm, text))
    ]
    gathered = gather_pieces(text, states)
    assert gathered[:, 0].tolist() == text.pieces.ids.tolist()
    owners = choose_owners(text.windows, len(text.pieces))
    assert gathered[:, 1].tolist() == owners.tolist()


@given(st.integers(1, 200), st.integers(2, 40), st.integers(0, 20))
def test_owner_has_the_most_room(n_pieces: int, size: int, overlap: int):
    windows = plan_windows(n_pieces, size=size, overlap=min(overlap, size // 2))
    owners = choose_owners(windows, n_pieces)

    def room(piece: int, i: int) -> float:
        start, end = windows[i]
        if not start <= piece < end:
            return -1
        left = piece - start if i else np.inf
        return min(left, end - 1 - piece if end < n_pieces else np.inf)

    for piece, owner in enumerate(owners.tolist()):
        rooms = [room(piece, i) for i in range(len(windows))]
        assert owner == rooms.index(max(rooms)) and max(rooms) >= 0
    assert (np.diff(owners) >= 0).all()


def test_chunks_are_bounded_and_keep_the_order(bert_lm: MaskedLM):
    texts = encode_whole(bert_lm, [split_words("a " * n) for n in (3, 5, 0, 40, 2)])
    chunks = list(chunk_texts(texts, max_pieces=13))
    assert [len(chunk) for chunk in chunks] == [2, 1, 1, 1]
    assert [text for chunk in chunks for text in chunk] == texts
