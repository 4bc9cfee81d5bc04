"""The tables of `benchmarks/engine.py`, and what their numbers depend on."""

from __future__ import annotations

import argparse
import os
import platform
from datetime import date
from importlib.metadata import version
from typing import Any

LOOP = "1b lean loop"
PASS = "6a one unmasked pass"
FLOOR = "7 floor"
BAR = 2.5
"""Passes that packed rows may cost."""
PACKAGES = ("spacy-bert-unsup", "spacy", "torch", "transformers")


def speed_table(
    size: str, cues: str, found: dict[str, Any], lengths: list[int]
) -> list[str]:
    """One table: a row for each way, three columns for each length.

    size (str): The model.
    cues (str): What was asked.
    found (dict[str, Any]): Row name -> what its process gave.
    lengths (list[int]): Pieces of the windows.
    RETURNS (list[str]): Markdown lines.
    """
    floor = found[FLOOR]
    kinds = {"context": "each word blanked", "both": "each word blanked, and named"}
    heads = [f"{n}: words/s | over 1b | passes | of the floor" for n in lengths]
    lines = [
        f"## {size}, {kinds[cues]}, by pieces per window",
        "",
        f"One piece takes {floor['mflop']:.1f} million operations in the encoder; the "
        f"machine's matrix products reach {floor['gflops']:.0f} billion a second "
        f"({floor['dtype']}). Row 7 is one unmasked pass at that rate, in matrices of "
        f"the encoder alone. The bar: packed at most {BAR} passes.",
        "",
        f"| way | {' | '.join(heads)} | peak MB |",
        f"|---|{'---:|' * (4 * len(lengths) + 1)}",
    ]
    for name, row in sorted(found.items()):
        if name == FLOOR:
            row = {"lengths": least_times(found), "peak_mb": "-"}
        cells = []
        for length in map(str, lengths):
            run = row["lengths"].get(length)  # none where the model reads less
            cells += speed_cells(run, found, length) if run else ["-"] * 4
        lines.append(f"| {name} | {' | '.join(cells)} | {row['peak_mb']} |")
    return [*lines, ""]


def least_times(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """What one unmasked pass would take at the machine's rate.

    found (dict[str, Any]): Row name -> what its process gave.
    RETURNS (dict[str, dict[str, float]]): For each length, words, seconds, pieces.
    """
    floor = found[FLOOR]
    runs = found[PASS]["lengths"].items()
    cost = floor["mflop"] / floor["gflops"] / 1000
    return {length: {**run, "seconds": run["pieces"] * cost} for length, run in runs}


def speed_cells(run: dict[str, float], found: dict[str, Any], length: str) -> list[str]:
    """The cells of one way at one length.

    run (dict[str, float]): Words, seconds, pieces.
    found (dict[str, Any]): All rows, for the ratio and the floor.
    length (str): Pieces of the windows.
    RETURNS (list[str]): words/s, ratio to 1b, passes, share of the floor.
    """
    loop = found[LOOP]["lengths"][length]
    speed = run["words"] / run["seconds"]
    ratio = speed / (loop["words"] / loop["seconds"])
    one = found[PASS]["lengths"][length]
    passes = one["words"] / one["seconds"] / speed
    cells = [f"{speed:.0f}", f"{ratio:.1f}", f"{passes:.2f}"]
    if not run["pieces"]:
        return [*cells, "-"]
    floor = found[FLOOR]
    least = run["pieces"] * floor["mflop"] / floor["gflops"] / 1000
    return [*cells, f"{100 * least / run['seconds']:.0f} %"]


def facts() -> str:
    """What the speed depends on.

    RETURNS (str): One line.
    """
    import torch

    named = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    threads = torch.get_num_threads()
    kind = torch.backends.cpu.get_cpu_capability()
    return (
        f"{date.today().isoformat()}, Python {platform.python_version()}, {named}, "
        f"{platform.machine()} with {kind}, {os.cpu_count()} cores, {threads} threads"
    )


def command(options: argparse.Namespace) -> str:
    """The command without the folders of this machine.

    options (argparse.Namespace): Parsed arguments.
    RETURNS (str): To be run from the top of the repository.
    """
    data = f" --data DIR --sentences {options.sentences}" if options.data else ""
    short = " --no-profile" if options.no_profile else ""
    sizes, cues = " ".join(options.sizes), " ".join(options.cues)
    lengths = " ".join(map(str, options.lengths))
    return (
        f"python -m benchmarks.engine --sizes {sizes} --cues {cues} --lengths "
        f"{lengths} --seconds {options.seconds:g}{data}{short}"
    )
