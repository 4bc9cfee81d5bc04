"""Batches of hidden states to the best terms of each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from ..errors import Errors, ModelError
from ..types import Bools, TopTerms
from .encoder import StatesAt
from .head import Head
from .topk import places_at_once, top_terms


def ban_terms(allowed: Bools | None, n_terms: int, device: str) -> Tensor | None:
    """Turn the terms that may be returned into those that may not.

    allowed (Bools | None): (V,) terms that may be returned; None for all.
    n_terms (int): V.
    device (str): where the scores are.
    RETURNS (Tensor | None): (V,) True for the others; None where there are none.
    RAISES (ModelError): when there is not one flag for each term.
    """
    if allowed is None:
        return None
    if len(allowed) != n_terms:
        message = Errors.E112.format(found=len(allowed), n_terms=n_terms)
        raise ModelError(message)
    return torch.from_numpy(~np.asarray(allowed, dtype=np.bool_)).to(device)


def collect_terms(
    head: Head,
    batches: Iterable[StatesAt],
    *,
    size: int,
    top_k: int,
    n_terms: int,
    banned: Tensor | None = None,
) -> TopTerms:
    """Score batch after batch and lay the answers out in the order of the questions.

    head (Head): The model's head.
    batches (Iterable[StatesAt]): Hidden states at the wanted places.
    size (int): Q, number of questions.
    top_k (int): K, terms for each; at most V.
    n_terms (int): V.
    banned (Tensor | None): (V,) True for terms that may not be returned.
    RETURNS (TopTerms): (Q, K).
    """
    found = TopTerms.empty(size, top_k)
    for rows, counts, hidden in join_batches(batches, n_terms):
        best = top_terms(
            head.score, hidden, counts, top_k=top_k, n_terms=n_terms, banned=banned
        )
        answers = TopTerms(*(tensor.cpu().numpy() for tensor in best))
        found.put(np.asarray(rows, dtype=np.int32), answers)
    return found


def join_batches(batches: Iterable[StatesAt], n_terms: int) -> Iterator[StatesAt]:
    """Put small batches together, since scoring reads the whole decoder each time.

    batches (Iterable[StatesAt]): Hidden states at the wanted places.
    n_terms (int): V.
    YIELDS (StatesAt): The same, with as many places as are scored in one block or more.
    """
    held: list[StatesAt] = []
    places = 0
    for batch in batches:
        held.append(batch)
        places += len(batch[2])
        if places >= places_at_once(batch[2].device.type, n_terms):
            yield _join(held)
            held, places = [], 0
    if held:
        yield _join(held)


def _join(batches: list[StatesAt]) -> StatesAt:
    if len(batches) == 1:
        return batches[0]
    rows = [row for batch in batches for row in batch[0]]
    counts = [count for batch in batches for count in batch[1]]
    return rows, counts, torch.cat([batch[2] for batch in batches])
