"""Vectors of whole texts: [CLS] through the MLM head, of the top layer, or means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..mlm.text import EncodedText
from ..types import Floats, Ints
from .importance import term_importance
from .neighbours import normalize_rows
from .passes import CHUNK, read_windows
from .settings import TextVectors
from .states import MAX_BATCH_PIECES, StateStore
from .windows import chunk_texts, encode_whole, gather_pieces, split_words

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


def text_vectors(
    lm: MaskedLM,
    texts: Sequence[str],
    settings: TextVectors | None = None,
    *,
    max_batch_pieces: int = MAX_BATCH_PIECES,
) -> Floats:
    """Give each text a vector; long texts are read in windows.

    lm (MaskedLM): The model.
    texts (Sequence[str]): n texts; an empty one gets the vector of [CLS] [SEP].
    settings (Optional[TextVectors]): Which vectors.
    max_batch_pieces (int): Bound on rows x length of one forward pass.
    RETURNS (Floats): (n, D) for kind "head", else (n, H).
    """
    encoded = encode_whole(lm, [split_words(text) for text in texts])
    return encoded_vectors(lm, encoded, settings, max_batch_pieces=max_batch_pieces)


def encoded_vectors(
    lm: MaskedLM,
    texts: Sequence[EncodedText],
    settings: TextVectors | None = None,
    *,
    max_batch_pieces: int = MAX_BATCH_PIECES,
) -> Floats:
    """Do the same for texts that are cut already, in bounded memory.

    lm (MaskedLM): The model.
    texts (Sequence[EncodedText]): n texts.
    settings (Optional[TextVectors]): Which vectors.
    max_batch_pieces (int): Bound on rows x length of one forward pass.
    RETURNS (Floats): (n, D) for kind "head", else (n, H).
    """
    settings = settings or TextVectors()
    store = StateStore(lm)
    reader = store.join(settings.read_layers, cls_only=settings.is_cls)
    parts = []
    for part in chunk_texts(texts, max_pieces=CHUNK * max_batch_pieces):
        states = read_windows(
            store,
            reader,
            part,
            reduce=settings.reduce,
            max_batch_pieces=max_batch_pieces,
        )
        parts.append(pool_texts(lm, part, states, settings))
    if not parts:
        return np.zeros((0, lm.rows().shape[1]), np.float32)
    return np.concatenate(parts)


def pool_texts(
    lm: MaskedLM,
    texts: Sequence[EncodedText],
    states: Sequence[Sequence[Floats]],
    settings: TextVectors,
) -> Floats:
    """Make vectors out of the states of a pass.

    lm (MaskedLM): The model.
    texts (Sequence[EncodedText]): n texts.
    states (Sequence[Sequence[Floats]]): What `settings.reduce` kept of each text and
        window.
    settings (TextVectors): Which vectors.
    RETURNS (Floats): (n, D) for kind "head", else (n, H).
    """
    if settings.is_cls:
        vectors = _pool_cls(lm, texts, states, settings)
    else:
        weights = piece_weights(lm, settings)
        pairs = zip(texts, states, strict=True)
        means = [_mean_pieces(*pair, settings, weights) for pair in pairs]
        vectors = np.stack(means).astype(np.float32)
    return normalize_rows(vectors) if settings.normalize else vectors


def pool_spans(
    lm: MaskedLM,
    text: EncodedText,
    states: Sequence[Floats],
    spans: Sequence[tuple[int, int]],
    settings: TextVectors,
) -> Floats:
    """Means over token spans, in the context of their text (kind "mean").

    lm (MaskedLM): The model.
    text (EncodedText): The text.
    states (Sequence[Floats]): What `settings.reduce` kept of each of its windows.
    spans (Sequence[tuple[int, int]]): S spans of tokens; special tokens never count.
    settings (TextVectors): Which vectors.
    RETURNS (Floats): (S, H); zeros for a span without pieces.
    """
    pieces = gather_pieces(text, states)
    weights = piece_weights(lm, settings)[text.pieces.ids]
    vectors = np.zeros((len(spans), pieces.shape[1]), np.float32)
    for i, (start, end) in enumerate(spans):
        first, last = text.piece_bounds(start, end)
        if last > first:
            vectors[i] = _weighted_mean(pieces[first:last], weights[first:last])
    return normalize_rows(vectors) if settings.normalize else vectors


def piece_weights(lm: MaskedLM, settings: TextVectors) -> Floats:
    """How much each entry of the vocabulary counts in a mean.

    lm (MaskedLM): The model.
    settings (TextVectors): Which vectors.
    RETURNS (Floats): (V,) in [0, 1].
    """
    if settings.weighting == "importance":
        return term_importance(lm)
    return np.ones(len(lm.terms), np.float32)


def _pool_cls(
    lm: MaskedLM,
    texts: Sequence[EncodedText],
    states: Sequence[Sequence[Floats]],
    settings: TextVectors,
) -> Floats:
    """[CLS] of all windows, through the head if wanted, pooled for each text."""
    firsts = np.stack([window[0] for windows in states for window in windows])
    rows = lm.map_states(firsts) if settings.kind == "head" else firsts
    pooled = np.zeros((len(texts), rows.shape[1]), np.float32)
    start = 0
    for i, (text, windows) in enumerate(zip(texts, states, strict=True)):
        part = rows[start : start + len(windows)]
        start += len(windows)
        if settings.pooling == "max":
            pooled[i] = part.max(axis=0)
        elif settings.pooling == "first" or len(part) == 1:
            pooled[i] = part[0]
        else:
            sizes = np.array([end - begin for begin, end in text.windows], np.float32)
            pooled[i] = np.average(part, axis=0, weights=sizes)
    return pooled


def _mean_pieces(
    text: EncodedText,
    states: Sequence[Floats],
    settings: TextVectors,
    weights: Floats,
) -> Floats:
    """Mean over the pieces of one text, (H,)."""
    pieces = gather_pieces(text, states)
    counts = weights[text.pieces.ids]
    if settings.specials or not len(pieces):
        borders = np.concatenate([window[[0, -1]] for window in states])
        value = 0.0 if settings.weighting == "importance" else 1.0
        pieces = np.concatenate([pieces, borders])
        counts = np.concatenate([counts, np.full(len(borders), value, np.float32)])
    return _weighted_mean(pieces, counts)


def _weighted_mean(rows: Floats, weights: Floats | Ints) -> Floats:
    """Mean of rows; all count alike where none has a weight."""
    if not weights.any():
        return rows.mean(axis=0)
    return np.average(rows, axis=0, weights=weights).astype(np.float32)


def count_windows(lm: MaskedLM, texts: Sequence[str]) -> list[int]:
    """Count the windows in which texts are read, to say where it is more than one.

    lm (MaskedLM): The model.
    texts (Sequence[str]): Texts.
    RETURNS (list[int]): 1 for a text that fits the model or is empty.
    """
    encoded = encode_whole(lm, [split_words(text) for text in texts])
    return [max(1, len(text.windows)) for text in encoded]
