"""The MLM head alone, for any architecture that transformers knows.

A full forward pass scores the whole vocabulary at every place, which costs more than
the encoder. Here the model is copied (shallowly: the weights are shared) with a
pass-through in place of its encoder, so its own code runs the head over hidden states
that were computed before, at the wanted places only. No hook is used: a hook's shared
slot is a race between threads, and some models never fire it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from .parts import find_decoder


class PassThrough(nn.Module):
    """Stands where the encoder was and hands on what it is given."""

    def forward(
        self, *args: object, inputs_embeds: Tensor, **kwargs: object
    ) -> BaseModelOutput:
        """Return the input as if an encoder had computed it.

        inputs_embeds (Tensor): (B, n, D) hidden states.
        RETURNS (BaseModelOutput): the same.
        """
        return BaseModelOutput(last_hidden_state=inputs_embeds)


@dataclass(frozen=True, slots=True)
class Head:
    """Scores and vectors at single places.

    scorer (nn.Module): the MLM model without its encoder.
    mapper (nn.Module): the same with the decoder left out.
    """

    scorer: nn.Module
    mapper: nn.Module

    def score(self, hidden: Tensor) -> Tensor:
        """Score the vocabulary.

        hidden (Tensor): (P, H) last hidden states at P places, float32.
        RETURNS (Tensor): (P, V) logits, bias included.
        """
        return self.scorer(inputs_embeds=hidden[None]).logits[0]

    def map(self, hidden: Tensor) -> Tensor:
        """Map hidden states into the space of the vocabulary vectors (spec part 7).

        hidden (Tensor): (P, H) last hidden states at P places, float32.
        RETURNS (Tensor): (P, D) what the decoder is given.
        """
        return self.mapper(inputs_embeds=hidden[None]).logits[0]


def make_head(model: PreTrainedModel) -> Head:
    """Take the head out of an MLM model; the weights stay shared with it.

    model (PreTrainedModel): a model with an MLM head, in eval mode.
    RETURNS (Head): its head.
    """
    scorer = copy.copy(model)
    scorer._modules = dict(model._modules)
    scorer._modules[model.base_model_prefix] = PassThrough()
    decoder = find_decoder(model)
    with torch.no_grad():
        mapper = copy.deepcopy(scorer, {id(decoder): nn.Identity()})
    return Head(scorer, mapper)
