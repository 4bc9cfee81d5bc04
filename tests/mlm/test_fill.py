"""Fast answers against a loop of plain transformers calls, one query at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm import topk
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import mask_span, plain_query
from spacy_bert_unsup.types import Floats, Query
from tests.toys import TEXTS


def make_queries(lm: MaskedLM, *, per_piece: bool = False) -> list[Query]:
    """Every word position of the toy texts, some twice, in no order of length."""
    queries = []
    for pieces in lm.tokenize(TEXTS):
        ids = pieces.ids[: lm.max_length - 2]
        for first in range(0, len(ids) - 2, 3):
            queries.append(mask_span(lm, ids, first, first + 2, per_piece=per_piece))
            queries.append(plain_query(lm, ids[: first + 4], first, first + 1))
    queries += queries[:5]
    order = np.random.default_rng(0).permutation(len(queries))
    return [queries[i] for i in order]


@torch.inference_mode()
def plain_scores(lm: MaskedLM, query: Query) -> tuple[Floats, Floats]:
    """Probabilities and logits of the whole vocabulary, means over the places."""
    ids = torch.from_numpy(query.ids.astype(np.int64))[None]
    model = lm._parts.model
    logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    wanted = logits[0, torch.from_numpy(query.positions.astype(np.int64))]
    return wanted.softmax(dim=1).mean(dim=0).numpy(), wanted.mean(dim=0).numpy()


@pytest.mark.parametrize("per_piece", [False, True])
@pytest.mark.parametrize("max_batch_pieces", [30, 8192])
def test_fill_equals_the_plain_loop(
    toy_lm: MaskedLM, per_piece: bool, max_batch_pieces: int
) -> None:
    queries = make_queries(toy_lm, per_piece=per_piece)
    found = toy_lm.fill(queries, top_k=7, max_batch_pieces=max_batch_pieces)
    assert found.ids.shape == (len(queries), 7)
    for i, query in enumerate(queries):
        probs, logits = plain_scores(toy_lm, query)
        np.testing.assert_allclose(found.probs[i], np.sort(probs)[::-1][:7], atol=1e-4)
        np.testing.assert_allclose(found.probs[i], probs[found.ids[i]], atol=1e-4)
        np.testing.assert_allclose(found.logits[i], logits[found.ids[i]], atol=1e-4)


def test_head_vectors_explain_the_logits(toy_lm: MaskedLM) -> None:
    queries = make_queries(toy_lm)
    scores = toy_lm.head_vectors(queries) @ toy_lm.rows().T + toy_lm.bias()
    wanted = np.stack([plain_scores(toy_lm, query)[1] for query in queries])
    np.testing.assert_allclose(scores, wanted, atol=1e-4)


def test_small_blocks_of_logits_change_nothing(
    bert_lm: MaskedLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = make_queries(bert_lm, per_piece=True)
    wanted = bert_lm.fill(queries)
    monkeypatch.setattr(topk, "MAX_BLOCK", 3 * len(bert_lm.terms))
    found = bert_lm.fill(queries)
    np.testing.assert_allclose(found.probs, wanted.probs, atol=1e-6)


@pytest.mark.parametrize("per_piece", [False, True])
def test_only_allowed_terms(bert_lm: MaskedLM, per_piece: bool) -> None:
    queries = make_queries(bert_lm, per_piece=per_piece)
    allowed = np.zeros(len(bert_lm.terms), dtype=np.bool_)
    allowed[[30, 40, 50]] = True
    found = bert_lm.fill(queries, top_k=5, allowed=allowed)
    for i, query in enumerate(queries):
        probs, _ = plain_scores(bert_lm, query)
        best = found.ids[i, :3]
        assert set(best.tolist()) == {30, 40, 50}
        # The share of the others is not given to the allowed ones.
        np.testing.assert_allclose(
            found.probs[i, :3], probs[found.ids[i, :3]], atol=1e-4
        )
    assert (found.ids[:, 3:] == -1).all()
    assert (found.probs[:, 3:] == 0).all()
    assert np.isneginf(found.logits[:, 3:]).all()


def test_answers_do_not_depend_on_the_company(toy_lm: MaskedLM) -> None:
    queries = make_queries(toy_lm)
    together = toy_lm.fill(queries)
    for i in (0, len(queries) // 2, len(queries) - 1):
        alone = toy_lm.fill([queries[i]])
        np.testing.assert_allclose(alone.probs[0], together.probs[i], atol=1e-5)


def test_equal_queries_are_computed_once(bert_lm: MaskedLM) -> None:
    ids = bert_lm.tokenize(["John lives in Paris"])[0].ids
    bert_lm.stats.reset()
    found = bert_lm.fill([mask_span(bert_lm, ids, 1, 2)] * 10)
    assert bert_lm.stats.rows == bert_lm.stats.head_positions == 1
    assert bert_lm.stats.forwards == 1
    assert (found.ids == found.ids[0]).all() and len(found.ids) == 10


def test_head_runs_at_the_wanted_places_only(bert_lm: MaskedLM) -> None:
    ids = bert_lm.tokenize(["John Smith lives in Paris"])[0].ids
    queries = [mask_span(bert_lm, ids, i, i + 2, per_piece=True) for i in range(3)]
    bert_lm.stats.reset()
    bert_lm.fill(queries)
    assert bert_lm.stats.head_positions == 6
    assert bert_lm.stats.pieces == 3 * (len(ids) + 2)


def test_no_queries(bert_lm: MaskedLM) -> None:
    assert bert_lm.fill([]).ids.shape == (0, 20)
    assert bert_lm.head_vectors([]).shape == (0, 16)
    assert bert_lm.hidden_states([], layers=[-1]) == []


def test_top_k_larger_than_the_vocabulary(bert_lm: MaskedLM) -> None:
    ids = bert_lm.tokenize(["the cell"])[0].ids
    found = bert_lm.fill([mask_span(bert_lm, ids, 0, 1)], top_k=10_000)
    assert found.ids.shape == (1, len(bert_lm.terms))
    assert found.probs.sum() == pytest.approx(1.0, abs=1e-4)


def test_threads_get_the_serial_answer(toy_lm: MaskedLM) -> None:
    shares = [make_queries(toy_lm)[i::4] for i in range(4)] * 6
    serial = [toy_lm.fill(share) for share in shares]
    vectors = [toy_lm.head_vectors(share) for share in shares]
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(toy_lm.fill, shares))
        mapped = list(pool.map(toy_lm.head_vectors, shares))
        tokenized = list(pool.map(toy_lm.tokenize, [TEXTS] * 24))
    for one, other in zip(serial, threaded, strict=True):
        np.testing.assert_array_equal(one.ids, other.ids)
        np.testing.assert_allclose(one.probs, other.probs, atol=1e-6)
    for one, other in zip(vectors, mapped, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    for pieces in tokenized:
        np.testing.assert_array_equal(pieces[0].ids, tokenized[0][0].ids)


def test_hidden_states_equal_the_plain_model(toy_lm: MaskedLM) -> None:
    sequences = [query.ids for query in make_queries(toy_lm)[:6]]
    found = toy_lm.hidden_states(sequences, layers=[0, -1])
    for ids, states in zip(sequences, found, strict=True):
        inputs = torch.from_numpy(ids.astype(np.int64))[None]
        with torch.inference_mode():
            plain = toy_lm._parts.model(inputs, output_hidden_states=True).hidden_states
        assert states.shape == (len(ids), 2, plain[-1].shape[-1])
        np.testing.assert_allclose(states[:, 0], plain[0][0].numpy(), atol=1e-4)
        np.testing.assert_allclose(states[:, 1], plain[-1][0].numpy(), atol=1e-4)


@pytest.mark.parametrize("layer", [3, -4])
def test_layer_that_is_not_there(bert_lm: MaskedLM, layer: int) -> None:
    with pytest.raises(ModelError, match=f"E118.*layer {layer}.*2"):
        bert_lm.hidden_states([], layers=[layer])


def test_too_long_a_query(bert_lm: MaskedLM) -> None:
    long = Query(np.full(49, 40, dtype=np.int32), np.array([1], dtype=np.int32))
    with pytest.raises(ModelError, match="49 pieces.*48"):
        bert_lm.fill([long])


@pytest.mark.parametrize("places", [[], [5], [-1]])
def test_place_outside_the_query(bert_lm: MaskedLM, places: list[int]) -> None:
    query = Query(np.full(5, 40, dtype=np.int32), np.array(places, dtype=np.int32))
    with pytest.raises(ModelError, match="E109"):
        bert_lm.fill([query])


def test_wrong_number_of_flags(bert_lm: MaskedLM) -> None:
    with pytest.raises(ModelError, match="E112"):
        bert_lm.fill([], allowed=np.ones(3, dtype=np.bool_))


def test_bfloat16_is_close(bert_lm: MaskedLM) -> None:
    parts = bert_lm._parts
    small = MaskedLM.from_parts(
        parts.model, parts.tokenizer, name="bf16", dtype="bfloat16"
    )
    queries = make_queries(bert_lm)
    found = small.fill(queries)
    assert found.probs.dtype == np.float32
    np.testing.assert_allclose(found.probs, bert_lm.fill(queries).probs, atol=0.1)
    assert small.fingerprint == bert_lm.fingerprint
