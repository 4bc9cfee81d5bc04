"""Write contexts and their blocks into rows, and rows into batches (packed masking)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Ints
from .blocks import ALONE, Blocks
from .queries import length_buckets

# Attention takes time and memory with the square of a row. A row of this many pieces
# costs little more for each of them than a short one; a longer context gets as much
# room again for its blocks, and what does not fit goes into another row with it.
ROW_PIECES = 256
# Blocks that stand by themselves see only themselves, so long rows gain nothing.
ALONE_PIECES = 96


@dataclass(frozen=True, slots=True)
class Row:
    """A context with some of its blocks; of blocks that are sorted by context.

    context (int): Which context; -1 for none.
    first, last (int): First block, and one past the last.
    length (int): Pieces in all.
    """

    context: int
    first: int
    last: int
    length: int


@dataclass(frozen=True, slots=True)
class PackedBatch:
    """R rows of L pieces, as the encoder takes them.

    ids (Ints): (R, L) pieces; padding at the end.
    places (Ints): (R, L) the place that each piece stands for.
    group (Ints): (R, L) 0 for the context, 1, 2, ... for its blocks, -1 for padding.
    bounds (Ints): (R, L, 4) pieces of the context that each piece sees, and those among
        them that it does not: first, one past the last, twice; 0 in the context, which
        sees itself.
    wanted (Bools): (R, L) where answers are wanted.
    """

    ids: Ints
    places: Ints
    group: Ints
    bounds: Ints
    wanted: Bools


def plan_rows(
    contexts: Sequence[Ints], blocks: Blocks, *, max_batch_pieces: int
) -> list[Row]:
    """Decide which blocks share a row.

    contexts (Sequence[Ints]): (n,) pieces of each context.
    blocks (Blocks): Sorted by context.
    max_batch_pieces (int): No row is longer, but for one with a single block.
    RETURNS (list[Row]): They hold every block once.
    """
    rows: list[Row] = []
    edges = np.flatnonzero(np.diff(blocks.context)) + 1
    for first, last in _pairs([0, *edges.tolist(), len(blocks)]):
        if first == last:
            continue
        context = int(blocks.context[first])
        alone = context == ALONE
        size = 0 if alone else len(contexts[context])
        room = ALONE_PIECES if alone else max(ROW_PIECES - size, size)
        room = min(room, max_batch_pieces - size)
        ends = blocks.starts[first + 1 : last + 1]
        while first < last:
            start = int(blocks.starts[first])
            fit = int(np.searchsorted(ends, start + room, side="right"))
            stop = max(last - len(ends) + fit, first + 1)
            length = size + int(blocks.starts[stop]) - start
            rows.append(Row(context, first, stop, length))
            ends, first = ends[stop - first :], stop
    return rows


def _pairs(marks: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(marks, marks[1:], strict=False)


def make_batches(
    contexts: Sequence[Ints],
    blocks: Blocks,
    *,
    max_batch_pieces: int,
    pad_id: int,
) -> Iterator[tuple[list[int], list[int], PackedBatch]]:
    """Write blocks into rows of nearly equal length.

    contexts (Sequence[Ints]): (n,) pieces of each context, special tokens included.
    blocks (Blocks): Sorted by context.
    max_batch_pieces (int): Bound on rows x longest row of a batch.
    pad_id (int): Fills the end of shorter rows.
    YIELDS (tuple[list[int], list[int], PackedBatch]): Blocks in the order in which
        their wanted places stand in the batch, the number of places of each, and the
        batch.
    """
    rows = plan_rows(contexts, blocks, max_batch_pieces=max_batch_pieces)
    lengths = [row.length for row in rows]
    counts = blocks.count_wanted().tolist()
    for bucket in length_buckets(lengths, max_batch_pieces):
        chosen = [rows[i] for i in bucket]
        order = [i for row in chosen for i in range(row.first, row.last)]
        batch = write_rows(contexts, blocks, chosen, pad_id=pad_id)
        yield order, [counts[i] for i in order], batch


def write_rows(
    contexts: Sequence[Ints], blocks: Blocks, rows: Sequence[Row], *, pad_id: int
) -> PackedBatch:
    """Write rows into the arrays of a batch.

    contexts (Sequence[Ints]): (n,) pieces of each context, special tokens included.
    blocks (Blocks): Blocks that the rows name.
    rows (Sequence[Row]): R rows.
    pad_id (int): Fills the end of shorter rows.
    RETURNS (PackedBatch): The batch.
    """
    shape = (len(rows), max(row.length for row in rows))
    ids = np.full(shape, pad_id, np.int32)
    places, bounds = np.zeros(shape, np.int32), np.zeros((*shape, 4), np.int32)
    group, wanted = np.full(shape, -1, np.int32), np.zeros(shape, np.bool_)
    for i, row in enumerate(rows):
        size = 0
        if row.context != ALONE:
            size = len(contexts[row.context])
            ids[i, :size] = contexts[row.context]
            places[i, :size] = np.arange(size)
            group[i, :size] = 0
        part = slice(int(blocks.starts[row.first]), int(blocks.starts[row.last]))
        here = slice(size, row.length)
        inside = slice(row.first, row.last)
        sizes = np.diff(blocks.starts[row.first : row.last + 1])
        ids[i, here] = blocks.ids[part]
        places[i, here] = blocks.places[part]
        wanted[i, here] = blocks.wanted[part]
        group[i, here] = np.repeat(np.arange(1, len(sizes) + 1), sizes)
        bounds[i, here, :2] = np.repeat(blocks.seen[inside], sizes, axis=0)
        bounds[i, here, 2:] = np.repeat(blocks.hidden[inside], sizes, axis=0)
    return PackedBatch(ids, places, group, bounds, wanted)
