"""Measures the model on the held-out documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from .batches import Batch, BatchPlan, make_batch
from .data import PieceStore
from .label_plan import LabelPlan
from .label_votes import LabelVotes
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
    label_loss, label (float | None): Mean loss of the questions about labels of the
        seed words held out, in nats, and how often the first label is right; None where
        none was asked about. They may be among the terms that are offered.
    """

    length: int
    mlm_loss: float
    top1: float
    top10: float
    nsp: float
    label_loss: float | None = None
    label: float | None = None

    def to_dict(self) -> dict[str, float]:
        """RETURNS (dict[str, float]): For logs; without what was not asked."""
        return {
            name: round(value, 4)
            for name, value in asdict(self).items()
            if value is not None
        }

    def __str__(self) -> str:
        label = f" label {self.label:.3f}" if self.label is not None else ""
        return (
            f"mlm {self.mlm_loss:.2f} top1 {self.top1:.3f} top10 {self.top10:.3f} "
            f"nsp {self.nsp:.3f}{label}"
        )


@torch.inference_mode()
def validate(
    loss: PretrainingLoss,
    store: PieceStore,
    *,
    length: int,
    tokens: int,
    mask_ratio: float,
    precision: torch.dtype,
    labels: LabelPlan | None = None,
) -> Validation:
    """Ask fixed questions about the held-out documents.

    store (PieceStore): The held-out part.
    tokens (int): About how many pieces to read.
    labels (LabelPlan | None): To ask about the words held out; in passes of their own,
        so that the other scores are those of a run without labels.
    RETURNS (Validation): The scores.
    """
    device = str(next(loss.parameters()).device)
    was_training = loss.training
    loss.eval()
    total, voted = np.zeros(6), np.zeros(3)
    enabled = precision != torch.float32
    with torch.autocast(device.split(":")[0], dtype=precision, enabled=enabled):
        for batch in _questions(store, length, tokens, mask_ratio):
            total += count_hits(batch, loss(**to_tensors(batch, device)))
        if loss.label_votes is not None and labels and labels.words.held_out.any():
            plan = labels.for_validation()
            for batch in _questions(store, length, tokens, 0.0, plan):
                result = loss(**to_tensors(batch, device))
                voted += count_votes(batch, result, loss.label_votes)
    loss.train(was_training)
    mlm, top1, top10, count, right, asked = total.tolist()
    scores = Validation(
        length, mlm / count, top1 / count, top10 / count, right / max(asked, 1)
    )
    loss_sum, correct, questions = voted.tolist()
    if not questions:
        return scores
    return replace(scores, label_loss=loss_sum / questions, label=correct / questions)


def count_votes(batch: Batch, result: Losses, votes: LabelVotes) -> NDArray[np.float64]:
    """RETURNS (NDArray): Sum of losses, right first labels, questions."""
    number = len(batch.words)
    if not number:
        return np.zeros(3)
    words = torch.from_numpy(batch.words).to(result.votes.device)
    right = votes.count_right(result.votes, words)
    return np.array([result.label.item() * number, right, number])


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
    store: PieceStore,
    length: int,
    tokens: int,
    mask_ratio: float,
    labels: LabelPlan | None = None,
) -> Iterator[Batch]:
    plan = BatchPlan(
        lengths={length: 1.0},
        batch_tokens=max(BATCH_TOKENS, length),
        mask_ratio=mask_ratio,
        single_share=0.0,
        seed=SEED,
        labels=labels,
    )
    row = 0
    for step in range(max(tokens // plan.batch_tokens, 1)):
        batch = make_batch(store, plan, step=step, row=row)
        row = batch.next_row
        yield batch
