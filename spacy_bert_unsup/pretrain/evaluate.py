"""Measures the model on the held-out documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from .batches import Batch, BatchPlan, make_batch
from .data import PieceStore
from .model import Losses, PretrainingLoss, to_tensors
from .pairs import NO_LABEL

SEED = 20_000
"""Fixed: every validation, in every run, asks the same questions."""
BATCH_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Validation:
    """Scores on held-out text at one sequence length.

    length (int): Pieces in a sequence.
    mlm_loss (float): Mean cross entropy of hidden pieces (whole words), in nats.
    top1, top10 (float): How often the hidden piece is the first guess, or among ten.
    nsp (float): Accuracy of next-sentence prediction; random is 0.5.
    """

    length: int
    mlm_loss: float
    top1: float
    top10: float
    nsp: float

    def to_dict(self) -> dict[str, float]:
        """RETURNS (dict[str, float]): For logs."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@torch.inference_mode()
def validate(
    loss: PretrainingLoss,
    store: PieceStore,
    *,
    length: int,
    tokens: int,
    mask_ratio: float,
    precision: torch.dtype,
) -> Validation:
    """Ask fixed questions about the held-out documents.

    store (PieceStore): The held-out part.
    tokens (int): About how many pieces to read.
    RETURNS (Validation): The scores.
    """
    device = str(next(loss.parameters()).device)
    was_training = loss.training
    loss.eval()
    total = np.zeros(6)
    for batch in _questions(store, length, tokens, mask_ratio):
        tensors = to_tensors(batch, device)
        enabled = precision != torch.float32
        with torch.autocast(device.split(":")[0], dtype=precision, enabled=enabled):
            result = loss(**tensors)
        total += count_hits(batch, result)
    loss.train(was_training)
    mlm, top1, top10, count, right, asked = total.tolist()
    nsp = right / max(asked, 1)
    return Validation(length, mlm / count, top1 / count, top10 / count, nsp)


def count_hits(batch: Batch, result: Losses) -> NDArray[np.float64]:
    """RETURNS (NDArray): Sum of losses, hits at 1 and 10, pieces, right, asked."""
    guesses = result.logits.topk(10, dim=-1).indices.cpu().numpy()
    best = guesses == batch.targets[:, None]
    asked = batch.follows != NO_LABEL
    right = (result.answers.argmax(dim=-1).cpu().numpy() == batch.follows) & asked
    loss = result.mlm.item() * len(best)
    hits = [best[:, 0].sum(), best.sum(), len(best), right.sum(), asked.sum()]
    return np.array([loss, *map(float, hits)])


def _questions(
    store: PieceStore, length: int, tokens: int, mask_ratio: float
) -> Iterator[Batch]:
    plan = BatchPlan(
        lengths={length: 1.0},
        batch_tokens=max(BATCH_TOKENS, length),
        mask_ratio=mask_ratio,
        single_share=0.0,
        seed=SEED,
    )
    row = 0
    for step in range(max(tokens // plan.batch_tokens, 1)):
        batch = make_batch(store, plan, step=step, row=row)
        row = batch.next_row
        yield batch
