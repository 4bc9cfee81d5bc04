"""The most probable terms at each place, without keeping V numbers per place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

# Places x vocabulary in one block of logits: 16 MB of float32 on a processor, whose
# caches larger blocks leave (a quarter slower at 64 MB), and 256 MB on a GPU.
MAX_BLOCK = 4_194_304
MAX_GPU_BLOCK = 67_108_864
# Entries whose largest score is looked at first, to look at few of the scores.
GROUP = 16


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
    for block in _blocks(counts, places_at_once(hidden.device.type, n_terms)):
        places = sum(block)
        logits = score(hidden[first : first + places]).float()
        blocks.append(_top_of_block(logits, block, top_k, banned))
        first += places
    ids, probs, logits = (torch.cat(part) for part in zip(*blocks, strict=True))
    return ids, probs, logits


def places_at_once(device_type: str, n_terms: int) -> int:
    """Places whose scores are computed in one block.

    device_type (str): "cpu", "cuda" ...
    n_terms (int): V.
    RETURNS (int): at least 1.
    """
    size = MAX_BLOCK if device_type == "cpu" else MAX_GPU_BLOCK
    return max(1, size // n_terms)


def best_scores(scores: Tensor, top_k: int) -> tuple[Tensor, Tensor]:
    """The largest scores of each row, by way of the largest of each group of entries.

    The K groups with the largest maxima hold the K largest scores, so the others need
    not be looked at.

    scores (Tensor): (P, V).
    top_k (int): K, at most V.
    RETURNS (tuple[Tensor, Tensor]): (P, K) scores, largest first, and their entries.
    """
    size, n_terms = scores.shape
    stride = n_terms // GROUP
    if stride < top_k:
        return scores.topk(top_k, dim=1)
    # A group is every `stride`-th entry; what is left at the end is always looked at.
    grouped = scores[:, : GROUP * stride].unflatten(1, (GROUP, stride))
    chosen = grouped.amax(dim=1).topk(top_k, dim=1, sorted=False).indices
    steps = torch.arange(GROUP, device=scores.device) * stride
    rest = torch.arange(GROUP * stride, n_terms, device=scores.device)
    entries = (chosen[:, :, None] + steps).flatten(1)
    entries = torch.cat([entries, rest.expand(size, -1)], dim=1)
    best, places = scores.gather(1, entries).topk(top_k, dim=1)
    return best, entries.gather(1, places)


def _top_of_block(
    logits: Tensor, counts: Sequence[int], top_k: int, banned: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    # Adding to a row costs a tenth of filling in where a mask says so.
    penalty = None if banned is None else _penalise(banned, logits.dtype)
    if len(counts) == len(logits):
        # One place for each query: the order of logits is that of probabilities.
        shares = logits.softmax(dim=1)
        best, ids = best_scores(_add(logits, penalty), top_k)
        probs = shares.gather(1, ids)
    else:
        shares = mean_rows(logits.softmax(dim=1), counts)
        probs, ids = best_scores(_add(shares, penalty), top_k)
        best = mean_rows(logits, counts).gather(1, ids)
    if banned is not None:
        out = banned[ids]
        ids, probs = ids.masked_fill(out, -1), probs.masked_fill(out, 0.0)
        best = best.masked_fill(out, -torch.inf)
    return ids, probs, best


def _penalise(banned: Tensor, dtype: torch.dtype) -> Tensor:
    """(V,) 0, and -inf for banned terms."""
    return torch.zeros(len(banned), dtype=dtype, device=banned.device).masked_fill_(
        banned, -torch.inf
    )


def _add(scores: Tensor, penalty: Tensor | None) -> Tensor:
    """Add to each row, in place."""
    return scores if penalty is None else scores.add_(penalty)


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
