"""The vocabulary terms nearest to a vector (spec 7.3, 7.5, 8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from ..errors import Errors, ModelError
from ..types import Bools, Floats, Ints
from .importance import term_importance, usable_terms
from .neighbours import normalize_rows
from .settings import check_choice

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

Measure: TypeAlias = Literal["dot", "cosine"]
BiasUse: TypeAlias = Literal["none", "add", "weight"]
BLOCK = 256
"""Vectors that are compared with the vocabulary at once."""


@dataclass(frozen=True, slots=True)
class NearTerms:
    """The best vocabulary terms for each of n vectors.

    ids (Ints): (n, K) vocabulary ids, best first; -1 where fewer are allowed.
    scores (Floats): (n, K) what they were ranked by; -inf where fewer are allowed.
    """

    ids: Ints
    scores: Floats


def nearest_terms(
    lm: MaskedLM,
    vectors: Floats,
    *,
    top_k: int = 40,
    measure: Measure = "dot",
    bias: BiasUse = "none",
    allowed: Bools | None = None,
) -> NearTerms:
    """Find the terms nearest to vectors, never more than 256 x V scores at once.

    lm (MaskedLM): The model.
    vectors (Floats): (n, D) in the space of the vocabulary; not normalised for "dot".
    top_k (int): K; at most V.
    measure (Measure): "dot" as the decoder does, or "cosine".
    bias (BiasUse): "none" to see what a vector stands for; "add" for the model's own
        logits; "weight" multiplies a score by the term's importance, so that words
        which fit everywhere fall behind (spec part 8).
    allowed (Optional[Bools]): (V,) terms that may be returned; all but special and
        unused ones when None.
    RETURNS (NearTerms): In the order of the vectors.
    RAISES (ConfigError): If a setting is none of these.
    RAISES (ModelError): If the vectors are not as wide as the vocabulary's.
    """
    _check(lm, vectors, measure, bias)
    allowed = usable_terms(lm) if allowed is None else allowed
    top_k = min(top_k, len(lm.terms))
    ids = np.full((len(vectors), top_k), -1, np.int32)
    scores = np.full((len(vectors), top_k), -np.inf, np.float32)
    for start, block in _score_blocks(lm, vectors, measure, bias):
        block[:, ~allowed] = -np.inf
        order = top_columns(block, top_k)
        best = np.take_along_axis(block, order, axis=1)
        rows = slice(start, start + len(block))
        scores[rows] = best
        ids[rows] = np.where(np.isfinite(best), order, -1)
    return NearTerms(ids, scores)


def top_columns(scores: Floats, top_k: int) -> Ints:
    """Find the columns of the largest values of each row.

    scores (Floats): (n, V).
    top_k (int): K; at most V.
    RETURNS (Ints): (n, K) columns, best first; of equal ones, the lower.
    """
    part = np.argpartition(-scores, top_k - 1, axis=1)[:, :top_k]
    values = np.take_along_axis(scores, part, axis=1)
    best = np.take_along_axis(part, np.lexsort((part, -values), axis=1), axis=1)
    return best.astype(np.int32)


def _check(lm: MaskedLM, vectors: Floats, measure: str, bias: str) -> None:
    check_choice("measure", measure, get_args(Measure))
    check_choice("bias", bias, get_args(BiasUse))
    size = lm.rows().shape[1]
    if vectors.shape[1] != size:
        message = Errors.E603.format(name=lm.name, width=vectors.shape[1], size=size)
        raise ModelError(message)


def _score_blocks(
    lm: MaskedLM, vectors: Floats, measure: str, bias: str
) -> Iterator[tuple[int, Floats]]:
    """Scores of the whole vocabulary, (B, V) at a time."""
    rows = lm.rows()
    if measure == "cosine":
        norms = np.linalg.norm(rows, axis=1)
        scale = 1 / np.where(norms > 0, norms, 1)
        vectors = normalize_rows(vectors)
    weights = term_importance(lm) if bias == "weight" else None
    for start in range(0, len(vectors), BLOCK):
        scores = vectors[start : start + BLOCK] @ rows.T
        if measure == "cosine":
            scores *= scale
        if bias == "add":
            scores += lm.bias()
        if weights is not None:
            # A weight below 1 must pull a negative score down too.
            scores = np.where(scores > 0, scores * weights, scores * (2 - weights))
        yield start, scores
