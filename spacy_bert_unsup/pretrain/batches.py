"""Builds training batches, each from its number alone."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np

from .data import Ids, PieceStore
from .masking import mask_words
from .pairs import pack_pairs


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one length, masked.

    ids (Ids): (B, S) what the model reads.
    segments (Ids): (B, S) 0 for the first text, 1 for the second.
    attention (Ids): (B, S) 0 on padding.
    positions (Ids): (M,) places to predict, in the flattened batch.
    targets (Ids): (M,) the pieces that were there.
    follows (Ids): (B,) 0: the second text follows the first, 1: it is from elsewhere,
        -100: there is one text only.
    next_row (int): Number of the first draw of the next batch.
    """

    ids: Ids
    segments: Ids
    attention: Ids
    positions: Ids
    targets: Ids
    follows: Ids
    next_row: int


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What decides a batch, beside its number.

    lengths (Mapping[int, float]): Sequence length -> share of the tokens.
    rank, world (int): This process, and how many share each step.
    """

    lengths: Mapping[int, float]
    batch_tokens: int
    mask_ratio: float
    single_share: float
    seed: int
    rank: int = 0
    world: int = 1


def make_batch(store: PieceStore, plan: BatchPlan, *, step: int, row: int) -> Batch:
    """Build the batch of one step; the same arguments give the same batch.

    step (int): Number of the step: decides length, cuts and masks.
    row (int): Number of the first draw: decides the places in the text.
    """
    lengths = list(plan.lengths)
    shares = np.array([plan.lengths[length] for length in lengths])
    common = np.random.default_rng([plan.seed, step])
    length = lengths[int(common.choice(len(lengths), p=shares / shares.sum()))]
    rows = max(plan.batch_tokens // length, 1)
    rng = np.random.default_rng([plan.seed, step, plan.rank])
    first = row + plan.rank * rows
    draws = np.arange(first, first + rows, dtype=np.uint64)
    places = store.places(draws, plan.seed)
    ids, segments, attention, follows = pack_pairs(
        store, places, length, rng=rng, single_share=plan.single_share
    )
    masked, positions, targets = mask_words(store, ids, rng=rng, ratio=plan.mask_ratio)
    return Batch(
        ids=masked,
        segments=segments,
        attention=attention,
        positions=positions,
        targets=targets,
        follows=follows,
        next_row=row + rows * plan.world,
    )


def stream_batches(
    store: PieceStore, plan: BatchPlan, step: int, row: int, *, ahead: int = 4
) -> Generator[Batch]:
    """Build batches in a background thread, from the given step on, without end."""
    ready: queue.Queue[Batch] = queue.Queue(maxsize=ahead)
    stop = threading.Event()

    def work() -> None:
        at, number = row, step
        while not stop.is_set():
            batch = make_batch(store, plan, step=number, row=at)
            at, number = batch.next_row, number + 1
            while not stop.is_set():
                try:
                    ready.put(batch, timeout=0.2)
                    break
                except queue.Full:
                    continue

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            yield ready.get()
    finally:
        stop.set()
