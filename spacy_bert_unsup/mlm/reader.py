"""What a masked language model is asked: terms, vectors and states at places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import torch

from ..errors import Errors, ModelError
from ..types import Bools, Floats, Ints, Query, TopTerms
from .answers import ban_terms, collect_terms
from .blocks import Blocks, check_blocks, unique_blocks
from .checks import check_layers, check_queries
from .encoder import Encoder, ForwardStats, StatesAt
from .head import Head
from .packed import PackedStyle, find_style
from .parts import Parts, find_decoder
from .queries import length_buckets, unique_queries
from .topk import mean_rows

MAX_BATCH_PIECES = 8192


class ModelReader:
    """Answers questions with an encoder and a head; the base of `MaskedLM`.

    name (str): what to call the model in messages.
    terms (list[str]): (V,) entries of the vocabulary.
    max_length (int): pieces of one sequence, the two special tokens included.
    device (str): where it computes.
    """

    name: str
    terms: list[str]
    max_length: int
    device: str
    _parts: Parts
    _encoder: Encoder
    _head: Head
    _borders: tuple[int, int]

    @property
    def n_layers(self) -> int:
        """Layers of the encoder."""
        return self._encoder.n_layers

    @property
    def stats(self) -> ForwardStats:
        """What has been computed so far."""
        return self._encoder.stats

    @torch.inference_mode()
    def fill(
        self,
        queries: Sequence[Query],
        *,
        top_k: int = 20,
        allowed: Bools | None = None,
        max_batch_pieces: int = MAX_BATCH_PIECES,
    ) -> TopTerms:
        """Find the terms that the model would put at each query's place.

        Queries that are equal are computed once. The probabilities of a query with
        several places are averaged.

        queries (Sequence[Query]): Q masked sequences.
        top_k (int): terms for each query; at most V.
        allowed (Bools | None): (V,) terms that may be returned. The others still take
            their share of the probability.
        max_batch_pieces (int): bound on rows x length of one forward pass.
        RETURNS (TopTerms): (Q, K) in the order of the queries.
        RAISES (ModelError): when a query is too long or wants a place it has not.
        """
        unique, back = self._check(queries)
        states = self._encoder.read_queries(unique, max_batch_pieces)
        return self._best_terms(states, len(unique), top_k, allowed).take(back)

    @cached_property
    def packed_style(self) -> PackedStyle | None:
        """How this model wants packed rows, found out on first use; None: never."""
        size, limit = len(self.terms), self.max_length
        return find_style(self._encoder, self._borders, n_terms=size, limit=limit)

    def require_packed(self) -> PackedStyle:
        """As `packed_style`, but RAISES (ModelError) where it is None."""
        if self.packed_style is None:
            raise ModelError(Errors.E120.format(name=self.name))
        return self.packed_style

    @torch.inference_mode()
    def fill_packed(
        self,
        contexts: Sequence[Ints],
        blocks: Blocks,
        *,
        top_k: int = 20,
        allowed: Bools | None = None,
        max_batch_pieces: int = MAX_BATCH_PIECES,
    ) -> TopTerms:
        """Find the terms at masks that are written beside contexts (packed masking).

        Contexts see only themselves, and a block sees itself and what it is allowed of
        its context, so a context is read once for all of its blocks. Blocks that are
        equal are computed once.

        contexts (Sequence[Ints]): (n,) pieces of each context, special tokens included.
        blocks (Blocks): B blocks.
        top_k (int): terms for each block; at most V.
        allowed (Bools | None): (V,) terms that may be returned. The others still take
            their share of the probability.
        max_batch_pieces (int): bound on rows x length of one forward pass; the blocks
            of one context are spread over several rows where they do not fit.
        RETURNS (TopTerms): (B, K) in the order of the blocks.
        RAISES (ModelError): when the model cannot read packed rows, a context is too
            long, or a block stands for places that there are not.
        """
        style = self.require_packed()
        check_blocks(contexts, blocks, name=self.name, limit=self.max_length)
        unique, back = unique_blocks(contexts, blocks)
        states = self._encoder.read_blocks(contexts, unique, style, max_batch_pieces)
        return self._best_terms(states, len(unique), top_k, allowed).take(back)

    @torch.inference_mode()
    def head_vectors(
        self, queries: Sequence[Query], *, max_batch_pieces: int = MAX_BATCH_PIECES
    ) -> Floats:
        """Vectors in the space of the vocabulary: what the decoder is given.

        At [CLS] of a whole text this is its sentence vector (spec part 7); logits are
        these vectors times `rows` plus `bias`.

        queries (Sequence[Query]): Q sequences.
        max_batch_pieces (int): bound on rows x length of one forward pass.
        RETURNS (Floats): (Q, D), mean over the places of a query, not normalised.
        RAISES (ModelError): as `fill` does.
        """
        unique, back = self._check(queries)
        size = find_decoder(self._parts.model).weight.shape[1]
        vectors = np.zeros((len(unique), size), dtype=np.float32)
        for rows, counts, hidden in self._encoder.read_queries(
            unique, max_batch_pieces
        ):
            mapped = mean_rows(self._head.map(hidden), counts)
            vectors[rows] = mapped.cpu().numpy()
        return vectors[back]

    @torch.inference_mode()
    def last_states(
        self, queries: Sequence[Query], *, max_batch_pieces: int = MAX_BATCH_PIECES
    ) -> Floats:
        """States of the last layer at the places of queries, before the head.

        Cheaper than `hidden_states`, which reads whole layers.

        queries (Sequence[Query]): Q sequences.
        max_batch_pieces (int): bound on rows x length of one forward pass.
        RETURNS (Floats): (P, H) for the places of the queries, one after the other.
        RAISES (ModelError): as `fill` does.
        """
        unique, back = self._check(queries)
        found: list[Floats] = [np.zeros((0, 0), np.float32)] * len(unique)
        for rows, counts, hidden in self._encoder.read_queries(
            unique, max_batch_pieces
        ):
            parts = np.split(hidden.cpu().numpy(), np.cumsum(counts)[:-1])
            for row, part in zip(rows, parts, strict=True):
                found[row] = part
        width = self._encoder.width
        return np.concatenate(
            [np.zeros((0, width), np.float32), *(found[i] for i in back)]
        )

    @torch.inference_mode()
    def hidden_states(
        self,
        sequences: Sequence[Ints],
        *,
        layers: Sequence[int],
        max_batch_pieces: int = MAX_BATCH_PIECES,
    ) -> list[Floats]:
        """Layers of the encoder for whole sequences (spec part 11).

        sequences (Sequence[Ints]): pieces of each sequence, special tokens included.
        layers (Sequence[int]): 0 is the embedding, -1 the last layer.
        max_batch_pieces (int): bound on rows x length of one forward pass.
        RETURNS (list[Floats]): (n, len(layers), H) for each sequence.
        RAISES (ModelError): when a sequence is too long, or there is no such layer.
        """
        check_layers(layers, n_layers=self._encoder.n_layers)
        self._check([Query(ids, np.zeros(1, dtype=np.int32)) for ids in sequences])
        states: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(sequences)
        bound = self._encoder.bound_pass(max_batch_pieces)
        for rows in length_buckets([len(ids) for ids in sequences], bound):
            found = self._encoder.layer_states([sequences[i] for i in rows], layers)
            for i, state in zip(rows, found, strict=True):
                states[i] = state.cpu().numpy()
        return states

    @torch.inference_mode()
    def map_states(self, states: Floats) -> Floats:
        """Take states of the last layer into the space of the vocabulary (spec part 7).

        states (Floats): (P, H) states, as `hidden_states` gives them.
        RETURNS (Floats): (P, D) as `head_vectors` gives them.
        """
        hidden = torch.tensor(states, dtype=torch.float32, device=self.device)
        return self._head.map(hidden).cpu().numpy()

    def _check(self, queries: Sequence[Query]) -> tuple[list[Query], Ints]:
        check_queries(queries, name=self.name, limit=self.max_length)
        return unique_queries(queries)

    def _best_terms(
        self, states: Iterable[StatesAt], size: int, top_k: int, allowed: Bools | None
    ) -> TopTerms:
        """The best terms of `size` questions, from the states at their places."""
        n_terms = len(self.terms)
        return collect_terms(
            self._head,
            states,
            size=size,
            top_k=min(top_k, n_terms),
            n_terms=n_terms,
            banned=ban_terms(allowed, n_terms, self.device),
        )
