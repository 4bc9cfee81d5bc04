"""The model that is trained, and its two losses."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BertConfig, BertForPreTraining

from .batches import Batch
from .pairs import NO_LABEL
from .settings import ModelConfig


def make_model(config: ModelConfig, *, entries: int, device: str) -> BertForPreTraining:
    """Make an untrained BERT with both heads.

    entries (int): Size of the vocabulary.
    device (str): Decides the attention: eager has the cheaper backward pass on
        processors, fused attention on GPUs.
    """
    bert = BertConfig(
        vocab_size=entries,
        hidden_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.intermediate,
        max_position_embeddings=config.positions,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=config.dropout,
    )
    bert._attn_implementation = "sdpa" if device.startswith("cuda") else "eager"
    return BertForPreTraining(bert)


class Losses(NamedTuple):
    """What one batch says about the model.

    mlm (Tensor): Mean cross entropy of the hidden pieces, in nats.
    nsp (Tensor): Mean cross entropy of the next-sentence answers, in nats.
    logits (Tensor): (M, V) scores at the hidden pieces.
    answers (Tensor): (B, 2) next-sentence scores.
    """

    mlm: Tensor
    nsp: Tensor
    logits: Tensor
    answers: Tensor


class PretrainingLoss(nn.Module):
    """Masked language modelling and next-sentence prediction (Devlin et al. 2019).

    The vocabulary scores are computed at the hidden pieces only.
    """

    def __init__(self, model: BertForPreTraining) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        ids: Tensor,
        segments: Tensor,
        attention: Tensor | None,
        positions: Tensor,
        targets: Tensor,
        follows: Tensor,
    ) -> Losses:
        """RETURNS (Losses): Of one batch, its fields as in `Batch`."""
        encoded = self.model.bert(
            ids, attention_mask=attention, token_type_ids=segments
        )
        hidden = encoded.last_hidden_state.flatten(0, 1)[positions]
        logits = self.model.cls.predictions(hidden)
        answers = self.model.cls.seq_relationship(encoded.pooler_output)
        mlm = F.cross_entropy(logits.float(), targets)
        asked = (follows != NO_LABEL).sum().clamp(min=1)
        nsp = F.cross_entropy(
            answers.float(), follows, ignore_index=NO_LABEL, reduction="sum"
        )
        return Losses(mlm, nsp / asked, logits, answers)


def to_tensors(batch: Batch, device: str) -> dict[str, Tensor | None]:
    """RETURNS (dict[str, Tensor | None]): The arguments of `PretrainingLoss`."""
    names = ("ids", "segments", "attention", "positions", "targets", "follows")
    tensors: dict[str, Tensor | None] = {
        name: torch.from_numpy(getattr(batch, name)).to(device, non_blocking=True)
        for name in names
    }
    if batch.attention.all():
        tensors["attention"] = None
    return tensors


def choose_device(wanted: str) -> str:
    """RETURNS (str): The wanted device; for "auto" a GPU where there is one."""
    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


def choose_precision(wanted: str, device: str) -> torch.dtype:
    """Choose the type of the matrix products; the weights stay float32.

    RETURNS (torch.dtype): For "auto" bfloat16 where the hardware multiplies it: GPUs,
        and processors with AMX or AVX512-BF16. Elsewhere it is many times slower.
    """
    if wanted != "auto":
        return torch.bfloat16 if wanted == "bfloat16" else torch.float32
    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    probes = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    able = (getattr(torch.cpu, probe, lambda: False)() for probe in probes)
    return torch.bfloat16 if any(able) else torch.float32
