"""How fast is masked inference, beside the ways people do it, and beside the machine?

    python -m benchmarks.engine [--sizes base starter] [--cues context both]
        [--lengths 16 32 64 128] [--seconds 2] [--data DIR] [--out FILE]

Every row of a table asks the same: each word of 75 windows of a length, blanked
("context"), or blanked and named in "X is a [MASK] ." ("both"). A row is a process of
its own (so that its peak memory is its own), which works through the windows in the
same order until its seconds are used up; words/s are those of the windows it finished.
`passes` is what a row costs for each word, over one unmasked pass (6a) of the same
encoder. `of the floor` is the time that the row's own pieces need at the rate of matrix
products measured in the same call, over the time it took: what is left for a better
program. The file is written after each row, so a stop loses nothing.
With --data (the gold sets of `ner_eval.py`), the second part says what each way of
masking costs in F1 and typing. The last part says where the time of the whole component
goes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.engine_tables import FLOOR, LOOP, PASS, command, facts, speed_table
from benchmarks.engine_texts import LENGTHS, cut_windows

BATCH_WINDOWS = 25
BATCH_WORDS = {"1": 4, "2": 96, "3": 96}
"""First character of a row -> words asked at once, so that its seconds are kept to; the
others are given whole windows."""


def main() -> None:
    """Run the rows, each in a process, and write the tables as they grow."""
    options = parse_arguments()
    if options.worker:
        sys.stdout.write(json.dumps(work(options)) + "\n")
        return
    lines = ["# Masked inference", "", f"`{command(options)}`", "", f"{facts()}.", ""]
    for table in list_tables(options):
        grown: list[str] = []
        for grown in table:
            write(options.out, [*lines, *grown])
        lines += grown
    sys.stdout.write("\n".join(lines))


def list_tables(options: argparse.Namespace) -> Iterator[Iterator[list[str]]]:
    """The tables that are wanted.

    options (argparse.Namespace): Sizes, cues, data.
    YIELDS (Iterator[list[str]]): A table as Markdown lines, again and again as it
        grows.
    """
    from benchmarks.engine_profile import profile_table
    from benchmarks.engine_quality import PROFILED, quality_table

    for size in options.sizes:
        for cues in options.cues:
            yield run_rows(size, cues, options)
    if options.data:
        yield quality_table(options.data, sentences=options.sentences)
    if not options.no_profile:
        yield profile_table(PROFILED)


def run_rows(size: str, cues: str, options: argparse.Namespace) -> Iterator[list[str]]:
    """Run all ways with one model, each in a process.

    size (str): The model.
    cues (str): What is asked.
    options (argparse.Namespace): Lengths, seconds, device.
    YIELDS (list[str]): The table after each row.
    """
    from benchmarks.engine_rows import ROWS

    names = [FLOOR, LOOP, PASS, *(n for n in ROWS if n not in (LOOP, PASS))]
    found: dict[str, Any] = {}
    for name in tqdm(names, unit=" rows", desc=f"{size}, {cues}"):
        found[name] = start(name, size, cues, options)
        if PASS in found:  # what the others are compared with
            yield speed_table(size, cues, found, options.lengths)


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
    parser.add_argument("--sizes", nargs="*", default=["base", "starter"])
    parser.add_argument("--cues", nargs="+", default=["context", "both"])
    parser.add_argument("--lengths", nargs="+", type=int, default=list(LENGTHS))
    parser.add_argument("--seconds", type=float, default=2.0, help="of a row, a length")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--data", type=Path, help="folder of gold sets, for F1")
    parser.add_argument("--sentences", type=int, default=150, help="of each gold set")
    parser.add_argument("--no-profile", action="store_true", help="only the ways")
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


if __name__ == "__main__":
    main()
