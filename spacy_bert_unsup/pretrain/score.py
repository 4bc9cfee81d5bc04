"""Scores a model on the held-out text, without training."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer
from torch import nn
from tqdm import tqdm
from transformers import BertForPreTraining

from .data import PieceStore
from .evaluate import Validation, validate
from .label_plan import make_label_plan
from .model import PretrainingLoss, choose_precision
from .settings import PretrainConfig


def score_model(
    model: BertForPreTraining, config: PretrainConfig, prepared: Path, device: str
) -> Iterator[Validation]:
    """Ask the questions that training asks at each validation.

    model (BertForPreTraining): Moved to the device.
    config (PretrainConfig): `valid_lengths`, `valid_tokens` and `mask_ratio` of its
        training section.
    prepared (Path): The prepared corpus.
    device (str): Where to compute.
    YIELDS (Validation): Scores, one for each length.
    """
    settings = config.training
    tokenizer = Tokenizer.from_file(str(prepared / "tokenizer.json"))
    labels = make_label_plan(config.labels, tokenizer)
    loss = PretrainingLoss(model, labels.words if labels else None)
    nn.Module.to(loss, device)
    store = PieceStore(prepared, "valid")
    for length in tqdm(settings.valid_lengths, "held out", unit=" lengths"):
        yield validate(
            loss,
            store,
            length=length,
            tokens=settings.valid_tokens,
            mask_ratio=settings.mask_ratio,
            precision=choose_precision(settings.precision, device),
            labels=labels,
        )
