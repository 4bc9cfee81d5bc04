"""Does a model keep the promises that this package builds on? Asked once, at load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from transformers import PreTrainedModel

from ..errors import Errors, ModelError
from .head import Head
from .parts import find_decoder

# Rounding errors grow with the size of the logits; a wrong formula is off by far more.
TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Probe:
    """Largest differences seen on a small batch, as shares of the largest logit.

    head_error (float): the head at single places against the whole model.
    decoder_error (float): head vector x vocabulary row + bias against the logits.
    """

    head_error: float
    decoder_error: float


@torch.inference_mode()
def probe_model(
    model: PreTrainedModel, head: Head, *, border_ids: tuple[int, int]
) -> Probe:
    """Compare the head at single places with a plain forward pass.

    model (PreTrainedModel): the model, on its device, in eval mode.
    head (Head): its head.
    border_ids (tuple[int, int]): ids that start and end a sequence.
    RETURNS (Probe): the differences.
    """
    decoder = find_decoder(model)
    rows = decoder.weight
    inner = np.random.default_rng(0).integers(0, len(rows), size=(2, 5))
    borders = np.repeat([border_ids], 2, axis=0)
    ids = np.concatenate([borders[:, :1], inner, borders[:, 1:]], axis=1)
    inputs = torch.from_numpy(ids).to(model.device)
    # Padding would shift the positions of RoBERTa-like models: leave every row full.
    plain = model(input_ids=inputs, attention_mask=torch.ones_like(inputs)).logits
    hidden = model.base_model(input_ids=inputs).last_hidden_state[:, 1:3].flatten(0, 1)
    wanted = plain[:, 1:3].flatten(0, 1)
    scale = float(wanted.abs().max().clamp_min(1.0))
    scored = head.score(hidden)
    product = head.map(hidden) @ rows.T
    if decoder.bias is not None:
        product += decoder.bias
    return Probe(
        head_error=float((scored - wanted).abs().max()) / scale,
        decoder_error=float((product - wanted).abs().max()) / scale,
    )


def check_probe(probe: Probe, name: str) -> None:
    """Refuse a model whose scores its vocabulary vectors do not explain.

    probe (Probe): what `probe_model` saw.
    name (str): the model, for the message.
    RAISES (ModelError): when a difference is not rounding.
    """
    error = max(probe.head_error, probe.decoder_error)
    if not error <= TOLERANCE:  # NaN is an error too
        raise ModelError(Errors.E107.format(name=name, error=error))
