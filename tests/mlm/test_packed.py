"""Packed rows against computations of the same attention pattern by other means."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import MPNetConfig, MPNetForMaskedLM

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.blocks import Blocks, join_blocks, stand_alone
from spacy_bert_unsup.mlm.encoder import Encoder
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.packed import PackedStyle
from spacy_bert_unsup.mlm.packing import PackedBatch, make_batches
from spacy_bert_unsup.mlm.queries import mask_span
from spacy_bert_unsup.types import Floats, Ints, Query
from tests import toys

SIZE = 14


def make_context(lm: MaskedLM, seed: int = 0) -> Ints:
    """A window of random pieces with its special tokens."""
    inner = np.random.default_rng(seed).integers(5, 60, SIZE - 2)
    return np.array([lm.cls_id, *inner, lm.sep_id], np.int32)


def make_block(
    lm: MaskedLM,
    first: int,
    last: int,
    *,
    words: tuple[int, ...] = (),
    context: int = 0,
) -> Blocks:
    """A mask that stands for pieces `first` to `last`, with some words before it."""
    ids = np.array([*words, lm.mask_id], np.int32)
    return Blocks(
        np.array([context], np.int32),
        ids,
        np.arange(first, first + len(ids), dtype=np.int32),
        np.arange(len(ids)) == len(words),
        np.array([0, len(ids)], np.int32),
        np.array([[0, SIZE]], np.int32),
        np.array([[first, last]], np.int32),
    )


@torch.inference_mode()
def read_slowly(lm: MaskedLM, context: Ints, block: Blocks) -> Floats:
    """(V,) probabilities at a block's mask, its pieces written BEFORE the context.

    The same pattern in another order, its mask filled in cell by cell.
    """
    own, size = len(block.ids), len(context)
    sees = torch.zeros(own + size, own + size, dtype=torch.bool)
    sees[own:, own:] = True
    sees[:own] = True
    (low, high), (first, last) = block.seen[0].tolist(), block.hidden[0].tolist()
    sees[:own, own : own + low] = sees[:own, own + high :] = False
    sees[:own, own + first : own + last] = False
    places = torch.from_numpy(np.concatenate([block.places, np.arange(size)])).long()
    mask: torch.Tensor | dict = torch.where(sees, 0.0, torch.finfo(torch.float32).min)
    mask = mask[None, None]
    if lm._encoder.sliding_window:
        near = (places[:, None] - places).abs() <= lm._encoder.sliding_window
        mask = {
            "full_attention": mask,
            "sliding_attention": mask.masked_fill(~near, -1e30),
        }
    offset = 2 if lm.name == "roberta" else 0
    ids = torch.from_numpy(np.concatenate([block.ids, context])).long()
    hidden = lm._parts.model.base_model(
        input_ids=ids[None], position_ids=places[None] + offset, attention_mask=mask
    ).last_hidden_state[0]
    wanted = hidden[:own][torch.from_numpy(block.wanted)]
    return lm._head.score(wanted).softmax(dim=1)[0].numpy()


def check_answer(lm: MaskedLM, found: Floats, ids: Ints, wanted: Floats) -> None:
    np.testing.assert_allclose(found, wanted[ids], atol=1e-4)
    np.testing.assert_allclose(found, np.sort(wanted)[::-1][: len(found)], atol=1e-4)


def test_every_family_reads_packed_rows(toy_lm: MaskedLM) -> None:
    style = toy_lm.packed_style
    assert style is not None
    assert style.first_place == (2 if toy_lm.name == "roberta" else 0)
    assert style.reach == (4 if toy_lm.name == "modernbert" else None)


def test_a_block_equals_the_same_pattern_in_another_order(toy_lm: MaskedLM) -> None:
    context = make_context(toy_lm)
    narrow = replace(make_block(toy_lm, 6, 7), seen=np.array([[3, 10]], np.int32))
    words = make_block(toy_lm, 4, 4, words=(20, 21))
    for block in (make_block(toy_lm, 3, 5), words, narrow):
        found = toy_lm.fill_packed([context], block, top_k=9)
        wanted = read_slowly(toy_lm, context, block)
        check_answer(toy_lm, found.probs[0], found.ids[0], wanted)


def test_a_lone_mask_that_sees_all_but_its_piece_is_not_the_masked_copy(
    bert_lm: MaskedLM,
) -> None:
    context = make_context(bert_lm)
    packed = bert_lm.fill_packed([context], make_block(bert_lm, 3, 4))
    copy = bert_lm.fill([mask_span(bert_lm, context[1:-1], 2, 3)])
    assert np.abs(packed.logits - copy.logits).max() > 1e-3


@pytest.mark.parametrize("max_batch_pieces", [20, 64, 8192])
def test_company_does_not_matter(toy_lm: MaskedLM, max_batch_pieces: int) -> None:
    contexts = [make_context(toy_lm, seed) for seed in range(3)]
    blocks = join_blocks(
        [
            make_block(
                toy_lm, i, i + 1 + i % 3, words=(20 + i,) * (i % 3), context=i % 3
            )
            for i in range(1, 10)
        ]
    )
    found = toy_lm.fill_packed(
        contexts, blocks, top_k=5, max_batch_pieces=max_batch_pieces
    )
    for i in range(len(blocks)):
        alone = toy_lm.fill_packed(contexts, blocks.take(np.array([i])), top_k=5)
        np.testing.assert_allclose(found.probs[i], alone.probs[0], atol=1e-5)


def test_blocks_do_not_see_each_other(toy_lm: MaskedLM) -> None:
    context = [make_context(toy_lm)]
    still = make_block(toy_lm, 3, 5)
    one, other = (
        toy_lm.fill_packed(
            context, join_blocks([still, make_block(toy_lm, 7, 7, words=words)])
        )
        for words in ((20, 21), (30, 31))
    )
    np.testing.assert_allclose(one.probs[0], other.probs[0], atol=1e-6)
    assert np.abs(one.probs[1] - other.probs[1]).max() > 1e-4


def test_what_is_hidden_is_seen_by_the_context_only(toy_lm: MaskedLM) -> None:
    """A block that sees no piece of its context answers the same in any other."""
    contexts = [make_context(toy_lm, seed) for seed in range(2)]
    answers = []
    for context in contexts:
        block = make_block(toy_lm, 3, 5, words=(20,))
        blind = replace(block, seen=np.zeros((1, 2), np.int32))
        answers.append(toy_lm.fill_packed([context], blind, top_k=5).probs)
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-6)


def test_sequences_by_themselves_equal_rows_of_their_own(toy_lm: MaskedLM) -> None:
    queries = [
        mask_span(
            toy_lm, make_context(toy_lm, i)[1 : 4 + i % 7], 1, 3, per_piece=i % 2 == 0
        )
        for i in range(30)
    ]
    blocks = stand_alone([q.ids for q in queries], [q.positions for q in queries])
    exact = toy_lm.fill(queries, top_k=5)
    for bound in (40, 8192):
        packed = toy_lm.fill_packed([], blocks, top_k=5, max_batch_pieces=bound)
        np.testing.assert_allclose(packed.probs, exact.probs, atol=1e-4)
        np.testing.assert_allclose(packed.logits, exact.logits, atol=1e-4)


def test_context_rows_equal_the_plain_pass(toy_lm: MaskedLM) -> None:
    context = make_context(toy_lm)
    block = make_block(toy_lm, 3, 5, words=(20,))
    ((_, _, batch),) = make_batches(
        [context], block, max_batch_pieces=99, pad_id=toy_lm.pad_id
    )
    style = toy_lm.packed_style
    assert style is not None
    with torch.inference_mode():
        states = toy_lm._encoder.read_packed(batch, style)
    plain = toy_lm.hidden_states([context], layers=[-1])[0][:, 0]
    np.testing.assert_allclose(states[0, :SIZE].numpy(), plain, atol=1e-4)


def test_the_bound_of_a_batch_is_kept(
    bert_lm: MaskedLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    read = Encoder.packed_states

    def watch(self: Encoder, batch: PackedBatch, style: PackedStyle) -> torch.Tensor:
        sizes.append(batch.ids.size)
        return read(self, batch, style)

    monkeypatch.setattr(Encoder, "packed_states", watch)
    contexts = [make_context(bert_lm, seed) for seed in range(4)]
    blocks = join_blocks(
        [
            make_block(bert_lm, i, i + 1, context=c)
            for c in range(4)
            for i in range(1, 12)
        ]
    )
    bert_lm.fill_packed(contexts, blocks, max_batch_pieces=40)
    assert max(sizes) <= 40 and len(sizes) > 3
    sizes.clear()
    bert_lm.fill_packed(contexts, blocks, max_batch_pieces=20)  # one row is too long
    assert max(sizes) <= 20 and len(sizes) == 8
    sizes.clear()
    bert_lm.fill_packed(contexts, blocks)
    assert sizes == [4 * (SIZE + 11)]


def test_equal_blocks_are_computed_once(bert_lm: MaskedLM) -> None:
    contexts = [make_context(bert_lm)] * 2
    blocks = join_blocks([make_block(bert_lm, 3, 5, context=i % 2) for i in range(6)])
    bert_lm.stats.reset()
    found = bert_lm.fill_packed(contexts, blocks)
    assert (bert_lm.stats.rows, bert_lm.stats.head_positions) == (1, 1)
    assert (found.ids == found.ids[0]).all() and len(found.ids) == 6


def test_blocks_that_differ_are_told_apart(bert_lm: MaskedLM) -> None:
    block = make_block(bert_lm, 3, 5)
    one = np.array([[3, 4]], np.int32)
    others = [
        replace(block, hidden=one),
        replace(block, seen=one),
        replace(block, places=block.places + 1),
        replace(block, ids=block.ids + 1),
        replace(block, context=block.context + 1),
    ]
    contexts = [make_context(bert_lm, seed) for seed in range(2)]
    found = bert_lm.fill_packed(contexts, join_blocks([block, *others]))
    assert len({row.tobytes() for row in found.probs}) == 6


def test_no_blocks(bert_lm: MaskedLM) -> None:
    assert bert_lm.fill_packed([], stand_alone([], [])).ids.shape == (0, 20)


def test_bad_blocks_are_refused(bert_lm: MaskedLM) -> None:
    context = make_context(bert_lm)
    good = make_block(bert_lm, 3, 5)
    bad = [
        replace(good, wanted=np.zeros(1, bool)),
        replace(good, places=np.array([48], np.int32)),
        replace(good, context=np.array([1], np.int32)),
    ]
    for block in bad:
        with pytest.raises(ModelError, match="E121.*Block 1 .*below 48"):
            bert_lm.fill_packed([context], join_blocks([good, block]))
    with pytest.raises(ModelError, match="E108.*56 pieces"):
        bert_lm.fill_packed([np.tile(context, 4)], good)


def test_threads_get_the_serial_answer(toy_lm: MaskedLM) -> None:
    contexts = [make_context(toy_lm, seed) for seed in range(4)]
    shares = [
        join_blocks([make_block(toy_lm, i, i + 2, context=i % 4) for i in range(k, 12)])
        for k in range(1, 9)
    ] * 4
    serial = [toy_lm.fill_packed(contexts, share) for share in shares]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda share: toy_lm.fill_packed(contexts, share), shares)
        for one, other in zip(serial, found, strict=True):
            np.testing.assert_allclose(one.probs, other.probs, atol=1e-6)


def test_half_precision(bert_lm: MaskedLM) -> None:
    model, tokenizer = toys.toy_bert()
    lm = MaskedLM.from_parts(model, tokenizer, name="half", dtype="bfloat16")
    context, block = make_context(lm), make_block(lm, 3, 5)
    found = lm.fill_packed([context], block)
    wanted = bert_lm.fill_packed([context], block)
    np.testing.assert_allclose(found.probs, wanted.probs, atol=0.05)


def test_a_model_with_relative_positions_is_found_out() -> None:
    _, tokenizer = toys.toy_bert()
    config = MPNetConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=50,
        pad_token_id=0,
        **toys.SIZES,
    )
    model = toys.make_model(MPNetForMaskedLM, config)
    lm = MaskedLM.from_parts(model, tokenizer, name="relative")
    assert lm.packed_style is None
    with pytest.raises(ModelError, match="E120.*'relative'.*'exact'"):
        lm.fill_packed([], stand_alone([], []))


def test_eager_attention_too() -> None:
    model, tokenizer = toys.toy_untied_bert()
    lm = MaskedLM.from_parts(model, tokenizer, name="eager")
    query = Query(make_context(lm), np.array([3], np.int32))
    wanted = lm.fill([query])
    model.set_attn_implementation("eager")
    assert lm.packed_style is not None
    found = lm.fill_packed([], stand_alone([query.ids], [query.positions]))
    model.set_attn_implementation("sdpa")
    np.testing.assert_allclose(found.probs, wanted.probs, atol=1e-4)
