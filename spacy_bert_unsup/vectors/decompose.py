"""What a position's scores are made of: lengths, angle and bias (spec 8.3, 8.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..types import Bools, Floats, Ints
from .terms import BLOCK, nearest_terms

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The best terms of each position, with what their scores are made of.

    With h the head's vector of the position, E the term's row and b its bias:
    dot = n1 x n2 x cos, and score = dot + bias, the model's logit.

    terms (Ints): (n, K) vocabulary ids, best score first; -1 where fewer are allowed,
        and the numbers of that place are nan.
    n1 (Floats): (n,) length of h.
    n2 (Floats): (n, K) length of E.
    cos (Floats): (n, K) cosine of h and E.
    dot (Floats): (n, K) their product.
    bias (Floats): (n, K) b.
    score (Floats): (n, K) the logit.
    """

    terms: Ints
    n1: Floats
    n2: Floats
    cos: Floats
    dot: Floats
    bias: Floats
    score: Floats


def position_vectors(lm: MaskedLM, ids: Ints) -> Floats:
    """Head vectors of every position of one sequence, out of one forward pass.

    lm (MaskedLM): The model.
    ids (Ints): (n,) pieces with the special tokens; masks may be among them.
    RETURNS (Floats): (n, D).
    RAISES (ModelError): If the sequence is too long for the model.
    """
    return lm.map_states(lm.hidden_states([ids], layers=[-1])[0][:, 0])


def decompose(
    lm: MaskedLM, ids: Ints, *, top_k: int = 40, allowed: Bools | None = None
) -> Decomposition:
    """Take the scores of every position of one sequence apart.

    lm (MaskedLM): The model.
    ids (Ints): (n,) pieces with the special tokens; masks may be among them.
    top_k (int): K.
    allowed (Optional[Bools]): (V,) terms that may be returned; all but special and
        unused ones when None.
    RETURNS (Decomposition): One row for each position.
    RAISES (ModelError): If the sequence is too long for the model.
    """
    vectors = position_vectors(lm, ids)
    near = nearest_terms(lm, vectors, top_k=top_k, bias="add", allowed=allowed)
    return decompose_terms(lm, vectors, near.ids)


def decompose_terms(lm: MaskedLM, vectors: Floats, terms: Ints) -> Decomposition:
    """Take the scores of given terms apart.

    lm (MaskedLM): The model.
    vectors (Floats): (n, D) head vectors.
    terms (Ints): (n, K) vocabulary ids, in any order; -1 for none.
    RETURNS (Decomposition): In the order of `terms`.
    """
    missing = terms < 0
    rows = lm.rows()[terms]
    dot = np.einsum("nd,nkd->nk", vectors, rows)
    n1 = np.linalg.norm(vectors, axis=1)
    n2 = np.linalg.norm(rows, axis=2)
    lengths = n1[:, None] * n2
    cos = dot / np.where(lengths > 0, lengths, 1)
    bias = lm.bias()[terms]
    numbers = [
        np.where(missing, np.nan, value).astype(np.float32)
        for value in (n2, cos, dot, bias, dot + bias)
    ]
    return Decomposition(terms, n1, *numbers)


def score_terms(lm: MaskedLM, ids: Ints, terms: Ints) -> Floats:
    """Score given terms at every position, as the words of the same text (spec 8.4).

    lm (MaskedLM): The model.
    ids (Ints): (n,) pieces with the special tokens; masks may be among them.
    terms (Ints): (K,) vocabulary ids.
    RETURNS (Floats): (n, K) logits.
    RAISES (ModelError): If the sequence is too long for the model.
    """
    vectors = position_vectors(lm, ids)
    return vectors @ lm.rows()[terms].T + lm.bias()[terms]


def own_probabilities(lm: MaskedLM, vectors: Floats, ids: Ints) -> Floats:
    """How probable the model finds what stands at each position, having read it.

    lm (MaskedLM): The model.
    vectors (Floats): (n, D) head vectors.
    ids (Ints): (n,) the pieces there.
    RETURNS (Floats): (n,) in [0, 1].
    """
    rows, bias = lm.rows(), lm.bias()
    found = np.zeros(len(ids), np.float32)
    for start in range(0, len(ids), BLOCK):
        part = slice(start, start + BLOCK)
        logits = vectors[part] @ rows.T + bias
        top = logits.max(axis=1)
        total = np.exp(logits - top[:, None]).sum(axis=1)
        own = logits[np.arange(len(logits)), ids[part]]
        found[part] = np.exp(own - top) / total
    return found
