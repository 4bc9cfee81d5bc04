"""The arithmetic floor of `benchmarks/engine.py`: what the processor could do."""

from __future__ import annotations

import time
from typing import Any

import torch

from benchmarks.engine_rows import make_lm
from spacy_bert_unsup.mlm.compute import DTYPES
from spacy_bert_unsup.mlm.model import MaskedLM

ROWS = 4096
SECONDS = 2.0


def measure_floor(size: str, *, device: str) -> dict[str, Any]:
    """Count a piece's operations, and measure products of the encoder's own shapes.

    size (str): "starter" or "base".
    device (str): Where.
    RETURNS (dict[str, Any]): `mflop` of one piece in the encoder's matrices (attention
        between pieces left out: a few per cent), `gflops` of the machine, `dtype`.
    """
    lm = make_lm(size, dtype="auto", device=device)
    config = lm._parts.model.config
    width, inner = config.hidden_size, config.intermediate_size
    weights = config.num_hidden_layers * (4 * width * width + 2 * width * inner)
    rate = matmul_rate(lm, width=width, inner=inner)
    return {"mflop": 2 * weights / 1e6, "gflops": rate / 1e9, "dtype": lm.dtype}


@torch.inference_mode()
def matmul_rate(lm: MaskedLM, *, width: int, inner: int) -> float:
    """Operations a second of the encoder's largest matrix product.

    lm (MaskedLM): Says where and in which precision.
    width (int): Hidden size.
    inner (int): Size of the feed-forward layer.
    RETURNS (float): Multiplications and additions a second, the best of many.
    """
    kind = {"device": lm.device, "dtype": DTYPES[lm.dtype]}
    states = torch.randn(ROWS, width, **kind)
    weights = torch.randn(width, inner, **kind)
    best, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        begin = time.perf_counter()
        (states @ weights)[0, 0].cpu()
        best = min(best, time.perf_counter() - begin)
    return 2 * ROWS * width * inner / best
