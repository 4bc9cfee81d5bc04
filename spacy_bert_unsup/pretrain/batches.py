"""Builds training batches, each from its number alone."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from .asking import choose_spans
from .data import Flags, Ids, PieceStore
from .label_plan import LabelPlan
from .masking import mask_words
from .pairs import NO_LABEL, pack_pairs
from .questions import lay_questions, stack_asked
from .sentences import lay_sentences


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one length, masked.

    ids (Ids): (B, S) what the model reads.
    segments (Ids): (B, S) 0 for the first text, 1 for the second.
    attention (Ids | Flags): (B, S) 0 on padding; or (B, S, S) which piece sees which.
    positions (Ids): (M,) places to predict, in the flattened batch.
    targets (Ids): (M,) the pieces that were there.
    follows (Ids): (B,) 0: the second text follows the first, 1: it is from elsewhere,
        -100: there is one text only.
    next_row (int): Number of the first draw of the next batch.
    rows, length (int): Sequences of text, and their pieces; B and S are more where
        questions lie beside and below it.
    places (Ids | None): (B, S) the place each piece stands for; None: where it is.
    masks, words (Ids): (Q,) flat positions of the answers about labels, and what is
        right there: rows of `SeedWords.allowed`.
    """

    ids: Ids
    segments: Ids
    attention: Ids | Flags
    positions: Ids
    targets: Ids
    follows: Ids
    next_row: int
    rows: int
    length: int
    places: Ids | None = None
    masks: Ids = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    words: Ids = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What decides a batch, beside its number.

    lengths (Mapping[int, float]): Sequence length -> share of the tokens.
    rank, world (int): This process, and how many share each step.
    labels (LabelPlan | None): Questions about labels.
    """

    lengths: Mapping[int, float]
    batch_tokens: int
    mask_ratio: float
    single_share: float
    seed: int
    rank: int = 0
    world: int = 1
    labels: LabelPlan | None = None


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
    batch = Batch(
        ids=masked,
        segments=segments,
        attention=attention,
        positions=positions,
        targets=targets,
        follows=follows,
        next_row=row + rows * plan.world,
        rows=rows,
        length=length,
    )
    return (
        batch
        if plan.labels is None
        else ask_labels(store, plan.labels, batch, ids, rng)
    )


def ask_labels(
    store: PieceStore, plan: LabelPlan, batch: Batch, ids: Ids, rng: np.random.Generator
) -> Batch:
    """Put questions about labels beside the text of a batch, and in rows below it.

    ids (Ids): (B, S) the text, before masking.
    RETURNS (Batch): More columns, and more rows.
    """
    spans = choose_spans(store, plan, ids, rng)
    text = (batch.ids, batch.segments, batch.attention)
    asked = lay_questions(plan, store.special, text, spans, rng)
    width = asked.ids.shape[1]
    alone = spans.take(rng.random(len(spans)) < plan.settings.sentence_share)
    asked = stack_asked(asked, lay_sentences(plan, store.special, ids, alone, width))
    row, column = np.divmod(batch.positions, batch.length)
    further = np.full(len(asked.ids) - len(ids), NO_LABEL, dtype=np.int64)
    return replace(
        batch,
        ids=asked.ids,
        segments=asked.segments,
        attention=asked.sees,
        positions=row * width + column,
        follows=np.concatenate([batch.follows, further]),
        places=asked.places,
        masks=asked.masks,
        words=asked.words,
    )


def stream_batches(
    store: PieceStore, plan: BatchPlan, step: int, row: int, *, ahead: int = 4
) -> Generator[Batch]:
    """Build batches in a background thread, from the given step on, without end."""
    ready: queue.Queue[Batch | Exception] = queue.Queue(maxsize=ahead)
    stop = threading.Event()

    def work() -> None:
        at, number = row, step
        while not stop.is_set():
            made: Batch | Exception
            try:
                made = make_batch(store, plan, step=number, row=at)
                at, number = made.next_row, number + 1
            except Exception as error:  # raised where the batch is wanted
                made = error
            while not stop.is_set():
                try:
                    ready.put(made, timeout=0.2)
                    break
                except queue.Full:
                    continue

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            made = ready.get()
            if isinstance(made, Exception):
                raise made
            yield made
    finally:
        stop.set()
