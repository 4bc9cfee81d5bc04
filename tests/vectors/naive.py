"""The vectors of one text through plain transformers, step by step (spec 7 and 11)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tests.toys import TOYS


def layers_of(family: str, ids: list[int]) -> np.ndarray:
    """(n, layers + 1, H): every layer of one sequence, the embedding first."""
    model, _ = TOYS[family]()
    with torch.inference_mode():
        output = model(torch.tensor([ids]), output_hidden_states=True)
    return torch.stack(output.hidden_states)[:, 0].permute(1, 0, 2).numpy()


def logits_of(family: str, ids: list[int]) -> np.ndarray:
    """(n, V): the scores of the whole model."""
    model, _ = TOYS[family]()
    with torch.inference_mode():
        return model(torch.tensor([ids])).logits[0].numpy()


def merge_by_hand(pieces: np.ndarray, cover: Any, merge: str) -> np.ndarray:
    """One token after the other."""
    rows = []
    for first, last in cover:
        part = pieces[first:last]
        if not len(part):
            rows.append(np.zeros(pieces.shape[1]))
        elif merge in ("first", "last"):
            rows.append(part[0 if merge == "first" else -1])
        else:
            rows.append(part.mean(axis=0) if merge == "mean" else part.sum(axis=0))
    return np.array(rows).reshape(len(cover), pieces.shape[1])


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """0 where one has no length."""
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths else 0.0
