"""The last layer of an encoder, computed only at the places where it is read.

All pieces must be there as keys and values, but only the wanted ones need a query, the
projection behind the attention and the feed-forward layer: nearly a quarter of the work
in an encoder of four layers. The numbers are the same. This is done for layers that are
built as BERT's (RoBERTa, XLM-R, CamemBERT and ELECTRA too); others run in full.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

Places: TypeAlias = NDArray[np.int64]

# Of the largest state; a layer that is built otherwise is off by far more.
TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 1e-1}
_FAILURES = (AttributeError, IndexError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class LastLayer:
    """An encoder in two parts, which share its weights.

    trunk (nn.Module): the encoder without its last layer.
    layer (nn.Module): the last layer.
    """

    trunk: nn.Module
    layer: nn.Module

    def read(
        self,
        inputs: dict[str, Tensor | dict[str, Tensor]],
        rows: Places,
        places: Places,
    ) -> Tensor:
        """Read the last layer at some places.

        inputs (dict): what the encoder is called with, for R rows of L pieces.
        rows (Places): (P,) row of each place, in ascending order.
        places (Places): (P,) the places.
        RETURNS (Tensor): (P, H) states, in the encoder's precision.
        """
        hidden = self.trunk(**inputs).last_hidden_state
        device = hidden.device
        slots, index = spread_places(rows, places, len(hidden))
        at = torch.from_numpy(index).to(device)
        row = torch.arange(len(hidden), device=device)[:, None]
        mask = _pick_mask(inputs.get("attention_mask"), row, at)
        seen = self._attend(hidden, hidden[row, at], mask)
        picked = torch.from_numpy(np.stack([rows, slots, places])).to(device)
        layer: Any = self.layer
        states = layer.attention.output(
            seen[picked[0], picked[1]], hidden[picked[0], picked[2]]
        )
        return cast(Tensor, layer.output(layer.intermediate(states), states))

    def _attend(self, hidden: Tensor, asking: Tensor, mask: Tensor | None) -> Tensor:
        """(R, W, H) what the W asking pieces of each row see in its L pieces."""
        layer: Any = self.layer
        own = layer.attention.self
        size = own.attention_head_size

        def split(states: Tensor) -> Tensor:
            return states.unflatten(-1, (-1, size)).transpose(1, 2)

        seen = scaled_dot_product_attention(
            split(own.query(asking)),
            split(own.key(hidden)),
            split(own.value(hidden)),
            attn_mask=mask,
            scale=own.scaling,
        )
        return seen.transpose(1, 2).flatten(2)


def spread_places(rows: Places, places: Places, size: int) -> tuple[Places, Places]:
    """Write the places of each row side by side.

    rows (Places): (P,) row of each place, in ascending order.
    places (Places): (P,) the places.
    size (int): R rows in all.
    RETURNS (tuple[Places, Places]): (P,) column of each place, and (R, W) the places of
        each row, 0 where it has fewer than W.
    """
    counts = np.bincount(rows, minlength=size)
    slots = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    index = np.zeros((size, counts.max(initial=0)), np.int64)
    index[rows, slots] = places
    return slots, index


def _pick_mask(mask: Any, row: Tensor, at: Tensor) -> Tensor | None:
    """What the places at (R, W) see: (R, 1, W or 1, L), or None for everything."""
    if mask is None:
        return None
    if mask.ndim == 2:  # padding: 1 for pieces, 0 behind their end
        return cast(Tensor, mask.bool()[:, None, None])
    return cast(Tensor, mask[:, 0][row, at][:, None])


@torch.inference_mode()
def split_encoder(encoder: nn.Module, *, n_terms: int) -> LastLayer | None:
    """Part an encoder from its last layer, if that gives the same states.

    encoder (nn.Module): the encoder, on its device, in eval mode.
    n_terms (int): V, for pieces to try it on.
    RETURNS (LastLayer | None): None where it is not built as BERT's.
    """
    try:
        found = _take_apart(encoder)
        ids = np.random.default_rng(0).integers(0, n_terms, (2, 6))
        first = next(encoder.parameters())
        padded = np.array([[1] * 6, [1] * 4 + [0] * 2])
        inputs = {
            "input_ids": torch.from_numpy(ids).to(first.device),
            "attention_mask": torch.from_numpy(padded).to(first.device),
        }
        rows, places = np.array([0, 0, 1]), np.array([1, 5, 2])
        wanted = encoder(**inputs).last_hidden_state[rows, places]
        error = (found.read(inputs, rows, places) - wanted).abs().max()
    except _FAILURES:
        return None
    bound = TOLERANCE[first.dtype] * wanted.abs().max()
    return found if error <= bound else None


def _take_apart(encoder: nn.Module) -> LastLayer:
    """Copy the encoder shallowly, with a list of layers that ends one earlier."""
    inner: Any = encoder.encoder
    trunk, stack = copy.copy(encoder), copy.copy(inner)
    stack._modules = {**inner._modules, "layer": inner.layer[:-1]}
    trunk._modules = {**encoder._modules, "encoder": stack}
    return LastLayer(trunk, inner.layer[-1])
