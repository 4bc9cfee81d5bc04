from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import PretrainError
from spacy_bert_unsup.pretrain.data import PieceStore


@given(first=st.integers(0, 2**40), seed=st.integers(0, 2**31))
def test_any_run_of_draws_covers_the_text_evenly(store, first, seed):
    draws = np.arange(first, first + 400, dtype=np.uint64)
    places = store.places(draws, seed)
    counts, _ = np.histogram(places, bins=20, range=(0, len(store.ids)))
    # Random draws would scatter by about 4.4 around 20.
    assert counts.min() >= 17 and counts.max() <= 23


def test_weights_decide_how_often_a_source_is_drawn(prepared, tmp_path):
    meta = json.loads((prepared / "meta.json").read_text(encoding="utf-8"))
    total = meta["train"]["pieces"]
    cut = total // 4
    meta["train"]["sources"] = {"small": [0, cut], "large": [cut, total]}
    for name in ("train.ids", "train.docs.npy", "tokenizer.json"):
        (tmp_path / name).symlink_to(prepared / name)
    (tmp_path / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    weighted = PieceStore(tmp_path, "train", {"small": 3.0})
    places = weighted.places(np.arange(1000, dtype=np.uint64), 0)
    # Three times a quarter against once three quarters.
    assert np.mean(places < cut) == pytest.approx(0.5, abs=0.01)
    with pytest.raises(PretrainError, match="smal.*small, large"):
        PieceStore(tmp_path, "train", {"smal": 3.0})


def test_vocabulary_flags(store):
    assert store.continues.sum() > 10 and store.ends_sentence.sum() >= 1
    assert store.first_term == 7  # five special and two unused entries
