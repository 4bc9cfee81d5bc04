"""Does computing the encoder in bfloat16 pay on this machine?

Random BERT encoders of several sizes, on batches as masked copies make them. Ratios of
the float32 time: above 1 is faster. The three take turns, so other load hits all alike.

    python benchmarks/bf16.py [--device cpu] [--threads 1] [--widths 256 768]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from transformers import BertConfig, BertForMaskedLM

from spacy_bert_unsup.mlm.compute import choose_device, has_fast_bf16
from spacy_bert_unsup.mlm.encoder import Encoder

LAYERS = {128: 4, 256: 4, 384: 6, 768: 12}
BATCHES = [(8, 20), (64, 30)]
TURNS = 3


def main() -> None:
    """Print one line for each size of model and of batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--widths", type=int, nargs="+", default=list(LAYERS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = choose_device(options.device)
    out = sys.stdout.write
    out(f"{device}, {options.threads} thread(s), fast bf16: {has_fast_bf16(device)}\n")
    out("layers x width  rows x pieces  float32 ms  bf16 copy  autocast\n")
    for width in options.widths:
        layers = LAYERS[width]
        config = BertConfig(
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=width // 64,
            intermediate_size=4 * width,
        )
        model = BertForMaskedLM(config).eval()
        nn.Module.to(model, device)
        for rows, pieces in BATCHES:
            plain, *others = time_ways(model, rows, pieces, device)
            ratios = "".join(f"{plain / other:11.2f}" for other in others)
            out(f"{layers:6} x {width:5} {rows:6} x {pieces:4}")
            out(f"{1000 * plain:14.1f}{ratios}\n")


def time_ways(
    model: BertForMaskedLM, rows: int, pieces: int, device: str
) -> list[float]:
    """Seconds of one batch: float32, bf16 copy, autocast over float32."""
    rng = np.random.default_rng(0)
    batch = list(rng.integers(1000, 20_000, size=(rows, pieces), dtype=np.int32))
    places = [np.array([pieces // 2], dtype=np.int32)] * rows
    plain = Encoder(model, pad_id=0, dtype="float32")
    small = Encoder(model, pad_id=0, dtype="bfloat16")

    def autocast() -> None:
        with torch.autocast(torch.device(device).type, torch.bfloat16):
            plain.last_states(batch, places).cpu()

    return take_turns(
        [
            lambda: plain.last_states(batch, places).cpu(),
            lambda: small.last_states(batch, places).cpu(),
            autocast,
        ]
    )


@torch.inference_mode()
def take_turns(ways: list[Callable[[], object]]) -> list[float]:
    """Median seconds of each way, measured in turns after one warm-up."""
    seconds: list[list[float]] = [[] for _ in ways]
    for turn in range(TURNS + 1):
        for way, taken in zip(ways, seconds, strict=True):
            start = time.perf_counter()
            way()
            if turn:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in seconds]


if __name__ == "__main__":
    main()
