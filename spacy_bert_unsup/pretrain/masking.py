"""Whole-word masking (Devlin et al. 2019; whole words as in their 2019 release)."""

from __future__ import annotations

import numpy as np

from .data import Ids, PieceStore

MASKED, RANDOM = 0.8, 0.1
"""Shares of the chosen words that become [MASK], or random pieces; the rest stays."""


def mask_words(
    store: PieceStore, ids: Ids, *, rng: np.random.Generator, ratio: float
) -> tuple[Ids, Ids, Ids]:
    """Choose words to predict, and hide them.

    All pieces of a word share its fate, so that no piece gives another away.

    ids (Ids): (B, S) sequences with special pieces.
    ratio (float): Expected share of the pieces to predict.
    RETURNS (tuple[Ids, Ids, Ids]): (B, S) sequences to read, (M,) flat positions to
        predict (M >= 1 wherever there is a word), (M,) their pieces.
    """
    flat = ids.reshape(-1)
    special = store.special
    fixed = (flat == special.pad) | (flat == special.cls) | (flat == special.sep)
    starts = ~store.continues[flat] | fixed
    starts[:: ids.shape[1]] = True
    word = np.cumsum(starts) - 1
    words = int(word[-1]) + 1
    allowed = np.ones(words, dtype=bool)
    allowed[word[fixed]] = False
    chosen = (rng.random(words) < ratio) & allowed
    if not chosen.any() and allowed.any():
        chosen[rng.choice(np.flatnonzero(allowed))] = True
    fate = rng.random(words)
    positions = np.flatnonzero(chosen[word])
    targets = flat[positions].copy()
    fates = fate[word[positions]]
    random = rng.integers(store.first_term, store.size, len(positions))
    read = np.where(fates < MASKED, special.mask, targets)
    read = np.where((fates >= MASKED) & (fates < MASKED + RANDOM), random, read)
    masked = flat.copy()
    masked[positions] = read
    return masked.reshape(ids.shape), positions, targets
