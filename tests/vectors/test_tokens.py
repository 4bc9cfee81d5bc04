"""Token vectors against a loop through plain transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from spacy_bert_unsup.errors import ConfigError, ModelError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.text import TokenizedText
from spacy_bert_unsup.vectors.settings import TokenVectors
from spacy_bert_unsup.vectors.tokens import merge_pieces, token_vectors
from spacy_bert_unsup.vectors.windows import (
    choose_owners,
    encode_whole,
    split_words,
    window_sequences,
)
from tests.conftest import FAMILIES
from tests.toys import make_lm
from tests.vectors.naive import layers_of, merge_by_hand

LAST = TokenVectors(layers=(-1,))
TEXT = "John lived in Yorkville, wasn't he? \u2603 Kinases!"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("merge", ["last", "first", "mean", "sum"])
def test_sum_of_layers_equals_plain_transformers(family: str, merge: str):
    lm = make_lm(family)
    (text,) = encode_whole(lm, [split_words(TEXT)])
    (ids,) = window_sequences(lm, text)
    layers = layers_of(family, ids.tolist())
    by_hand = merge_by_hand(layers[1:-1, [-2, -1]].sum(axis=1), text.cover, merge)
    settings = TokenVectors(layers=(-2, -1), reduction="sum", merge=merge)  # type: ignore[arg-type]
    (found,) = token_vectors(lm, [text.tokens], settings)
    np.testing.assert_allclose(found, by_hand, rtol=1e-3, atol=1e-4)


def test_default_is_the_sum_of_the_last_four_layers_of_the_starter():
    lm = MaskedLM.load("starter")
    parts = lm._parts
    text = "The thieves robbed the bank"
    with torch.inference_mode():
        inputs = parts.tokenizer(text, return_tensors="pt")
        layers = parts.model(**inputs, output_hidden_states=True).hidden_states
    assert len(layers) == 5  # the embedding and four layers
    by_hand = (layers[1] + layers[2] + layers[3] + layers[4])[0, 1:-1].numpy()
    words = split_words(text)
    (encoded,) = encode_whole(lm, [words])
    (found,) = token_vectors(lm, [words])
    wanted = merge_by_hand(by_hand, encoded.cover, "mean")
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("reduction", "width"), [("concat", 48), ("mean", 16)])
def test_reductions(bert_lm: MaskedLM, reduction: str, width: int):
    layers = (0, 1, -1)
    settings = TokenVectors(layers=layers, reduction=reduction, merge="last")  # type: ignore[arg-type]
    (found,) = token_vectors(bert_lm, [split_words("the bank")], settings)
    (state,) = bert_lm.hidden_states(
        window_sequences(bert_lm, encode_whole(bert_lm, [split_words("the bank")])[0]),
        layers=layers,
    )
    inner = state[1:-1]
    wanted = inner.reshape(2, 48) if reduction == "concat" else inner.mean(axis=1)
    assert found.shape == (2, width)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_long_text_loses_no_token(bert_lm: MaskedLM):
    words = [f"{name} lives in Paris ." for name in ("John", "Mary", "Peter")] * 12
    text = split_words(" ".join(words))
    settings = TokenVectors(layers=(-1,), merge="first")
    (found,) = token_vectors(bert_lm, [text], settings)
    (encoded,) = encode_whole(bert_lm, [text])
    assert len(encoded.windows) > 3
    owners = choose_owners(encoded.windows, len(encoded.pieces))
    for i in (0, 40, 100, len(text) - 1):  # the same word, read in its window alone
        first = int(encoded.cover[i, 0])
        window = encoded.windows[owners[first]]
        ids = window_sequences(bert_lm, encoded)[owners[first]]
        (state,) = bert_lm.hidden_states([ids], layers=[-1])
        wanted = state[1 + first - window[0], 0]
        np.testing.assert_allclose(found[i], wanted, atol=1e-4)


def test_tokens_without_pieces_are_zero_and_unknown_words_are_not(bert_lm: MaskedLM):
    starts, ends = np.array([[0, 2, 3, 5], [1, 3, 4, 6]], np.int32)
    text = TokenizedText("a \u2603  b", starts, ends)
    (found,) = token_vectors(bert_lm, [text], LAST)
    assert found.any(axis=1).tolist() == [True, True, False, True]


def test_many_texts_in_small_parts_equal_one_by_one(bert_lm: MaskedLM):
    texts = [split_words("the bank of Paris " * n) for n in (1, 0, 9, 2, 30, 1)]
    together = token_vectors(bert_lm, texts, LAST, max_batch_pieces=40)
    for text, found in zip(texts, together, strict=True):
        (alone,) = token_vectors(bert_lm, [text], LAST)
        assert found.shape == (len(text), 16)
        np.testing.assert_allclose(found, alone, atol=1e-4)


@given(st.data())
def test_merges_equal_a_loop(data: st.DataObject):
    n = data.draw(st.integers(1, 12))
    bounds = st.tuples(st.integers(0, n), st.integers(0, n)).map(sorted)
    pairs = data.draw(st.lists(bounds, max_size=8))
    cover = np.array(pairs, np.int32).reshape(-1, 2)
    pieces = data.draw(arrays(np.float32, (n, 3), elements=st.integers(-9, 9)))
    for merge in ("last", "first", "mean", "sum"):
        found = merge_pieces(pieces, cover, merge)  # type: ignore[arg-type]
        assert found.dtype == np.float32
        np.testing.assert_allclose(
            found, merge_by_hand(pieces, cover, merge), atol=1e-5
        )


def test_reduction_of_no_pieces_keeps_its_width():
    states = np.zeros((0, 2, 5), np.float32)
    concat = TokenVectors(layers=(0, 1), reduction="concat")
    assert concat.reduce(states).shape == (0, 10)
    assert TokenVectors(layers=(0, 1)).reduce(states).shape == (0, 5)


def test_bad_settings_are_refused(bert_lm: MaskedLM):
    with pytest.raises(ConfigError, match="E601"):
        TokenVectors(layers=())
    with pytest.raises(ConfigError, match="E301"):
        TokenVectors(merge="best")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="E301"):
        TokenVectors(reduction="max")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="layer"):
        token_vectors(bert_lm, [split_words("a")], TokenVectors(layers=(7,)))
