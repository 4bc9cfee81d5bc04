"""Questions that share the reading of a context, as flat arrays.

A block is a handful of extra pieces, masks among them, that a model reads beside a
context: each piece stands for a place in it, though it is written behind its end. So
one pass over a window answers for all of its spans, where masked copies need a pass for
each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import Errors, ModelError
from ..types import Bools, Ints

ALONE = -1
"""The context of a block that stands by itself."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """B blocks with M pieces in all.

    context (Ints): (B,) which context each block reads; -1 for a block that stands by
        itself and brings its own special tokens.
    ids (Ints): (M,) pieces, block after block.
    places (Ints): (M,) the place that each piece stands for: 0 is the first piece of
        the context, its [CLS].
    wanted (Bools): (M,) where the answers are wanted; one place or more in each block,
        whose probabilities are averaged.
    starts (Ints): (B + 1,) where each block starts in these three, and their end.
    seen (Ints): (B, 2) first piece of the context that the block sees, and one past the
        last.
    hidden (Ints): (B, 2) pieces among them that it does not see: first, one past the
        last.
    """

    context: Ints
    ids: Ints
    places: Ints
    wanted: Bools
    starts: Ints
    seen: Ints
    hidden: Ints

    def __len__(self) -> int:
        return len(self.context)

    @property
    def sizes(self) -> Ints:
        """(B,) pieces of each block."""
        return np.diff(self.starts).astype(np.int32)

    def count_wanted(self) -> Ints:
        """(B,) wanted places of each block."""
        total = np.concatenate([[0], np.cumsum(self.wanted)])
        return np.diff(total[self.starts]).astype(np.int32)

    def take(self, order: Ints) -> Blocks:
        """Some of the blocks, in another order.

        order (Ints): (N,) indices of blocks.
        RETURNS (Blocks): N blocks.
        """
        sizes = self.sizes[order]
        starts = start_places(sizes)
        pieces = np.repeat(self.starts[order] - starts[:-1], sizes)
        pieces += np.arange(len(pieces), dtype=np.int32)
        return Blocks(
            self.context[order],
            self.ids[pieces],
            self.places[pieces],
            self.wanted[pieces],
            starts,
            self.seen[order],
            self.hidden[order],
        )

    def keys(self) -> list[bytes]:
        """What tells the blocks of one set of contexts apart; equal blocks, equal keys.

        RETURNS (list[bytes]): (B,) one for each block.
        """
        bounds = [self.context[:, None], self.seen, self.hidden]
        heads = np.concatenate(bounds, axis=1).astype(np.int32)
        bodies = np.stack([self.ids, self.places, self.wanted], axis=1).astype(np.int32)
        head, body = heads.tobytes(), bodies.tobytes()
        wide, long = heads.strides[0], bodies.strides[0]
        starts = (self.starts * long).tolist()
        return [
            head[i * wide : (i + 1) * wide] + body[start:end]
            for i, (start, end) in enumerate(zip(starts, starts[1:], strict=False))
        ]


def join_blocks(parts: Sequence[Blocks]) -> Blocks:
    """Put sets of blocks over the same contexts one after the other.

    parts (Sequence[Blocks]): At least one set.
    RETURNS (Blocks): All of them.
    """
    return Blocks(
        np.concatenate([part.context for part in parts]),
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.wanted for part in parts]),
        start_places(np.concatenate([part.sizes for part in parts])),
        np.concatenate([part.seen for part in parts]),
        np.concatenate([part.hidden for part in parts]),
    )


def stand_alone(sequences: Sequence[Ints], wanted: Sequence[Ints]) -> Blocks:
    """Blocks of whole short sequences, which see nothing but themselves.

    sequences (Sequence[Ints]): B sequences with their special tokens.
    wanted (Sequence[Ints]): The places in each that are wanted.
    RETURNS (Blocks): They answer as the sequences do in rows of their own.
    """
    starts = start_places(np.array([len(ids) for ids in sequences], np.int32))
    flags = np.zeros(starts[-1], np.bool_)
    counts = [len(places) for places in wanted]
    if counts:
        flags[np.concatenate(wanted) + np.repeat(starts[:-1], counts)] = True
    places = np.arange(starts[-1]) - np.repeat(starts[:-1], np.diff(starts))
    nothing = np.zeros((len(sequences), 2), np.int32)
    ids = np.concatenate(sequences) if counts else np.zeros(0)
    return Blocks(
        np.full(len(sequences), ALONE, np.int32),
        ids.astype(np.int32),
        places.astype(np.int32),
        flags,
        starts,
        nothing,
        nothing,
    )


def unique_blocks(contexts: Sequence[Ints], blocks: Blocks) -> tuple[Blocks, Ints]:
    """Find the blocks that differ, and sort them by context.

    contexts (Sequence[Ints]): (n,) pieces of each context; equal ones are taken as one.
    blocks (Blocks): B blocks.
    RETURNS (tuple[Blocks, Ints]): The different ones, sorted by context, and for each
        of the B blocks the index of its twin among them.
    """
    places: dict[bytes, int] = {}
    same = [places.setdefault(ids.tobytes(), i) for i, ids in enumerate(contexts)]
    known = np.array([*same, ALONE], np.int32)  # the last one is that of -1
    blocks = replace(blocks, context=known[blocks.context])
    seen: dict[bytes, int] = {}
    back = np.array([seen.setdefault(k, i) for i, k in enumerate(blocks.keys())], int)
    firsts = np.unique(back)
    order = firsts[np.argsort(blocks.context[firsts], kind="stable")]
    rank = np.zeros(len(blocks), np.int32)
    rank[order] = np.arange(len(order))
    return blocks.take(order), rank[back]


def check_blocks(
    contexts: Sequence[Ints], blocks: Blocks, *, name: str, limit: int
) -> None:
    """Refuse what the model cannot read.

    contexts (Sequence[Ints]): The contexts.
    blocks (Blocks): The blocks.
    name (str): The model, for the message.
    limit (int): Pieces of the longest sequence it reads.
    RAISES (ModelError): when a context is too long, or a block has no wanted place, or
        stands for a place that there is not, or names a context that there is not.
    """
    for ids in contexts:
        if len(ids) > limit:
            length = len(ids)
            raise ModelError(Errors.E108.format(length=length, limit=limit, name=name))
    lost = (blocks.context < ALONE) | (blocks.context >= len(contexts))
    outside = (blocks.places < 0) | (blocks.places >= limit)
    far = np.repeat(np.arange(len(blocks)), blocks.sizes)[outside]
    bad = {*np.flatnonzero((blocks.count_wanted() == 0) | lost).tolist(), *far.tolist()}
    if bad:
        last = len(contexts) - 1
        raise ModelError(Errors.E121.format(number=min(bad), limit=limit, last=last))


def start_places(sizes: Ints) -> Ints:
    """(B + 1,) where each of B runs starts in their concatenation, and its end."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
