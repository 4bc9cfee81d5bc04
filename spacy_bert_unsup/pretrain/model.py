"""The model that is trained, and its two losses."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BertConfig, BertForPreTraining

from .batches import Batch
from .label_votes import LabelVotes
from .pairs import NO_LABEL
from .seed_words import SeedWords
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


UNSEEN = -1e9
"""Added to the attention scores of what is not seen."""


class Losses(NamedTuple):
    """What one batch says about the model.

    mlm (Tensor): Mean cross entropy of the hidden pieces, in nats.
    nsp (Tensor): Mean cross entropy of the next-sentence answers, in nats.
    logits (Tensor): (M, V) scores at the hidden pieces.
    answers (Tensor): (B, 2) next-sentence scores.
    label (Tensor): Mean of minus the log of the votes for what the seed words may be,
        in nats; 0 where nothing was asked.
    votes (Tensor): (Q, L) shares of the labels, for each question.
    """

    mlm: Tensor
    nsp: Tensor
    logits: Tensor
    answers: Tensor
    label: Tensor
    votes: Tensor


class PretrainingLoss(nn.Module):
    """Masked language modelling and next-sentence prediction (Devlin et al. 2019).

    With seed words, a third one: the terms that are offered at a mask vote for labels.
    The vocabulary scores are computed at the hidden pieces only.

    model (BertForPreTraining): What is trained.
    words (SeedWords | None): Seed words, if labels are asked for.
    """

    def __init__(
        self, model: BertForPreTraining, words: SeedWords | None = None
    ) -> None:
        super().__init__()
        self.model = model
        self.label_votes = LabelVotes(words) if words is not None else None

    def forward(
        self,
        ids: Tensor,
        segments: Tensor,
        attention: Tensor | None,
        positions: Tensor,
        targets: Tensor,
        follows: Tensor,
        places: Tensor | None = None,
        masks: Tensor | None = None,
        words: Tensor | None = None,
    ) -> Losses:
        """RETURNS (Losses): Of one batch, its fields as in `Batch`."""
        encoded = self.model.bert(
            ids, attention_mask=attention, token_type_ids=segments, position_ids=places
        )
        hidden = encoded.last_hidden_state.flatten(0, 1)[positions]
        logits = self.model.cls.predictions(hidden)
        answers = self.model.cls.seq_relationship(encoded.pooler_output)
        mlm = F.cross_entropy(logits.float(), targets)
        asked = (follows != NO_LABEL).sum().clamp(min=1)
        nsp = F.cross_entropy(
            answers.float(), follows, ignore_index=NO_LABEL, reduction="sum"
        )
        label, votes = mlm.new_zeros(()), mlm.new_zeros((0, 0))
        if self.label_votes is not None and words is not None and len(words):
            offered = encoded.last_hidden_state.flatten(0, 1)[masks]
            votes = self.label_votes(self.model, offered)
            label = self.label_votes.loss(votes, words)
        return Losses(mlm, nsp / asked, logits, answers, label, votes)


def to_tensors(batch: Batch, device: str) -> dict[str, Tensor | None]:
    """RETURNS (dict[str, Tensor | None]): The arguments of `PretrainingLoss`."""
    names = ["ids", "segments", "positions", "targets", "follows"]
    names += ["places", "masks", "words"] if batch.places is not None else []
    tensors: dict[str, Tensor | None] = {"attention": None}
    tensors |= {
        name: torch.from_numpy(getattr(batch, name)).to(device, non_blocking=True)
        for name in names
    }
    if batch.places is not None:  # who sees whom: added to the scores of all heads
        sees = torch.from_numpy(batch.attention).to(device, non_blocking=True)
        hidden = torch.zeros(sees.shape, device=device).masked_fill(~sees, UNSEEN)
        tensors["attention"] = hidden[:, None]
    elif not batch.attention.all():
        tensors["attention"] = torch.from_numpy(batch.attention).to(device)
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
