"""How much a term says, by the bias of the decoder (spec part 8).

A high bias means that a term fits nearly everywhere, as commas and articles do; so
importance falls as the bias rises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..types import Bools, Floats, Ints
from .settings import check_choice

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

RULES = ("linear", "rank")
BIAS_MERGES = ("min", "mean", "max", "first", "last")


@dataclass(frozen=True, slots=True)
class ImportanceScale:
    """Turns a bias into an importance between 0 and 1.

    rule (str): "linear": (b_max - b) / (b_max - b_min); "rank": share of the terms with
        a higher bias.
    known (Floats): Biases of the usable terms, rising.
    """

    rule: str
    known: Floats

    @classmethod
    def of_model(cls, lm: MaskedLM, *, rule: str = "linear") -> ImportanceScale:
        """Measure the biases of a model.

        lm (MaskedLM): The model.
        rule (str): "linear" or "rank".
        RETURNS (ImportanceScale): The scale.
        RAISES (ConfigError): If there is no such rule.
        """
        check_choice("rule", rule, RULES)
        return cls(rule, np.sort(lm.bias()[usable_terms(lm)]))

    @property
    def is_flat(self) -> bool:
        """Whether all terms have the same bias: a model without one."""
        return not len(self.known) or bool(self.known[0] == self.known[-1])

    def weigh(self, bias: Floats) -> Floats:
        """Turn biases into importances.

        bias (Floats): Any shape; nan gives 0.
        RETURNS (Floats): The same shape, in [0, 1]; 1 everywhere if the model has no
            bias.
        """
        if self.is_flat:
            return np.where(np.isnan(bias), 0, 1).astype(np.float32)
        if self.rule == "rank":
            below = np.searchsorted(self.known, bias, side="right")
            weights = 1 - below / len(self.known)
        else:
            low, high = self.known[0], self.known[-1]
            weights = (high - bias) / (high - low)
        weights = np.where(np.isnan(bias), 0, weights)
        return np.clip(weights, 0, 1).astype(np.float32)


def usable_terms(lm: MaskedLM) -> Bools:
    """Which entries are terms: not special, not unused.

    lm (MaskedLM): The model.
    RETURNS (Bools): (V,).
    """
    return np.array([bool(surface) for surface in lm.surface()], bool)


def term_importance(lm: MaskedLM, *, rule: str = "linear") -> Floats:
    """The importance of every entry of the vocabulary.

    lm (MaskedLM): The model.
    rule (str): "linear" or "rank": see `ImportanceScale`.
    RETURNS (Floats): (V,) in [0, 1]; 0 for special and unused entries.
    """
    weights = ImportanceScale.of_model(lm, rule=rule).weigh(lm.bias())
    return np.where(usable_terms(lm), weights, 0).astype(np.float32)


def token_bias(bias: Floats, ids: Ints, cover: Ints, *, merge: str = "min") -> Floats:
    """Merge the biases of a token's pieces.

    bias (Floats): (V,).
    ids (Ints): (N,) pieces of a text.
    cover (Ints): (T, 2) first piece and one past the last of each token.
    merge (str): "min": the most telling piece speaks for the token; "max", "mean",
        "first" or "last".
    RETURNS (Floats): (T,); nan for tokens without pieces.
    RAISES (ConfigError): If there is no such merge.
    """
    return merge_values(bias[ids], cover, merge=merge)


def merge_values(values: Floats, cover: Ints, *, merge: str) -> Floats:
    """Merge a number of each piece into one of each token.

    values (Floats): (N,).
    cover (Ints): (T, 2) first piece and one past the last of each token.
    merge (str): One of "min", "mean", "max", "first", "last".
    RETURNS (Floats): (T,); nan for tokens without pieces.
    RAISES (ConfigError): If there is no such merge.
    """
    check_choice("merge", merge, BIAS_MERGES)
    merged = np.full(len(cover), np.nan, np.float32)
    has = cover[:, 1] > cover[:, 0]
    bounds = cover[has]
    if not len(bounds):
        return merged
    if merge in ("first", "last"):
        chosen = bounds[:, 0] if merge == "first" else bounds[:, 1] - 1
        merged[has] = values[chosen]
        return merged
    padded = np.concatenate([values, np.zeros(1, np.float32)])
    ufunc = {"min": np.minimum, "max": np.maximum, "mean": np.add}[merge]
    reduced = ufunc.reduceat(padded, bounds.ravel())[::2]
    sizes = bounds[:, 1] - bounds[:, 0]
    merged[has] = reduced / sizes if merge == "mean" else reduced
    return merged
