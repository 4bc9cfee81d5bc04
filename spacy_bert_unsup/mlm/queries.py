"""What to ask the model: masked copies of a window, and how to batch them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..types import Ints, Query

if TYPE_CHECKING:
    from .model import MaskedLM

# Padding that costs less than starting another forward pass: this many pieces, or this
# share of a batch.
FREE_PADDING = 64
PADDING_SHARE = 0.05


def mask_span(
    lm: MaskedLM, ids: Ints, first: int, last: int, *, per_piece: bool = False
) -> Query:
    """Ask what could stand in the place of a span (one masked copy of the window).

    lm (MaskedLM): the model that shall answer.
    ids (Ints): (n,) pieces of the window, without special tokens.
    first (int): first piece of the span.
    last (int): one past its last piece; equal to `first` to ask what could stand
        between two pieces.
    per_piece (bool): one mask for each piece; the default is one for the whole span.
    RETURNS (Query): [CLS] .. [MASK] .. [SEP], wanted at the mask(s).
    """
    masks = max(1, last - first) if per_piece else 1
    filler = np.full(masks, lm.mask_id)
    return _with_specials(lm, ids[:first], filler, ids[last:])


def plain_query(lm: MaskedLM, ids: Ints, first: int, last: int) -> Query:
    """Ask what the model sees in a span that it can read (masking = "none").

    lm (MaskedLM): the model that shall answer.
    ids (Ints): (n,) pieces of the window, without special tokens.
    first (int): first piece of the span.
    last (int): one past its last piece, above `first`.
    RETURNS (Query): [CLS] .. [SEP], wanted at the pieces of the span.
    """
    return _with_specials(lm, ids[:first], ids[first:last], ids[last:])


def _with_specials(lm: MaskedLM, before: Ints, wanted: Ints, after: Ints) -> Query:
    whole = np.concatenate([[lm.cls_id], before, wanted, after, [lm.sep_id]])
    start = 1 + len(before)
    positions = np.arange(start, start + len(wanted), dtype=np.int32)
    return Query(whole.astype(np.int32), positions)


def query_keys(queries: Sequence[Query]) -> list[bytes]:
    """What tells queries apart: their whole content.

    queries (Sequence[Query]): Q queries.
    RETURNS (list[bytes]): (Q,) equal for equal queries only.
    """
    return [
        len(query.ids).to_bytes(4, "little")
        + query.ids.tobytes()
        + query.positions.tobytes()
        for query in queries
    ]


def unique_queries(queries: Sequence[Query]) -> tuple[list[Query], Ints]:
    """Find the queries that differ, since many copies ask the same (phrase cues do).

    queries (Sequence[Query]): Q queries.
    RETURNS (tuple[list[Query], Ints]): the different ones in order of first use, and
        for each of the Q queries the index of its twin, (Q,).
    """
    seen: dict[bytes, int] = {}
    unique: list[Query] = []
    back = np.zeros(len(queries), dtype=np.int32)
    for i, (query, key) in enumerate(zip(queries, query_keys(queries), strict=True)):
        if key not in seen:
            seen[key] = len(unique)
            unique.append(query)
        back[i] = seen[key]
    return unique, back


def share_rows(queries: Sequence[Query]) -> tuple[list[Ints], list[list[int]]]:
    """Find the queries that read the same pieces, to answer them out of one row.

    queries (Sequence[Query]): Q queries.
    RETURNS (tuple[list[Ints], list[list[int]]]): the different rows of pieces in order
        of first use, and for each the queries that read it.
    """
    rows: dict[bytes, int] = {}
    sequences: list[Ints] = []
    readers: list[list[int]] = []
    for i, query in enumerate(queries):
        row = rows.setdefault(query.ids.tobytes(), len(sequences))
        if row == len(sequences):
            sequences.append(query.ids)
            readers.append([])
        readers[row].append(i)
    return sequences, readers


def length_buckets(lengths: Sequence[int], max_batch_pieces: int) -> list[list[int]]:
    """Group sequences of (nearly) equal length into batches.

    Sorted by length, a batch grows while its padding stays cheaper than another forward
    pass and rows x longest row stays within the bound. A sequence longer than the bound
    is a batch of its own.

    lengths (Sequence[int]): pieces of each sequence, special tokens included.
    max_batch_pieces (int): bound on rows x length of a batch.
    RETURNS (list[list[int]]): indices of the sequences in each batch.
    """
    buckets: list[list[int]] = []
    pieces = 0
    for i in np.argsort(np.asarray(lengths, dtype=np.int64), kind="stable").tolist():
        length = lengths[i]
        rows = len(buckets[-1]) + 1 if buckets else 0
        padding = rows * length - (pieces + length)
        free = max(FREE_PADDING, PADDING_SHARE * pieces)
        if not buckets or rows * length > max_batch_pieces or padding > free:
            buckets.append([])
            pieces = 0
        buckets[-1].append(i)
        pieces += length
    return buckets
