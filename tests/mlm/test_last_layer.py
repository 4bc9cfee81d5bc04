"""The last layer at single places against the whole layer."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from spacy_bert_unsup.mlm.last_layer import split_encoder, spread_places
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Query

SIZES = (9, 7, 9)


def make_queries(lm: MaskedLM) -> list[Query]:
    """Rows of two lengths in one batch, read at some places."""
    generator = np.random.default_rng(0)
    places = [[0], [6, 1], [3, 3, 8]]
    return [
        Query(
            generator.integers(5, 60, size).astype(np.int32), np.array(wanted, np.int32)
        )
        for size, wanted in zip(SIZES, places, strict=True)
    ]


def read_whole(lm: MaskedLM, queries: list[Query]) -> np.ndarray:
    whole = lm.hidden_states([query.ids for query in queries], layers=[-1])
    found = [w[q.positions, 0] for w, q in zip(whole, queries, strict=True)]
    return np.concatenate(found)


def test_states_are_those_of_the_whole_layer(toy_lm: MaskedLM) -> None:
    queries = make_queries(toy_lm)
    found = toy_lm.last_states(queries)
    np.testing.assert_allclose(found, read_whole(toy_lm, queries), atol=1e-4)


def test_padding_is_not_seen(bert_lm: MaskedLM) -> None:
    """One batch of rows of different lengths."""
    queries = make_queries(bert_lm)
    rows = [query.ids for query in queries]
    places = [query.positions for query in queries]
    with torch.inference_mode():
        found = bert_lm._encoder.last_states(rows, places).numpy()
    np.testing.assert_allclose(found, read_whole(bert_lm, queries), atol=1e-4)


def test_nothing_asked(bert_lm: MaskedLM) -> None:
    assert bert_lm.last_states([]).shape == (0, 16)


def test_which_families_are_split(toy_lm: MaskedLM) -> None:
    split = toy_lm._encoder._parts is not None
    assert split == (toy_lm.name in ("bert", "roberta"))


def test_only_the_wanted_places_are_computed(
    bert_lm: MaskedLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = bert_lm._parts.model.bert.encoder.layer[-1]
    seen = []
    hook = layer.intermediate.register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].shape)
    )
    bert_lm.last_states(make_queries(bert_lm))
    hook.remove()
    assert sum(shape[0] for shape in seen) == 6
    assert all(len(shape) == 2 for shape in seen)


def test_a_layer_that_is_built_otherwise_runs_in_full(bert_lm: MaskedLM) -> None:
    encoder = copy.deepcopy(bert_lm._parts.model.base_model)
    encoder.encoder.layer[-1].attention.self.scaling = 0.1  # the split one obeys it
    assert split_encoder(encoder, n_terms=60) is not None
    encoder.encoder.layer[-1].register_forward_hook(lambda _, __, found: found + 1)
    assert split_encoder(encoder, n_terms=60) is None


def test_the_weights_are_shared(bert_lm: MaskedLM) -> None:
    parts = bert_lm._encoder._parts
    assert parts is not None
    own = {id(p) for p in bert_lm._parts.model.parameters()}
    assert {id(p) for p in parts.trunk.parameters()} < own
    assert {id(p) for p in parts.layer.parameters()} < own
    layers = bert_lm._parts.model.bert.encoder.layer
    assert len(parts.trunk.encoder.layer) == len(layers) - 1  # type: ignore


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=6))
def test_places_side_by_side(wanted: list[list[int]]) -> None:
    rows = np.repeat(np.arange(len(wanted)), [len(found) for found in wanted])
    places = np.array([place for found in wanted for place in found], np.int64)
    slots, index = spread_places(rows, places, len(wanted))
    assert index.shape == (len(wanted), max(map(len, wanted)))
    assert index[rows, slots].tolist() == places.tolist()
    assert len(set(zip(rows.tolist(), slots.tolist(), strict=True))) == len(places)
