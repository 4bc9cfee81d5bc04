from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.pretrain.pairs import NO_LABEL, pack_pairs


def split(store, ids, segments, attention):
    """The texts of one sequence, read off piece by piece."""
    used = ids[attention == 1].tolist()
    assert used[0] == store.special.cls and used[-1] == store.special.sep
    assert (ids[attention == 0] == store.special.pad).all()
    first = used[1 : used.index(store.special.sep)]
    second = used[len(first) + 2 : -1]
    expected = [0] * (len(first) + 2) + [1] * (len(used) - len(first) - 2)
    assert segments[: len(used)].tolist() == expected
    return first, second


def contains(store, pieces):
    text, wanted = store.ids.tobytes(), np.asarray(pieces, store.ids.dtype).tobytes()
    return wanted in text


@given(seed=st.integers(0, 2**31), length=st.sampled_from([8, 16, 32, 64]))
def test_pairs_are_texts_of_the_corpus(store, seed, length):
    rng = np.random.default_rng(seed)
    places = rng.integers(0, len(store.ids), 16)
    ids, segments, attention, follows = pack_pairs(
        store, places, length, rng=rng, single_share=0.3
    )
    assert ids.shape == (16, length)
    for row in range(16):
        first, second = split(store, ids[row], segments[row], attention[row])
        assert first and contains(store, first)
        if follows[row] == NO_LABEL:
            assert not second
        elif follows[row] == 0:
            assert second and contains(store, first + second)
        else:
            assert second and contains(store, second)


def pack(store, **settings):
    rng = np.random.default_rng(1)
    places = rng.integers(0, len(store.ids), 4000)
    return pack_pairs(store, places, 32, rng=rng, **settings)


def test_shares(store):
    *_, follows = pack(store, single_share=0.25)
    assert np.mean(follows == NO_LABEL) == pytest.approx(0.25, abs=0.03)
    assert np.mean(follows[follows != NO_LABEL]) == pytest.approx(0.5, abs=0.03)


def test_texts_start_with_words_and_mostly_with_sentences(store):
    ids, _, attention, _ = pack(store, single_share=0.0)
    assert not store.continues[ids[:, 1]].any()
    capital = [store.entries[piece][0].isupper() for piece in ids[:, 1]]
    assert np.mean(capital) > 0.9
    assert attention.mean() > 0.9
