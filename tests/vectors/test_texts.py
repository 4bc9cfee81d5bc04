"""Vectors of texts against plain transformers, and the formula of the MLM head."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vectors.decompose import position_vectors
from spacy_bert_unsup.vectors.importance import term_importance
from spacy_bert_unsup.vectors.passes import read_windows
from spacy_bert_unsup.vectors.settings import TextVectors
from spacy_bert_unsup.vectors.states import StateStore
from spacy_bert_unsup.vectors.terms import nearest_terms
from spacy_bert_unsup.vectors.texts import count_windows, pool_spans, text_vectors
from spacy_bert_unsup.vectors.tokens import token_vectors
from spacy_bert_unsup.vectors.windows import (
    encode_whole,
    split_words,
    window_sequences,
)
from tests.conftest import FAMILIES
from tests.toys import make_lm
from tests.vectors.naive import cosine, layers_of, logits_of

TEXTS = ["John lives in Paris.", "the bank of London", "aspirin"]
LONG = "John lives in Paris and Mary was treated with aspirin for cancer. " * 12


def sequence_of(lm: MaskedLM, text: str) -> list[int]:
    (encoded,) = encode_whole(lm, [split_words(text)])
    (ids,) = window_sequences(lm, encoded)
    return ids.tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_are_head_vector_times_rows_plus_bias(family: str):
    lm = make_lm(family)
    heads = text_vectors(lm, TEXTS)
    for text, head in zip(TEXTS, heads, strict=True):
        wanted = logits_of(family, sequence_of(lm, text))[0]
        found = head @ lm.rows().T + lm.bias()
        np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_top_and_mean_equal_plain_transformers(family: str):
    lm = make_lm(family)
    top = text_vectors(lm, TEXTS, TextVectors(kind="top"))
    mean = text_vectors(lm, TEXTS, TextVectors(kind="mean", layers=(-2,)))
    inner = TextVectors(kind="mean", layers=(-1, 0), specials=False)
    inner_mean = text_vectors(lm, TEXTS, inner)
    for i, text in enumerate(TEXTS):
        layers = layers_of(family, sequence_of(lm, text))
        np.testing.assert_allclose(top[i], layers[0, -1], atol=1e-4)
        np.testing.assert_allclose(mean[i], layers[:, -2].mean(axis=0), atol=1e-4)
        wanted = layers[1:-1, [-1, 0]].mean(axis=(0, 1))
        np.testing.assert_allclose(inner_mean[i], wanted, atol=1e-4)


def test_importance_weighs_the_pieces(bert_lm: MaskedLM):
    settings = TextVectors(kind="mean", weighting="importance", layers=(-1,))
    (found,) = text_vectors(bert_lm, TEXTS[:1], settings)
    ids = sequence_of(bert_lm, TEXTS[0])
    weights = term_importance(bert_lm)[ids]
    layer = layers_of("bert", ids)[:, -1]
    np.testing.assert_allclose(found, weights @ layer / weights.sum(), atol=1e-4)
    assert not np.allclose(found, layer.mean(axis=0), atol=1e-2)


def test_text_of_unknown_words_has_the_plain_mean(bert_lm: MaskedLM):
    kinds = [
        TextVectors(kind="mean", weighting=weighting)  # type: ignore[arg-type]
        for weighting in ("importance", "none")
    ]
    weighted, plain = (text_vectors(bert_lm, ["\u2603"], kind) for kind in kinds)
    np.testing.assert_allclose(weighted, plain, atol=1e-6)


def test_normalized_vectors_have_length_one(bert_lm: MaskedLM):
    raw = text_vectors(bert_lm, TEXTS)
    found = text_vectors(bert_lm, TEXTS, TextVectors(normalize=True))
    lengths = np.linalg.norm(raw, axis=1, keepdims=True)
    np.testing.assert_allclose(found, raw / lengths, atol=1e-6)
    assert lengths.min() > 1.5


def test_windows_are_pooled_as_stated(bert_lm: MaskedLM):
    (encoded,) = encode_whole(bert_lm, [split_words(LONG)])
    sizes = np.array([end - start for start, end in encoded.windows])
    assert len(sizes) > 2 and len(set(sizes.tolist())) > 1
    assert count_windows(bert_lm, [LONG, "a", ""]) == [len(sizes), 1, 1]
    sequences = window_sequences(bert_lm, encoded)
    states = bert_lm.hidden_states(sequences, layers=[-1])
    rows = np.stack([state[0, 0] for state in states])
    wanted = {
        "mean": (rows * sizes[:, None]).sum(axis=0) / sizes.sum(),
        "first": rows[0],
        "max": rows.max(axis=0),
    }
    for pooling, vector in wanted.items():
        settings = TextVectors(kind="top", pooling=pooling)  # type: ignore[arg-type]
        (found,) = text_vectors(bert_lm, [LONG], settings)
        np.testing.assert_allclose(found, vector, atol=1e-4)


def test_every_piece_of_a_long_text_counts_once(bert_lm: MaskedLM):
    settings = TextVectors(kind="mean", layers=(0,), specials=False)
    text = LONG + "bank"
    before, after = text_vectors(bert_lm, [LONG, text], settings)
    assert not np.allclose(before, after, atol=1e-5)  # nothing is cut off
    assert text_vectors(bert_lm, [""], TextVectors(kind="mean")).any()


def test_batches_do_not_change_the_result(bert_lm: MaskedLM):
    texts = ["", LONG, *TEXTS, "a", LONG[:100]] * 2
    for kind in ("head", "top", "mean"):
        settings = TextVectors(kind=kind)  # type: ignore[arg-type]
        together = text_vectors(bert_lm, texts, settings, max_batch_pieces=100)
        alone = [text_vectors(bert_lm, [text], settings)[0] for text in texts]
        np.testing.assert_allclose(together, alone, atol=1e-4)


def test_no_texts_give_no_vectors(bert_lm: MaskedLM):
    assert text_vectors(bert_lm, []).shape == (0, 16)


def test_spans_are_means_in_context(bert_lm: MaskedLM):
    (text,) = encode_whole(bert_lm, [split_words(LONG)])
    store = StateStore(bert_lm)
    settings = TextVectors(kind="mean", layers=(-1,))
    reader = store.join((-1,))
    (states,) = read_windows(store, reader, [text], reduce=settings.reduce)
    whole = (0, len(text.tokens))
    found = pool_spans(bert_lm, text, states, [whole, (2, 4), (3, 3)], settings)
    inner = TextVectors(kind="mean", layers=(-1,), specials=False)
    wanted = text_vectors(bert_lm, [LONG], inner)
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-4)
    assert found[1].any() and not found[2].any()


def test_bank_has_two_meanings():
    lm = MaskedLM.load("starter")
    texts = ["The thieves robbed the bank.", "They fished from the river bank."]
    robbed, river = (split_words(text.replace(".", " .")) for text in texts)
    a, b = (token_vectors(lm, [text])[0][-2] for text in (robbed, river))
    assert cosine(a, b) < 0.9
    near = []
    for text in encode_whole(lm, [robbed, river]):
        (ids,) = window_sequences(lm, text)
        vectors = position_vectors(lm, ids)[-3:-2]
        near.append({*nearest_terms(lm, vectors, top_k=10).ids[0].tolist()})
    assert near[0] != near[1] and len(near[0] & near[1]) < 8


def test_bad_settings_are_refused():
    for key, value in (("kind", "cls"), ("weighting", "idf"), ("pooling", "sum")):
        with pytest.raises(ConfigError, match=key):
            TextVectors(**{key: value})
    with pytest.raises(ConfigError, match="layers"):
        TextVectors(kind="mean", layers=())
