"""Terms to labels: scores times what each term speaks for (spec 6.2, 6.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np

from ..errors import ConfigError, Errors
from ..types import Bools, Floats, TopTerms

CountNorm: TypeAlias = Literal["linear", "log", "sqrt", "softmax"]
TermWeight: TypeAlias = Literal["probability", "logit"]

QUERIES_AT_ONCE = 1024


def normalise_counts(counts: Floats, how: CountNorm = "linear") -> Floats:
    """Turn the label counts of each term into shares of one vote.

    Only labels with a count take part, so that dropped labels never shift the others
    (BUG of version A in spec 6.2, mended).

    counts (Floats): (V, L) counts, >= 0.
    how (CountNorm): "linear", "log" (1 + count), "sqrt", or "softmax" of the raw
        counts (the original: nearly winner-takes-all).
    RETURNS (Floats): (V, L); each row sums to 1, or is 0 where there is no count.
    RAISES (ConfigError): if the name is unknown.
    """
    if how == "softmax":
        top = counts.max(axis=1, keepdims=True, initial=0)
        scaled = np.exp(counts - top) * (counts > 0)
    elif how == "linear":
        scaled = counts
    elif how == "log":
        scaled = np.log1p(counts)
    elif how == "sqrt":
        scaled = np.sqrt(counts)
    else:
        names = "linear, log, sqrt, softmax"
        raise ConfigError(Errors.E301.format(key="count_norm", value=how, names=names))
    return divide_rows(scaled.astype(np.float32))


def vote_labels(
    top: TopTerms, table: Floats, *, weight: TermWeight = "probability"
) -> Floats:
    """Let the top terms of each query vote.

    top (TopTerms): (Q, K) terms with probabilities and logits.
    table (Floats): (V, L) shares of each term; a row of 0 does not vote.
    weight (TermWeight): "probability", or "logit" as the original does; where some
        are negative, shifted so that the least is 0.
    RETURNS (Floats): (Q, L) shares; each row sums to 1, or is 0 where nothing voted.
    """
    there = top.ids >= 0
    if weight == "logit":
        logits = np.where(there, top.logits, 0)
        least = logits.min(axis=1, keepdims=True, initial=0)
        weights = np.where(there, logits - least, 0)
    else:
        weights = np.where(there, top.probs, 0)
    weights, ids = weights.astype(np.float32), np.where(there, top.ids, 0)
    votes = np.zeros((len(ids), table.shape[1]), np.float32)
    for first in range(0, len(ids), QUERIES_AT_ONCE):  # (Q, K, L) would be large
        part = slice(first, first + QUERIES_AT_ONCE)
        votes[part] = np.einsum("qk,qkl->ql", weights[part], table[ids[part]])
    return divide_rows(votes)


def pool_cues(cues: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Weigh the cues against each other; a cue that is silent for a span drops out.

    cues (Mapping[str, Floats]): Cue name -> (S, L) shares; a row of 0 is silent.
    weights (Mapping[str, float]): Cue name -> weight, >= 0.
    RETURNS (Floats): (S, L) shares; each row sums to 1, or is 0 if all are silent.
    """
    total = np.zeros_like(next(iter(cues.values())))
    for name, shares in cues.items():
        total += np.float32(weights.get(name, 0.0)) * shares
    return divide_rows(total)


def divide_rows(values: Floats) -> Floats:
    """Divide each row by its sum; rows that sum to 0 stay 0."""
    sums = values.sum(axis=-1, keepdims=True)
    return (values / np.where(sums > 0, sums, 1)).astype(np.float32)


def label_columns(labels: Sequence[str], wanted: Sequence[str]) -> Bools:
    """(L,) True where a label is among the wanted ones."""
    return np.isin(np.array(labels, dtype=object), list(wanted))
