"""How fast is masked inference, beside the ways people do it, and beside the machine?

    python -m benchmarks.engine [--sizes base starter] [--cues context both]
        [--lengths 16 32 64 128] [--seconds 8] [--data DIR] [--out FILE]

Every row of a table asks the same: each word of 75 windows of a length, blanked
("context"), or blanked and named in "X is a [MASK] ." ("both"). A row is a process of
its own (so that its peak memory is its own), which works through the windows in the
same order until its seconds are used up; words/s are those of the windows it finished.
`of the floor` is the time that the row's own pieces need at the rate of matrix products
measured in the same call, over the time it took: what is left for a better program.
With --data (the gold sets of `ner_eval.py`), the second part says what each way of
masking costs in F1 and typing. The last part says where the time of the whole component
goes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.engine_texts import LENGTHS, cut_windows

LOOP = "1b lean loop"
FLOOR = "7 floor"
BATCH_WINDOWS = 25
BATCH_WORDS = {"1": 4, "2": 96, "3": 96}
"""First character of a row -> words asked at once, so that its seconds are kept to; the
others are given whole windows."""
PACKAGES = ("spacy-bert-unsup", "spacy", "torch", "transformers")


def main() -> None:
    """Run the rows, each in a process, and write the tables."""
    options = parse_arguments()
    if options.worker:
        sys.stdout.write(json.dumps(work(options)) + "\n")
        return
    from benchmarks.engine_profile import profile_table
    from benchmarks.engine_quality import WAYS, quality_table
    from benchmarks.engine_rows import ROWS

    runs = [(size, cues) for size in options.sizes for cues in options.cues]
    lines = ["# Masked inference", "", f"`{command(options)}`", "", f"{facts()}.", ""]
    with tqdm(total=len(runs) * (len(ROWS) + 1), unit=" rows") as progress:
        for size, cues in runs:
            found = {}
            for name in (FLOOR, *ROWS):
                found[name] = start(name, size, cues, options)
                progress.update()
            lines += speed_table(size, cues, found, options.lengths)
            write(options.out, lines)
    if options.data:
        lines += quality_table(options.data, sentences=options.sentences)
        write(options.out, lines)
    lines += profile_table(WAYS)
    write(options.out, lines)
    sys.stdout.write("\n".join(lines))


def write(out: Path, lines: list[str]) -> None:
    """Write what is known so far.

    out (Path): The file.
    lines (list[str]): Markdown lines.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines))


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): The options.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["base", "starter"])
    parser.add_argument("--cues", nargs="+", default=["context", "both"])
    parser.add_argument("--lengths", nargs="+", type=int, default=list(LENGTHS))
    parser.add_argument("--seconds", type=float, default=8.0, help="of a row, a length")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--data", type=Path, help="folder of gold sets, for F1")
    parser.add_argument("--sentences", type=int, default=150, help="of each gold set")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument(
        "--out", type=Path, default=Path("benchmarks/results/engine.md")
    )
    return parser.parse_args()


def start(name: str, size: str, cues: str, options: argparse.Namespace) -> Any:
    """Run one row in a process of its own.

    name (str): The row.
    size (str): The model.
    cues (str): What is asked.
    options (argparse.Namespace): Lengths, seconds, device.
    RETURNS (Any): What `work` gave.
    """
    lengths = [str(length) for length in options.lengths]
    given = [sys.executable, "-m", "benchmarks.engine", "--worker", name]
    given += ["--sizes", size, "--cues", cues, "--device", options.device]
    given += ["--seconds", str(options.seconds), "--lengths", *lengths]
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(given, check=True, capture_output=True, text=True, env=env)
    return json.loads(done.stdout.splitlines()[-1])


def work(options: argparse.Namespace) -> dict[str, Any]:
    """What a row's own process does.

    options (argparse.Namespace): One size, one kind of cues.
    RETURNS (dict[str, Any]): For each length, words, seconds and pieces; peak memory.
    """
    size, cues = options.sizes[0], options.cues[0]
    if options.worker == FLOOR:
        from benchmarks.engine_floor import measure_floor

        return measure_floor(size, device=options.device)
    from benchmarks.engine_rows import make_row

    row = make_row(options.worker, size, cues=cues, device=options.device)
    words_at_once = BATCH_WORDS.get(options.worker[0])
    lengths: dict[str, dict[str, float]] = {}
    for length in options.lengths:
        if length > row.lm.max_length:
            continue
        whole = cut_windows(row.lm, length)
        parts = (
            whole.few_words(words_at_once)
            if words_at_once
            else whole.batches(BATCH_WINDOWS)
        )
        row.ask(next(cut_windows(row.lm, length, windows=2).few_words(1)))  # warm up
        words = pieces = 0
        begin = time.perf_counter()
        seconds = 0.0
        for part in parts:
            pieces += row.ask(part)
            words += part.words
            seconds = time.perf_counter() - begin
            if seconds > options.seconds:
                break
        lengths[str(length)] = {"words": words, "seconds": seconds, "pieces": pieces}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"lengths": lengths, "peak_mb": round(peak)}


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
    heads = [f"{n}: words/s | over 1b | pieces/word | of the floor" for n in lengths]
    lines = [
        f"## {size}, {kinds[cues]}, by pieces per window",
        "",
        f"One piece takes {floor['mflop']:.1f} million operations in the encoder; the "
        f"machine's matrix products reach {floor['gflops']:.0f} billion a second "
        f"({floor['dtype']}).",
        "",
        f"| way | {' | '.join(heads)} | peak MB |",
        f"|---|{'---:|' * (4 * len(lengths) + 1)}",
    ]
    for name, row in found.items():
        if name == FLOOR:
            continue
        cells = []
        for length in map(str, lengths):
            run = row["lengths"].get(length)  # none where the model reads less
            cells += speed_cells(run, found, length) if run else ["-"] * 4
        lines.append(f"| {name} | {' | '.join(cells)} | {row['peak_mb']} |")
    return [*lines, ""]


def speed_cells(run: dict[str, float], found: dict[str, Any], length: str) -> list[str]:
    """The cells of one way at one length.

    run (dict[str, float]): Words, seconds, pieces.
    found (dict[str, Any]): All rows, for the ratio and the floor.
    length (str): Pieces of the windows.
    RETURNS (list[str]): words/s, ratio to 1b, pieces per word, share of the floor.
    """
    loop = found[LOOP]["lengths"][length]
    speed = run["words"] / run["seconds"]
    ratio = speed / (loop["words"] / loop["seconds"])
    if not run["pieces"]:
        return [f"{speed:.0f}", f"{ratio:.1f}", "-", "-"]
    floor = found[FLOOR]
    least = run["pieces"] * floor["mflop"] / floor["gflops"] / 1000
    per_word = run["pieces"] / run["words"]
    share = least / run["seconds"]
    return [f"{speed:.0f}", f"{ratio:.1f}", f"{per_word:.1f}", f"{100 * share:.0f} %"]


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
    sizes, cues = " ".join(options.sizes), " ".join(options.cues)
    lengths = " ".join(map(str, options.lengths))
    return (
        f"python -m benchmarks.engine --sizes {sizes} --cues {cues} --lengths "
        f"{lengths} --seconds {options.seconds:g}{data}"
    )


if __name__ == "__main__":
    main()
