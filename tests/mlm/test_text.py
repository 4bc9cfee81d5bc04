from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.mlm.text import TokenizedText, encode_texts, guess_sentence_starts
from spacy_bert_unsup.voting.text import flatten_spans

TEXT = "Mary Jones visited the city of Berlin . Peter lives in Paris ."


def tokenized(text, sent_starts=()):
    """Tokens between single spaces; two spaces make an empty-looking one."""
    words = text.split(" ")
    ends = np.cumsum([len(word) + 1 for word in words]) - 1
    starts = ends - [len(word) for word in words]
    return TokenizedText(
        text, starts.astype(np.int32), ends.astype(np.int32), sent_starts
    )


def test_words_and_phrases():
    text = tokenized(TEXT)
    assert len(text) == 13
    assert text.words() == TEXT.split()
    assert text.phrase(0, 2) == "Mary Jones"
    assert text.phrase(12, 13) == "."


def test_pieces_of_tokens(toy_lm):
    (text,) = encode_texts(toy_lm, [tokenized(TEXT)], window=40, overlap=4)
    for i in range(len(text.words)):
        first, last = text.piece_bounds(i, i + 1)
        start, end = text.pieces.starts[first], text.pieces.ends[last - 1]
        assert TEXT[start:end] == text.words[i]
    first, last = text.piece_bounds(0, 2)
    assert (first, last) == (text.cover[0, 0], text.cover[1, 1])


def test_tokens_without_pieces(bert_lm):
    (text,) = encode_texts(bert_lm, [tokenized("a  b")], window=40, overlap=4)
    assert text.words == ["a", "", "b"]
    assert text.piece_bounds(1, 2) == (0, 0)
    assert text.piece_bounds(0, 3) == (0, 2)
    assert text.piece_bounds(1, 3) == (1, 2)


@pytest.mark.parametrize("content", ["", "  "])
def test_empty_text(bert_lm, content):
    text = TokenizedText(content, np.zeros(0, np.int32), np.zeros(0, np.int32))
    (found,) = encode_texts(bert_lm, [text], window=8, overlap=2)
    assert found.words == [] and found.windows == []
    assert found.cover.shape == (0, 2)
    assert encode_texts(bert_lm, [], window=8, overlap=2) == []


def test_windows_start_with_sentences(bert_lm):
    guessed, given, wrong = encode_texts(
        bert_lm,
        [tokenized(TEXT), tokenized(TEXT, (0, 8)), tokenized(TEXT, (0, 7))],
        window=9,
        overlap=1,
    )
    assert len(guessed.pieces) == 13
    assert guessed.windows == given.windows
    assert guessed.windows[0] == (0, 8)
    assert wrong.windows[0] == (0, 7)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", []),
        ("one", [0]),
        ("Yes . No ! Why ? Well", [0, 2, 4, 6]),
        ("at 5 p.m. on Monday", [0]),
        ("He left. She came", [0, 2]),
        ("Title \n text \n\n more", [0, 2, 4]),
        ("Yes.) No", [0, 1]),
    ],
)
def test_sentence_starts(text, starts):
    words = text.split(" ") if text else []
    assert guess_sentence_starts(words) == starts


def test_flatten_spans():
    found = flatten_spans([[(0, 1), (2, 4)], [], [(1, 2)]])
    assert found.tolist() == [[0, 0, 1], [0, 2, 4], [2, 1, 2]]
    assert found.dtype == np.int32
    assert flatten_spans([]).shape == flatten_spans([[], []]).shape == (0, 3)
