"""Forward passes of the encoder over batches of nearly equal length, with counts."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ..types import Ints, Query
from .blocks import Blocks
from .compute import DTYPES
from .last_layer import Places, split_encoder
from .packed import PackedStyle, encode_batch
from .packing import PackedBatch, make_batches
from .queries import length_buckets, share_rows

# Numbers in the widest activation of one forward pass on a processor: 8 MB of float32.
# Larger ones leave its caches, and from 32 MB on the C library hands each back to the
# system at once (a BERT of 4 x 256 takes 18 % less time at 2,048 pieces than at 8,192).
WIDEST_STATES = 2_097_152
LEAST_PIECES = 512

Inputs: TypeAlias = dict[str, Tensor | dict[str, Tensor]]
"""What an encoder is called with."""

StatesAt: TypeAlias = tuple[list[int], list[int], Tensor]
"""Which questions, their numbers of places, and (P, H) states at these places."""


@dataclass(slots=True)
class ForwardStats:
    """What a model has computed so far, over all threads.

    forwards (int): calls of the encoder.
    rows (int): sequences in them.
    pieces (int): pieces in them, padding included.
    head_positions (int): places at which the head was computed.
    """

    forwards: int = 0
    rows: int = 0
    pieces: int = 0
    head_positions: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, *, rows: int, pieces: int, head_positions: int) -> None:
        """Count one call of the encoder.

        rows (int): sequences in it.
        pieces (int): pieces in it, padding included.
        head_positions (int): places at which the head is computed afterwards.
        """
        with self._lock:
            self.forwards += 1
            self.rows += rows
            self.pieces += pieces
            self.head_positions += head_positions

    def reset(self) -> None:
        """Start to count from zero."""
        with self._lock:
            self.forwards = self.rows = self.pieces = self.head_positions = 0


def _convert(encoder: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Convert the parameters but not the buffers: rotary angles need all their bits."""
    for parameter in encoder.parameters():
        parameter.data = parameter.data.to(dtype)
    return encoder


class Encoder:
    """Runs the encoder of an MLM model on its device, in its precision.

    model (PreTrainedModel): the model, on its device, in eval mode.
    pad_id (int): what fills the end of shorter rows.
    dtype (str): "float32", or "bfloat16" to compute with a copy of the encoder.
    """

    def __init__(self, model: PreTrainedModel, *, pad_id: int, dtype: str) -> None:
        encoder: nn.Module = model.base_model
        if dtype != "float32":
            encoder = _convert(copy.deepcopy(encoder), DTYPES[dtype])
        self.stats = ForwardStats()
        self.pad_id = pad_id
        self.dtype = dtype
        self._encoder = encoder
        self._device = model.device
        self._config = model.config
        self._inner = getattr(
            model.config, "intermediate_size", 4 * model.config.hidden_size
        )
        self._parts = split_encoder(encoder, n_terms=model.config.vocab_size)

    @property
    def n_layers(self) -> int:
        """Layers, the embedding not counted."""
        return int(self._config.num_hidden_layers)

    @property
    def width(self) -> int:
        """H, numbers of a state."""
        return int(self._config.hidden_size)

    @property
    def sliding_window(self) -> int | None:
        """How far pieces see to either side in some layers; None where all see all."""
        kinds = getattr(self._config, "layer_types", None) or ()
        reach = getattr(self._config, "sliding_window", None)
        return reach if "sliding_attention" in kinds else None

    def read_queries(
        self, queries: Sequence[Query], max_batch_pieces: int
    ) -> Iterator[StatesAt]:
        """Read the last layer at the places of queries, batch by batch.

        Queries that read the same pieces share a row.

        queries (Sequence[Query]): Q sequences.
        max_batch_pieces (int): bound on rows x length of one forward pass.
        YIELDS (StatesAt): each query once.
        """
        sequences, readers = share_rows(queries)
        lengths = [len(ids) for ids in sequences]
        bound = self.bound_pass(max_batch_pieces)
        for rows in length_buckets(lengths, bound):
            order = [i for row in rows for i in readers[row]]
            places = [
                np.concatenate([queries[i].positions for i in readers[row]])
                for row in rows
            ]
            hidden = self.last_states([sequences[row] for row in rows], places)
            yield order, [len(queries[i].positions) for i in order], hidden

    def read_blocks(
        self,
        contexts: Sequence[Ints],
        blocks: Blocks,
        style: PackedStyle,
        max_batch_pieces: int,
    ) -> Iterator[StatesAt]:
        """Read the last layer at the places of blocks, batch by batch.

        contexts (Sequence[Ints]): (n,) pieces of each context.
        blocks (Blocks): B blocks, sorted by context.
        style (PackedStyle): how the model wants packed rows.
        max_batch_pieces (int): bound on rows x length of one forward pass.
        YIELDS (StatesAt): each block once.
        """
        bound = self.bound_pass(max_batch_pieces)
        for rows, counts, batch in make_batches(
            contexts, blocks, max_batch_pieces=bound, pad_id=self.pad_id
        ):
            yield rows, counts, self.packed_states(batch, style)

    def packed_states(self, batch: PackedBatch, style: PackedStyle) -> Tensor:
        """Read the last layer at the wanted places of packed rows.

        batch (PackedBatch): R rows of L pieces.
        style (PackedStyle): how the model wants them.
        RETURNS (Tensor): (P, H) float32, row after row.
        """
        rows, places = np.nonzero(batch.wanted)
        self.stats.add(
            rows=len(batch.ids), pieces=batch.ids.size, head_positions=len(rows)
        )
        return self._states_at(self._encode(batch, style), rows, places)

    def read_packed(self, batch: PackedBatch, style: PackedStyle) -> Tensor:
        """Read packed rows, without counting them.

        batch (PackedBatch): R rows of L pieces.
        style (PackedStyle): how the model wants them.
        RETURNS (Tensor): (R, L, H) last hidden states in the encoder's precision.
        """
        inputs = self._encode(batch, style)
        return cast(Tensor, self._encoder(**inputs).last_hidden_state)

    def _encode(self, batch: PackedBatch, style: PackedStyle) -> Inputs:
        dtype = DTYPES[self.dtype]
        return encode_batch(batch, style, device=self._device, dtype=dtype)

    def last_states(
        self, sequences: Sequence[Ints], positions: Sequence[Ints]
    ) -> Tensor:
        """Read the last layer at the wanted places.

        sequences (Sequence[Ints]): pieces of each row, special tokens included.
        positions (Sequence[Ints]): wanted places of each row.
        RETURNS (Tensor): (P, H) float32, row after row.
        """
        counts = [len(places) for places in positions]
        rows = np.repeat(np.arange(len(sequences)), counts)
        places = np.concatenate(positions).astype(np.int64)
        inputs = self._write_rows(sequences, head_positions=len(places))
        return self._states_at(inputs, rows, places)

    def _states_at(self, inputs: Inputs, rows: Places, places: Places) -> Tensor:
        """(P, H) float32 last states at places of rows, which ascend."""
        if self._parts is not None:
            return self._parts.read(inputs, rows, places).float()
        hidden = cast(Tensor, self._encoder(**inputs).last_hidden_state)
        index = torch.from_numpy(np.stack([rows, places])).to(self._device)
        return hidden[index[0], index[1]].float()

    def layer_states(
        self, sequences: Sequence[Ints], layers: Sequence[int]
    ) -> list[Tensor]:
        """Read whole layers.

        sequences (Sequence[Ints]): pieces of each row, special tokens included.
        layers (Sequence[int]): layers; 0 is the embedding, -1 the last layer.
        RETURNS (list[Tensor]): (n, len(layers), H) float32 for each row.
        """
        inputs = self._write_rows(sequences)
        output = self._encoder(**inputs, output_hidden_states=True)
        states = cast(tuple[Tensor, ...], output.hidden_states)
        chosen = torch.stack([states[layer].float() for layer in layers], dim=2)
        return [chosen[i, : len(row)] for i, row in enumerate(sequences)]

    def _write_rows(
        self, sequences: Sequence[Ints], *, head_positions: int = 0
    ) -> Inputs:
        """What the encoder is called with; rows of equal length need no mask."""
        lengths = np.asarray([len(row) for row in sequences])
        ids = np.full((len(sequences), lengths.max()), self.pad_id, dtype=np.int64)
        for i, row in enumerate(sequences):
            ids[i, : len(row)] = row
        inputs: Inputs = {"input_ids": torch.from_numpy(ids).to(self._device)}
        if lengths.min() < lengths.max():
            mask = np.arange(ids.shape[1]) < lengths[:, None]
            mask = torch.from_numpy(mask.astype(np.int64)).to(self._device)
            inputs["attention_mask"] = mask
        self.stats.add(rows=len(ids), pieces=ids.size, head_positions=head_positions)
        return inputs

    def bound_pass(self, max_batch_pieces: int) -> int:
        """Decide how many pieces to read at once.

        max_batch_pieces (int): bound on rows x length of one forward pass.
        RETURNS (int): the same on a GPU; on a processor, what its caches hold.
        """
        if self._device.type != "cpu":
            return max_batch_pieces
        return min(max_batch_pieces, max(LEAST_PIECES, WIDEST_STATES // self._inner))
