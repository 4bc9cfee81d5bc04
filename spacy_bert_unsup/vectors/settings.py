"""What vectors are wanted: kinds, layers, merges; checked when they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from ..errors import ConfigError, Errors
from ..types import Floats

Kind: TypeAlias = Literal["head", "top", "mean"]
Weighting: TypeAlias = Literal["none", "importance"]
Pooling: TypeAlias = Literal["mean", "first", "max"]
Reduction: TypeAlias = Literal["sum", "mean", "concat"]
Merge: TypeAlias = Literal["last", "first", "mean", "sum"]


@dataclass(frozen=True)
class TextVectors:
    """How a text becomes one vector.

    kind (Kind): "head": [CLS] out of the MLM head, in the space of the vocabulary's
        vectors (spec part 7); "top": [CLS] of the top layer, without the head; "mean":
        mean over the pieces (spec 11.1).
    layers (tuple[int, ...]): For "mean", the layers to take; 0 is the embedding, -1 the
        last, -2 the second-to-last (the notebook of seed 001 says it takes that one,
        and takes the last). Of several, the mean.
    weighting (Weighting): For "mean", "importance" lets pieces count by the inverse of
        their bias (spec part 8).
    specials (bool): For "mean", let [CLS] and [SEP] count as pieces, as the notebook
        does. They have no importance.
    pooling (Pooling): How the windows of a long text become one vector for "head" and
        "top": their "mean", by their numbers of pieces; the "first"; or the largest of
        each dimension ("max"). "mean" takes every piece once, from its best window.
    normalize (bool): Give the result length 1: for texts among themselves. Leave it as
        it is to compare it with the vocabulary (spec 7.3).
    RAISES (ConfigError): If a value is none of these.
    """

    kind: Kind = "head"
    layers: tuple[int, ...] = (-2,)
    weighting: Weighting = "none"
    specials: bool = True
    pooling: Pooling = "mean"
    normalize: bool = False

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, get_args(Kind))
        check_choice("weighting", self.weighting, get_args(Weighting))
        check_choice("pooling", self.pooling, get_args(Pooling))
        _check_layers(self.layers)

    @property
    def is_cls(self) -> bool:
        """Whether it is a vector of [CLS], for which a span is read alone."""
        return self.kind != "mean"

    @property
    def read_layers(self) -> tuple[int, ...]:
        """Layers of the encoder that are needed."""
        return (-1,) if self.is_cls else self.layers

    def reduce(self, states: Floats) -> Floats:
        """Keep what is needed of the states of one window.

        states (Floats): (n, L, H), the layers being `read_layers`; (1, L, H) will do
            for [CLS].
        RETURNS (Floats): (1, H) of [CLS], or (n, H) means over the layers.
        """
        return states[:1, 0].copy() if self.is_cls else states.mean(axis=1)

    @property
    def space(self) -> str:
        """Words for the space in which the vectors lie, to be kept with them."""
        if self.kind == "head":
            return "vocabulary"
        layers = ",".join(str(layer) for layer in self.read_layers)
        return f"layers {layers}"


@dataclass(frozen=True)
class TokenVectors:
    """How the pieces of a token become one vector.

    layers (tuple[int, ...]): Layers to take; 0 is the embedding, -1 the last.
    reduction (Reduction): How several layers become one: "sum" (of the last four: spec
        11.1), "mean" or "concat".
    merge (Merge): Which piece speaks for a token: the "last" (spec 11.2), the "first",
        their "mean" or "sum".
    RAISES (ConfigError): If a value is none of these.
    """

    layers: tuple[int, ...] = (-4, -3, -2, -1)
    reduction: Reduction = "sum"
    merge: Merge = "mean"

    def __post_init__(self) -> None:
        check_choice("reduction", self.reduction, get_args(Reduction))
        check_choice("merge", self.merge, get_args(Merge))
        _check_layers(self.layers)

    def reduce(self, states: Floats) -> Floats:
        """Make one vector of each piece out of its layers.

        states (Floats): (n, L, H).
        RETURNS (Floats): (n, H), or (n, L x H) for "concat".
        """
        if self.reduction == "concat":
            return np.concatenate(list(states.swapaxes(0, 1)), axis=1)
        return states.sum(axis=1) if self.reduction == "sum" else states.mean(axis=1)

    @property
    def space(self) -> str:
        """Words for the space in which the vectors lie, to be kept with them."""
        layers = ",".join(str(layer) for layer in self.layers)
        return f"{self.reduction} of layers {layers}"


def check_choice(key: str, value: str, names: Sequence[str]) -> None:
    """Refuse a value that is none of those there are.

    key (str): The setting.
    value (str): Its value.
    names (Sequence[str]): Those there are.
    RAISES (ConfigError): naming them.
    """
    if value not in names:
        message = Errors.E301.format(key=key, value=value, names=", ".join(names))
        raise ConfigError(message)


def _check_layers(layers: tuple[int, ...]) -> None:
    if not layers:
        raise ConfigError(Errors.E601.format())
