from __future__ import annotations

from contextlib import closing
from dataclasses import fields, replace
from itertools import islice

import numpy as np
import pytest

from spacy_bert_unsup.pretrain.batches import BatchPlan, make_batch, stream_batches

PLAN = BatchPlan(
    lengths={16: 0.5, 32: 0.5},
    batch_tokens=128,
    mask_ratio=0.2,
    single_share=0.1,
    seed=5,
)


def same(a, b):
    return all(
        np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a)
    )


def test_a_batch_depends_on_its_number_alone(store):
    batch = make_batch(store, PLAN, step=7, row=40)
    assert same(batch, make_batch(store, PLAN, step=7, row=40))
    assert not same(batch, make_batch(store, PLAN, step=8, row=40))
    assert batch.ids.size == 128
    assert batch.next_row == 40 + len(batch.ids)


def test_all_lengths_come_with_their_share_of_tokens(store):
    lengths = [make_batch(store, PLAN, step=n, row=0).ids.shape[1] for n in range(200)]
    assert 70 < lengths.count(16) < 130 and set(lengths) == {16, 32}


def test_processes_draw_different_places_of_one_length(store):
    ranks = [
        make_batch(store, replace(PLAN, rank=rank, world=2), step=3, row=10)
        for rank in (0, 1)
    ]
    assert ranks[0].ids.shape == ranks[1].ids.shape
    assert not np.array_equal(ranks[0].ids, ranks[1].ids)
    assert ranks[0].next_row == ranks[1].next_row == 10 + 2 * len(ranks[0].ids)


def test_what_goes_wrong_in_the_background_is_raised(store):
    broken = replace(PLAN, lengths={})
    with closing(stream_batches(store, broken, 0, 0)) as stream:
        with pytest.raises(ValueError, match="positive integer"):
            next(stream)


def test_stream_goes_on_from_any_step(store):
    with closing(stream_batches(store, PLAN, 0, 0)) as stream:
        whole = list(islice(stream, 6))
    with closing(stream_batches(store, PLAN, 3, whole[2].next_row)) as stream:
        rest = list(islice(stream, 3))
    assert all(same(a, b) for a, b in zip(whole[3:], rest, strict=True))
