"""Vectors of tokens in context: layers reduced, pieces merged (spec part 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..mlm.text import EncodedText, TokenizedText
from ..types import Floats, Ints
from .passes import CHUNK, read_windows
from .settings import Merge, TokenVectors
from .states import MAX_BATCH_PIECES, StateStore
from .windows import chunk_texts, encode_whole, gather_pieces

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


def token_vectors(
    lm: MaskedLM,
    texts: Sequence[TokenizedText],
    settings: TokenVectors | None = None,
    *,
    max_batch_pieces: int = MAX_BATCH_PIECES,
) -> list[Floats]:
    """Give each token of each text a vector; long texts are read in windows.

    Tokens and pieces are matched by characters, so unknown words, stripped accents and
    contractions lose nothing (seed 003 drops the rest of such a line).

    lm (MaskedLM): The model.
    texts (Sequence[TokenizedText]): Texts.
    settings (Optional[TokenVectors]): Which vectors.
    max_batch_pieces (int): Bound on rows x length of one forward pass.
    RETURNS (list[Floats]): (T, W) for each text; zeros for tokens without pieces (white
        space). W is H, or L x H for "concat".
    """
    settings = settings or TokenVectors()
    store = StateStore(lm)
    reader = store.join(settings.layers)
    vectors: list[Floats] = []
    encoded = encode_whole(lm, texts)
    for part in chunk_texts(encoded, max_pieces=CHUNK * max_batch_pieces):
        states = read_windows(
            store,
            reader,
            part,
            reduce=settings.reduce,
            max_batch_pieces=max_batch_pieces,
        )
        pairs = zip(part, states, strict=True)
        vectors.extend(pool_tokens(*pair, settings) for pair in pairs)
    return vectors


def pool_tokens(
    text: EncodedText, states: Sequence[Floats], settings: TokenVectors
) -> Floats:
    """Make token vectors out of the states of a pass.

    text (EncodedText): T tokens.
    states (Sequence[Floats]): What `settings.reduce` kept of each of its windows.
    settings (TokenVectors): Which vectors.
    RETURNS (Floats): (T, W).
    """
    return merge_pieces(gather_pieces(text, states), text.cover, settings.merge)


def merge_pieces(pieces: Floats, cover: Ints, merge: Merge) -> Floats:
    """Make one vector out of the pieces of each token.

    pieces (Floats): (N, W).
    cover (Ints): (T, 2) first piece and one past the last of each token; two tokens may
        share one.
    merge (Merge): "last", "first", "mean" or "sum".
    RETURNS (Floats): (T, W) float32; zeros where a token has no pieces.
    """
    merged = np.zeros((len(cover), pieces.shape[1]), np.float32)
    firsts, sizes = cover[:, 0], cover[:, 1] - cover[:, 0]
    has = np.flatnonzero(sizes > 0)
    if merge in ("first", "last"):
        merged[has] = pieces[firsts[has] if merge == "first" else cover[has, 1] - 1]
        return merged
    place = 0
    while len(has):  # all first pieces, then all second ones, ...
        merged[has] += pieces[firsts[has] + place]
        place += 1
        has = has[sizes[has] > place]
    if merge == "mean":
        merged /= np.maximum(sizes, 1)[:, None]
    return merged
