"""The vote about labels, as tagging holds it, for the loss of pretraining."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import BertForPreTraining

from .seed_words import SeedWords

LEAST = 1e-4
"""Added to shares before their log: bounds what a word labelled wrong weighs."""


class LabelVotes(nn.Module):
    """Lets the terms that are offered at a mask vote for labels.

    words (SeedWords): W words, and E vocabulary entries that vote for L labels.
    """

    entries: Tensor
    table: Tensor
    allowed: Tensor

    def __init__(self, words: SeedWords) -> None:
        super().__init__()
        for name, values in (
            ("entries", words.entries),
            ("table", words.votes),
            ("allowed", words.allowed),
        ):
            self.register_buffer(name, torch.from_numpy(values), persistent=False)

    def forward(self, model: BertForPreTraining, hidden: Tensor) -> Tensor:
        """Hold a vote among the entries that have labels.

        hidden (Tensor): (Q, D) last hidden states at the masks.
        RETURNS (Tensor): (Q, L) shares.
        """
        head = model.cls.predictions
        rows = model.bert.embeddings.word_embeddings.weight[self.entries]
        scores = head.transform(hidden) @ rows.T + head.bias[self.entries]
        # In bfloat16 shares that are nearly 1 could not be told apart.
        with torch.autocast(scores.device.type, enabled=False):
            return scores.float().softmax(dim=-1) @ self.table

    def loss(self, votes: Tensor, words: Tensor) -> Tensor:
        """RETURNS (Tensor): Mean of minus the log of the share of the right labels."""
        right = (votes.float() * self.allowed[words]).sum(dim=1)
        return -(right + LEAST).log().mean()

    def count_right(self, votes: Tensor, words: Tensor) -> float:
        """RETURNS (float): Questions whose first label is one of the word's."""
        best = votes.argmax(dim=1, keepdim=True)
        return float(self.allowed[words].gather(1, best).sum())
