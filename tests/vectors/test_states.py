"""The shared pass: computed once, kept until all have read it, bounded in bytes."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Ints
from spacy_bert_unsup.vectors.states import StateStore, find_store


def make_sequences(lm: MaskedLM, texts: list[str]) -> list[Ints]:
    pieces = lm.tokenize(texts)
    return [
        np.array([lm.cls_id, *piece.ids, lm.sep_id], dtype=np.int32) for piece in pieces
    ]


@pytest.fixture
def sequences(bert_lm: MaskedLM) -> list[Ints]:
    return make_sequences(bert_lm, ["John lives in Paris.", "a", "", "a", "the bank"])


def test_states_are_those_of_the_model(toy_lm: MaskedLM):
    sequences = make_sequences(toy_lm, ["John lives in Paris.", "a bank"])
    store = StateStore(toy_lm)
    reader = store.join([-1, 0, -1])
    found = store.read(reader, sequences)
    wanted = toy_lm.hidden_states(sequences, layers=[-1, 0, -1])
    for mine, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


def test_second_reader_costs_no_forward(bert_lm: MaskedLM, sequences: list[Ints]):
    store = StateStore(bert_lm)
    readers = [store.join(layers) for layers in ([-1], [1, -1], [0])]
    bert_lm.stats.reset()
    found = [store.read(reader, sequences) for reader in readers]
    assert bert_lm.stats.rows == len({ids.tobytes() for ids in sequences}) == 4
    layers = [[-1], [1, -1], [0]]
    for mine, chosen in zip(found, layers, strict=True):
        alone = bert_lm.hidden_states(sequences, layers=chosen)
        for a, b in zip(mine, alone, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
    assert len(store) == store.n_bytes == 0  # the last has read


def test_cls_alone_is_read_for_those_who_want_no_more(toy_lm: MaskedLM):
    sequences = make_sequences(toy_lm, ["John lives in Paris.", "a", "", "a bank"])
    wanted = [states[:1] for states in toy_lm.hidden_states(sequences, layers=[-1])]
    store = StateStore(toy_lm)
    readers = [store.join([-1], cls_only=True) for _ in range(2)]
    toy_lm.stats.reset()
    for reader in readers:
        found = store.read(reader, sequences)
        assert [states.shape for states in found] == [s.shape for s in wanted]
        for mine, theirs in zip(found, wanted, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-4)
    assert toy_lm.stats.head_positions == toy_lm.stats.rows == 4
    assert len(store) == 0


def test_cls_alone_is_not_given_to_who_wants_more(
    bert_lm: MaskedLM, sequences: list[Ints]
):
    store = StateStore(bert_lm)
    brief, other = (store.join([-1], cls_only=True) for _ in range(2))
    store.read(brief, sequences)  # kept for the other
    late = store.join([-1])
    lengths = [len(ids) for ids in sequences]
    assert [len(states) for states in store.read(late, sequences)] == lengths
    more = make_sequences(bert_lm, ["John lives in London.", "a doctor"])
    store.read(brief, more)
    store.read(other, more)
    bert_lm.stats.reset()
    lengths = [len(ids) for ids in more]
    assert [len(states) for states in store.read(late, more)] == lengths
    assert bert_lm.stats.rows == 0


def test_lone_reader_keeps_nothing(bert_lm: MaskedLM, sequences: list[Ints]):
    store = StateStore(bert_lm)
    reader, gone = store.join([-1]), store.join([0])
    del gone
    gc.collect()
    store.read(reader, sequences)
    assert len(store) == 0


def test_bytes_are_bounded_and_nothing_is_kept_for_one_who_does_not_come(
    bert_lm: MaskedLM,
):
    texts = [f"John lives in Paris {i}" for i in range(50)]
    sequences = make_sequences(bert_lm, texts)
    store = StateStore(bert_lm, max_bytes=4000)
    reader, other = store.join([-1]), store.join([-1])
    found, sizes = [], []
    for ids in sequences:
        found += store.read(reader, [ids])
        sizes.append(store.n_bytes)
    assert 0 < max(sizes) <= 4000
    assert sizes[-1] == 0  # it was too late once, and is not waited for any more
    again = store.read(other, sequences)  # what was thrown away is computed anew
    for mine, theirs in zip(found, again, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    assert store.n_bytes <= 4000


def test_one_who_comes_late_is_waited_for_again(
    bert_lm: MaskedLM, sequences: list[Ints]
):
    store = StateStore(bert_lm, max_bytes=4000)
    reader, other = store.join([-1]), store.join([-1])
    more = make_sequences(bert_lm, [f"John lives in Paris {i}" for i in range(9)])
    store.read(reader, more)
    store.read(other, more)
    store.read(reader, sequences[:2])
    bert_lm.stats.reset()
    store.read(other, sequences[:2])
    assert bert_lm.stats.rows == 0


def test_reader_with_new_layers_is_served(bert_lm: MaskedLM, sequences: list[Ints]):
    store = StateStore(bert_lm)
    first, second = store.join([-1]), store.join([-1])
    store.read(first, sequences)
    late = store.join([0])
    for mine, theirs in zip(
        store.read(late, sequences),
        bert_lm.hidden_states(sequences, layers=[0]),
        strict=True,
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    assert len(store.read(second, sequences)) == len(sequences)


def test_layer_that_is_not_there_is_refused(bert_lm: MaskedLM):
    store = StateStore(bert_lm)
    with pytest.raises(ModelError):
        store.read(store.join([-4]), [np.array([bert_lm.cls_id], np.int32)])


def test_store_is_found_by_model_and_scope_and_dies_with_its_holders(bert_lm: MaskedLM):
    scope, other = object(), object()
    store = find_store(bert_lm, scope)
    assert find_store(bert_lm, scope) is store
    assert find_store(bert_lm, other) is not store
    reader = store.join([-1])
    del store
    gc.collect()
    assert reader not in find_store(bert_lm, scope)._readers


def test_threads_read_what_a_single_one_reads(bert_lm: MaskedLM):
    texts = [f"Mary {word} in {i}" for i in range(10) for word in ("lives", "works")]
    sequences = make_sequences(bert_lm, texts)
    wanted = bert_lm.hidden_states(sequences, layers=[-1])
    store = StateStore(bert_lm, max_bytes=20_000)
    failures: list[str] = []

    def work(layers: list[int]) -> None:
        reader = store.join(layers)
        for _ in range(5):
            for mine, right in zip(store.read(reader, sequences), wanted, strict=True):
                if not np.allclose(mine[:, -1:], right, atol=1e-5):
                    failures.append("wrong states")

    threads = [threading.Thread(target=work, args=[[i % 2, -1]]) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert 0 <= store.n_bytes <= 20_000
