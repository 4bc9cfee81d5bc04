"""Would another runtime read the encoder faster than torch?

    pip install onnxruntime onnx onnxscript openvino    # not needed by the package
    python -m benchmarks.runtimes [--sizes starter base] [--threads 2] [--out FILE]

The same batches of equal length as the engine makes them, one after the other through
torch and every runtime that is installed; in turns, so that other load hits all alike.
Ratios are those of the processor time of the whole process, above 1 is faster than
torch. The error is the largest difference from torch's states, as a share of the
largest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.engine_rows import make_lm

Run = Callable[[NDArray[np.int64]], NDArray[np.float32]]
BATCHES = {
    "starter": [(128, 16), (64, 32), (32, 64)],
    "base": [(42, 16), (21, 32), (10, 64), (5, 128)],
}
"""Rows x pieces: what one pass of the engine holds on a processor."""


class States(nn.Module):
    """An encoder that takes ids and gives the last layer, for exporters."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor) -> Tensor:
        """Read rows of equal length; (R, L) ids to (R, L, H) states."""
        states: Tensor = self.encoder(input_ids=ids).last_hidden_state
        return states


def main() -> None:
    """Measure, and write one table for each size."""
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    lines = ["# Other runtimes for the encoder", "", f"`{command(options)}`", ""]
    lines += [f"{facts(options.threads)}.", ""]
    for size in options.sizes:
        with TemporaryDirectory() as folder:
            ways = make_ways(size, Path(folder), options.threads)
            lines += table(size, ways, turns=options.turns)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text("\n".join(lines))
    sys.stdout.write("\n".join(lines))


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): The options.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=list(BATCHES))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--turns", type=int, default=5)
    where = Path("benchmarks/results/engine_runtimes.md")
    parser.add_argument("--out", type=Path, default=where)
    return parser.parse_args()


def make_ways(size: str, folder: Path, threads: int) -> dict[str, Run]:
    """The encoder in torch and in every runtime that is installed.

    size (str): "starter" or "base".
    folder (Path): For exported files.
    threads (int): Of each runtime.
    RETURNS (dict[str, Run]): Name -> ids to states.
    """
    lm = make_lm(size, dtype="float32", device="cpu")
    states = States(lm._parts.model.base_model).eval()
    example = torch.from_numpy(np.full((2, 16), lm.mask_id, np.int64))

    @torch.inference_mode()
    def run_torch(ids: NDArray[np.int64]) -> NDArray[np.float32]:
        return states(torch.from_numpy(ids)).numpy()

    ways: dict[str, Run] = {"torch, float32": run_torch}
    if find_spec("onnxruntime") and find_spec("onnx"):
        path = export_onnx(states, example, folder / "model.onnx")
        ways["ONNX Runtime, float32"] = open_onnx(path, threads)
        small = quantise(path, folder / "int8.onnx")
        ways["ONNX Runtime, int8 weights and activations"] = open_onnx(small, threads)
    if find_spec("openvino"):
        ways["OpenVINO, float32"] = open_openvino(states, example, threads)
    return ways


def export_onnx(states: nn.Module, example: Tensor, path: Path) -> Path:
    """Write an encoder as ONNX, for rows of any number and length."""
    batch, length = torch.export.Dim("rows"), torch.export.Dim("pieces")
    torch.onnx.export(
        states,
        (example,),
        path,
        dynamo=True,
        dynamic_shapes=({0: batch, 1: length},),
        external_data=False,
        verbose=False,
    )
    return path


def open_onnx(path: Path, threads: int) -> Run:
    """Read an ONNX file with ONNX Runtime."""
    onnxruntime: Any = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda ids: session.run(None, {name: ids})[0]


def quantise(path: Path, small: Path) -> Path:
    """Write the matrices of an ONNX file as int8; activations follow at run time."""
    tools: Any = import_module("onnxruntime.quantization")
    tools.quantize_dynamic(path, small, weight_type=tools.QuantType.QInt8)
    return small


def open_openvino(states: nn.Module, example: Tensor, threads: int) -> Run:
    """Convert an encoder for OpenVINO."""
    openvino: Any = import_module("openvino")
    model = openvino.convert_model(states, example_input=example)
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads,
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = openvino.compile_model(model, "CPU", settings)
    return lambda ids: compiled([ids])[0]


def table(size: str, ways: dict[str, Run], *, turns: int) -> list[str]:
    """Pieces a second and ratios, for each batch.

    size (str): "starter" or "base".
    ways (dict[str, Run]): What to measure; the first is compared with.
    turns (int): Of each way and batch.
    RETURNS (list[str]): Markdown lines.
    """
    heads = [f"{rows} x {pieces}: ms | over torch" for rows, pieces in BATCHES[size]]
    lines = [f"## {size}, rows x pieces", "", f"| way | {' | '.join(heads)} | error |"]
    lines.append(f"|---|{'---:|' * (2 * len(heads) + 1)}")
    cells: dict[str, list[str]] = {name: [] for name in ways}
    errors = dict.fromkeys(ways, 0.0)
    for shape in BATCHES[size]:
        ids = np.random.default_rng(0).integers(1000, 20_000, shape)
        plain = next(iter(ways.values()))(ids)
        for name, run in ways.items():
            error = float(np.abs(run(ids) - plain).max() / np.abs(plain).max())
            errors[name] = max(errors[name], error)
        taken = take_turns(list(ways.values()), ids, turns)
        for name, seconds in zip(ways, taken, strict=True):
            cells[name] += [f"{1000 * seconds:.1f}", f"{taken[0] / seconds:.2f}"]
    for name, row in cells.items():
        lines.append(f"| {name} | {' | '.join(row)} | {errors[name]:.0e} |")
    return [*lines, ""]


def take_turns(ways: list[Run], ids: NDArray[np.int64], turns: int) -> list[float]:
    """Median processor seconds of each way with a batch, measured in turns."""
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(turns):
        for way, taken in zip(ways, seconds, strict=True):
            begin = time.process_time()
            way(ids)
            taken.append(time.process_time() - begin)
    return [statistics.median(taken) for taken in seconds]


def facts(threads: int) -> str:
    """What the speed depends on.

    threads (int): Of each runtime.
    RETURNS (str): One line.
    """
    names = [n for n in ("torch", "onnxruntime", "openvino") if find_spec(n)]
    named = ", ".join(f"{name} {version(name)}" for name in names)
    kind = torch.backends.cpu.get_cpu_capability()
    return f"{date.today().isoformat()}, {named}, {kind}, {threads} threads"


def command(options: argparse.Namespace) -> str:
    """The command, to be run from the top of the repository."""
    sizes = " ".join(options.sizes)
    return (
        f"python -m benchmarks.runtimes --sizes {sizes} --threads {options.threads} "
        f"--turns {options.turns}"
    )


if __name__ == "__main__":
    main()
