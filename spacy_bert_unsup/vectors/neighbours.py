"""Nearest rows of a table of vectors, in blocks (spec 7.6, its two bugs mended)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ConfigError, Errors
from ..types import Floats, Ints


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest vectors of each query, and how all of them lie.

    ids (Ints): (Q, K) rows, nearest first; -1 where there are fewer.
    cosines (Floats): (Q, K) in [-1, 1]; nan where there are fewer.
    mean (Floats): (Q,) mean of the cosines with all vectors but the query itself.
    std (Floats): (Q,) their standard deviation.
    counts (Ints): (Q, B) how many of them round to each bin.
    bins (Floats): (B,) multiples of the bin width, from -1 to 1.
    """

    ids: Ints
    cosines: Floats
    mean: Floats
    std: Floats
    counts: Ints
    bins: Floats


def normalize_rows(matrix: Floats) -> Floats:
    """Give every row length 1; zero rows stay zero.

    matrix (Floats): (n, D).
    RETURNS (Floats): (n, D).
    """
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return (matrix / np.where(norms > 0, norms, 1)).astype(np.float32)


def top_neighbours(
    vectors: Floats,
    queries: Floats | None = None,
    *,
    top_k: int = 10,
    block: int = 256,
    bin_width: float = 0.1,
) -> Neighbours:
    """Find the nearest vectors by cosine; never more than block x n cosines at once.

    vectors (Floats): (n, D).
    queries (Optional[Floats]): (Q, D); None compares the vectors among themselves, and
        then a row is never its own neighbour nor counted for itself.
    top_k (int): K.
    block (int): Queries that are compared at once.
    bin_width (float): What the cosines of the histogram are rounded to.
    RETURNS (Neighbours): For each query.
    RAISES (ConfigError): If a number is too small, or the widths differ.
    """
    for key, value in (("top_k", top_k), ("block", block)):
        if value < 1:
            raise ConfigError(Errors.E303.format(key=key, least=1))
    if queries is not None and queries.shape[1] != vectors.shape[1]:
        widths = {"mine": queries.shape[1], "other": vectors.shape[1]}
        raise ConfigError(Errors.E602.format(**widths))
    alike = queries is None
    units = normalize_rows(vectors)
    asked = units if queries is None else normalize_rows(queries)
    half = max(1, round(1 / bin_width))
    parts = []
    for start in range(0, len(asked), block):
        rows = asked[start : start + block]
        cosines = np.clip(rows @ units.T, -1, 1)
        own = np.arange(start, start + len(rows)) if alike else None
        parts.append(_summarize(cosines, own, top_k, half))
    if not parts:
        nothing = np.zeros((0, len(units)), np.float32)
        parts.append(_summarize(nothing, None, top_k, half))
    ids, best, mean, std, counts = map(np.concatenate, zip(*parts, strict=True))
    bins = np.linspace(-1, 1, 2 * half + 1, dtype=np.float32)
    return Neighbours(ids, best, mean, std, counts, bins)


def _summarize(
    cosines: Floats, own: np.ndarray | None, top_k: int, half: int
) -> tuple[Ints, Floats, Floats, Floats, Ints]:
    """Best, mean, deviation and histogram of each row, its own column left out."""
    n_rows, n_columns = cosines.shape
    keep = np.ones((n_rows, n_columns), bool)
    if own is not None:
        keep[np.arange(n_rows), own] = False
    ranked = np.where(keep, cosines, -np.inf)
    ids = np.full((n_rows, top_k), -1, np.int32)
    best = np.full((n_rows, top_k), np.nan, np.float32)
    size = min(top_k, n_columns - (own is not None))
    if n_rows and size > 0:
        order = np.argpartition(-ranked, size - 1, axis=1)[:, :size]
        values = np.take_along_axis(ranked, order, axis=1)
        by_rank = np.lexsort((order, -values), axis=1)
        ids[:, :size] = np.take_along_axis(order, by_rank, axis=1)
        best[:, :size] = np.take_along_axis(values, by_rank, axis=1)
    total = np.maximum(keep.sum(axis=1), 1)
    mean = np.sum(cosines, axis=1, where=keep) / total
    spread = np.sum((cosines - mean[:, None]) ** 2, axis=1, where=keep)
    n_bins = 2 * half + 1
    bins = np.rint(cosines * half).astype(np.int64) + half
    flat = (bins + n_bins * np.arange(n_rows)[:, None])[keep]
    counts = np.bincount(flat, minlength=n_rows * n_bins)
    return (
        ids,
        best,
        mean.astype(np.float32),
        np.sqrt(spread / total).astype(np.float32),
        counts.reshape(n_rows, n_bins).astype(np.int32),
    )
