"""Texts of any length through the shared pass: their windows, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..mlm.text import EncodedText
from ..types import Floats
from .states import MAX_BATCH_PIECES, Reader, StateStore
from .windows import chunk_sizes, window_sequences

CHUNK = 2
"""How many times `max_batch_pieces` of text is read at once, to fill the batches."""


def read_windows(
    store: StateStore,
    reader: Reader,
    texts: Sequence[EncodedText],
    *,
    reduce: Callable[[Floats], Floats],
    max_batch_pieces: int = MAX_BATCH_PIECES,
) -> list[list[Floats]]:
    """Read all windows of texts, many at once, and keep what is wanted of them.

    store (StateStore): Where states may be already.
    reader (Reader): Who reads.
    texts (Sequence[EncodedText]): Texts of any length: all states of a long one are
        never in memory together.
    reduce (Callable[[Floats], Floats]): Makes what is kept out of the states of one
        window, (n + 2, L, H), special tokens included; (1, L, H) where the reader wants
        [CLS] only. It must not be a view of them.
    max_batch_pieces (int): Bound on rows x length of one forward pass.
    RETURNS (list[list[Floats]]): What was kept, for each text and window.
    """
    sequences = [window_sequences(store.lm, text) for text in texts]
    flat = [ids for of_text in sequences for ids in of_text]
    kept: list[Floats] = []
    lengths = [len(ids) for ids in flat]
    for start, end in chunk_sizes(lengths, most=CHUNK * max_batch_pieces):
        part = flat[start:end]
        states = store.read(reader, part, max_batch_pieces=max_batch_pieces)
        kept.extend(reduce(state) for state in states)
    rest = iter(kept)
    return [[next(rest) for _ in of_text] for of_text in sequences]
