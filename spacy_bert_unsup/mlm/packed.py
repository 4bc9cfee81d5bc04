"""Attention in packed rows: who sees whom, and whether a model keeps to it.

An additive float mask of four dimensions is what transformers' encoders take as it is:
a boolean one is added as 0 and 1 where attention is computed "eagerly", and one of
three dimensions fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..types import Ints
from .blocks import Blocks, stand_alone
from .packing import PackedBatch, Row, write_rows

if TYPE_CHECKING:
    from .encoder import Encoder

# Of the largest hidden state; a mask that is not obeyed is off by far more.
TOLERANCE = {"float32": 1e-3, "bfloat16": 1e-1}
_FAILURES = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class PackedStyle:
    """How a model wants packed rows.

    first_place (int): Position id of a row's first piece (RoBERTa counts from 2).
    reach (Optional[int]): For models with layers that see so far to either side only,
        which take one mask for each kind of layer (ModernBERT).
    """

    first_place: int = 0
    reach: int | None = None


def encode_batch(
    batch: PackedBatch, style: PackedStyle, *, device: torch.device, dtype: torch.dtype
) -> dict[str, Tensor | dict[str, Tensor]]:
    """Turn a batch into what an encoder is called with.

    batch (PackedBatch): R rows of L pieces.
    style (PackedStyle): What the model wants.
    device (torch.device): Where it computes.
    dtype (torch.dtype): In which precision.
    RETURNS (dict): `input_ids`, `position_ids` (R, L) and `attention_mask`
        (R, 1, L, L), or one mask for each kind of layer.
    """
    places = torch.from_numpy(batch.places).to(device)
    sees = find_visible(batch, device)
    mask: Tensor | dict[str, Tensor] = _additive(sees, dtype)
    if style.reach is not None:
        near = (places[:, :, None] - places[:, None]).abs() <= style.reach
        mask = {
            "full_attention": mask,
            "sliding_attention": _additive(sees & near, dtype),
        }
    return {
        "input_ids": torch.from_numpy(batch.ids).to(device).long(),
        "position_ids": places.long() + style.first_place,
        "attention_mask": mask,
    }


def find_visible(batch: PackedBatch, device: torch.device) -> Tensor:
    """Say which piece of a row sees which.

    Contexts see themselves; blocks see themselves and the pieces of the context that
    they are allowed, and never another block.

    batch (PackedBatch): R rows of L pieces.
    device (torch.device): Where to compute it.
    RETURNS (Tensor): (R, L, L) True where the piece of the second axis sees that of the
        third.
    """
    group = torch.from_numpy(batch.group).to(device)
    bounds = torch.from_numpy(batch.bounds).to(device)
    context = int((batch.group == 0).sum(axis=1).max(initial=0))
    sees = group[:, :, None] == group[:, None]
    if context:  # it stands at the start of the row
        place = torch.arange(context, device=device, dtype=bounds.dtype)
        low, high, first, last = (bounds[:, :, None, i] for i in range(4))
        seen = (place >= low) & (place < high) & ((place < first) | (place >= last))
        sees[:, :, :context] |= seen & (group[:, None, :context] == 0)
    return sees


def _additive(sees: Tensor, dtype: torch.dtype) -> Tensor:
    """(R, 1, L, L) 0 where a piece is seen, the least number where it is not."""
    mask = torch.zeros(sees.shape, dtype=dtype, device=sees.device)
    return mask.masked_fill_(~sees, torch.finfo(dtype).min)[:, None]


@torch.inference_mode()
def find_style(
    encoder: Encoder, border_ids: tuple[int, int], *, n_terms: int, limit: int
) -> PackedStyle | None:
    """Try packed rows on a model, and find out how it wants them.

    What a context and two sequences by themselves are in one row is compared with what
    they are in rows of their own.

    encoder (Encoder): The encoder of the model.
    border_ids (tuple[int, int]): Ids that start and end a sequence.
    n_terms (int): V.
    limit (int): Pieces of the longest sequence.
    RETURNS (Optional[PackedStyle]): None where no way gives the same states.
    """
    reach = encoder.sliding_window
    size = min(limit, 12 if reach is None else max(12, 2 * reach + 4))
    generator = np.random.default_rng(0)
    inner = generator.integers(0, n_terms, (3, size - 2), dtype=np.int32)
    inner[inner == encoder.pad_id] = border_ids[0]  # a plain row would not read it
    rows = [_bordered(ids, border_ids) for ids in inner]
    places = [np.arange(size, dtype=np.int32)] * 3
    own = torch.stack([encoder.last_states([row], places[:1]) for row in rows])
    blocks = _probe_blocks(rows[1:], places[1:])
    for first_place in dict.fromkeys([0, encoder.pad_id + 1]):
        style = PackedStyle(first_place, reach)
        try:
            found = _read_probe(encoder, rows[0], blocks, style)
        except _FAILURES:
            continue
        error = (found - own.flatten(0, 1)).abs().max()
        if error <= TOLERANCE[encoder.dtype] * own.abs().max():
            return style
    return None


def _probe_blocks(rows: list[Ints], places: list[Ints]) -> Blocks:
    """Whole sequences beside a context of which they see nothing."""
    alone = stand_alone(rows, places)
    context = np.zeros_like(alone.context)
    return Blocks(
        context,
        alone.ids,
        alone.places,
        alone.wanted,
        alone.starts,
        alone.seen,
        alone.hidden,
    )


def _read_probe(
    encoder: Encoder, context: Ints, blocks: Blocks, style: PackedStyle
) -> Tensor:
    """States of a context and its blocks, all in one row."""
    row = Row(0, 0, len(blocks), len(context) + len(blocks.ids))
    batch = write_rows([context], blocks, [row], pad_id=encoder.pad_id)
    return encoder.read_packed(batch, style)[0].float()


def _bordered(ids: Ints, border_ids: tuple[int, int]) -> Ints:
    first, last = border_ids
    return np.concatenate([[first], ids, [last]]).astype(np.int32)
