"""The most probable terms at each place, without keeping V numbers per place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

# Places x vocabulary in one block of logits: 16 MB of float32 on a processor, whose
# caches larger blocks leave (a quarter slower at 64 MB), and 256 MB on a GPU.
MAX_BLOCK = 4_194_304
MAX_GPU_BLOCK = 67_108_864


def top_terms(
    score: Callable[[Tensor], Tensor],
    hidden: Tensor,
    counts: Sequence[int],
    *,
    top_k: int,
    n_terms: int,
    banned: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Score the places of a batch of queries and keep each query's best terms.

    The probabilities of a query with several places are averaged. They come out of the
    softmax over the whole vocabulary; banned terms are left out only afterwards.

    score (Callable[[Tensor], Tensor]): (P, H) hidden states to (P, V) logits.
    hidden (Tensor): (P, H) hidden states at all places, query after query.
    counts (Sequence[int]): number of places of each query, at least 1, sum P.
    top_k (int): terms kept for each query; at most V.
    n_terms (int): V, which decides how many places fit in a block.
    banned (Tensor | None): (V,) True for terms that may not be returned.
    RETURNS (tuple[Tensor, Tensor, Tensor]): (Q, K) ids, probabilities and logits (mean
        over the places), most probable first; id -1, probability 0 and logit -inf where
        fewer than K terms are allowed.
    """
    blocks = []
    first = 0
    size = MAX_BLOCK if hidden.device.type == "cpu" else MAX_GPU_BLOCK
    for block in _blocks(counts, max(1, size // n_terms)):
        places = sum(block)
        logits = score(hidden[first : first + places]).float()
        blocks.append(_top_of_block(logits, block, top_k, banned))
        first += places
    ids, probs, logits = (torch.cat(part) for part in zip(*blocks, strict=True))
    return ids, probs, logits


def _top_of_block(
    logits: Tensor, counts: Sequence[int], top_k: int, banned: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    if len(counts) == len(logits):
        # One place for each query: the order of logits is that of probabilities.
        norms = torch.logsumexp(logits, dim=1, keepdim=True)
        if banned is not None:
            logits.masked_fill_(banned, -torch.inf)
        best, ids = logits.topk(top_k, dim=1)
        probs = (best - norms).exp()
    else:
        means = mean_rows(logits.softmax(dim=1), counts)
        if banned is not None:
            means.masked_fill_(banned, -torch.inf)
        probs, ids = means.topk(top_k, dim=1)
        best = mean_rows(logits, counts).gather(1, ids)
    if banned is not None:
        out = banned[ids]
        ids, probs = ids.masked_fill(out, -1), probs.masked_fill(out, 0.0)
        best = best.masked_fill(out, -torch.inf)
    return ids, probs, best


def mean_rows(rows: Tensor, counts: Sequence[int]) -> Tensor:
    """Average each query's rows.

    rows (Tensor): (P, N) one row for each place, query after query.
    counts (Sequence[int]): number of places of each query, at least 1, sum P.
    RETURNS (Tensor): (Q, N) means.
    """
    sizes = torch.as_tensor(counts, device=rows.device)
    query = torch.repeat_interleave(sizes)
    sums = rows.new_zeros(len(counts), rows.shape[1]).index_add_(0, query, rows)
    return sums / sizes[:, None]


def _blocks(counts: Sequence[int], max_places: int) -> Iterator[list[int]]:
    """Cut the queries into runs of at most `max_places` places (one query at least)."""
    block: list[int] = []
    for count in counts:
        if block and sum(block) + count > max_places:
            yield block
            block = []
        block.append(count)
    if block:
        yield block
