from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.pretrain.masking import mask_words
from spacy_bert_unsup.pretrain.pairs import pack_pairs


def sequences(store, seed):
    rng = np.random.default_rng(seed)
    places = rng.integers(0, len(store.ids), 64)
    ids, *_ = pack_pairs(store, places, 32, rng=rng, single_share=0.2)
    return ids


def words_of(store, row):
    """The places of each word in a sequence, one piece at a time."""
    special = {store.special.pad, store.special.cls, store.special.sep}
    words = []
    for place, piece in enumerate(row.tolist()):
        if piece in special:
            words.append(None)
        elif store.continues[piece] and words and words[-1]:
            words[-1].append(place)
        else:
            words.append([place])
    return [word for word in words if word]


@given(seed=st.integers(0, 2**31), ratio=st.floats(0.01, 0.99))
def test_words_are_hidden_whole_and_specials_never(store, seed, ratio):
    ids = sequences(store, seed)
    rng = np.random.default_rng(seed)
    masked, positions, targets = mask_words(store, ids, rng=rng, ratio=ratio)
    assert (targets == ids.reshape(-1)[positions]).all()
    untouched = np.ones(ids.size, dtype=bool)
    untouched[positions] = False
    assert (masked.reshape(-1)[untouched] == ids.reshape(-1)[untouched]).all()
    chosen = set(positions.tolist())
    for number, row in enumerate(ids):
        for word in words_of(store, row):
            hit = [number * ids.shape[1] + place in chosen for place in word]
            assert all(hit) or not any(hit)
            for place in hit:
                chosen.discard(number * ids.shape[1] + word[hit.index(place)])
    assert len(positions) >= 1


def test_shares(store):
    ids = np.concatenate([sequences(store, seed) for seed in range(60)])
    rng = np.random.default_rng(0)
    masked, positions, targets = mask_words(store, ids, rng=rng, ratio=0.2)
    pieces = sum(len(word) for row in ids for word in words_of(store, row))
    read = masked.reshape(-1)[positions]
    assert len(positions) / pieces == pytest.approx(0.2, abs=0.01)
    assert np.mean(read == store.special.mask) == pytest.approx(0.8, abs=0.02)
    assert np.mean(read == targets) == pytest.approx(0.1, abs=0.02)


def test_something_is_always_asked(store):
    ids = sequences(store, 3)[:1]
    rng = np.random.default_rng(0)
    _, positions, _ = mask_words(store, ids, rng=rng, ratio=1e-9)
    assert len(positions) >= 1
