"""Memory over many docs: resident set size and strings, with a curve.

The docs go through `nlp.pipe`, each curve in a process of its own: "zones", texts with
words that were never seen before, as a service gets them, in memory zones; "plain", the
same without zones; "known", texts whose words come again. With --long-text, instead:
the peak of `annotate` for one text of a tenth of the tokens, and of all.

    python benchmarks/memory.py [--docs 10000] [--plot benchmarks/results/memory.png]
    python benchmarks/memory.py --long-text 200000
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import spacy
from spacy.language import Language
from tqdm import tqdm

CURVES = ("zones", "plain", "known")
KNOWN = 500
"""Names of people, and of places, in the texts of known words."""
WORDS = "who lives in Paris was treated with aspirin for a fever by the doctor".split()
LIGHT = {
    "context_templates": ["[MASK]"],
    "extend": 1,
    "max_span": 3,
    "max_cached_answers": 2048,
}
"""One question a span, so that ten thousand docs take minutes; and a cache of answers
that is full after the warm-up (the default grows by some 30 MB until it is)."""


@dataclass(frozen=True)
class Sample:
    """What is in use after some docs."""

    docs: int
    megabytes: float
    strings: int


def main() -> None:
    """Print a table, and draw the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=250, help="docs of a batch")
    parser.add_argument("--warm-up", type=int, default=1_000)
    parser.add_argument("--curves", nargs="+", choices=CURVES, default=list(CURVES))
    parser.add_argument("--model", default="starter")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--long-text", type=int, metavar="TOKENS")
    options = parser.parse_args()
    if options.long_text:
        for tokens in (options.long_text // 10, options.long_text):
            sys.stdout.write(annotate_long(tokens, options.model))
        return
    if options.docs < max(options.warm_up, 1):
        parser.error("--docs must not be below --warm-up, nor 0")
    curves = {}
    for name in options.curves:
        with ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn")
        ) as process:
            curves[name] = process.submit(measure, name, options).result()
        report(name, curves[name], options.warm_up)
    if options.plot:
        draw(curves, options.plot, options.warm_up)


def make_pipeline(model: str) -> Language:
    """One question a span, so that it takes minutes and not hours."""
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", config={"model": model, "voting": LIGHT})
    return nlp


def annotate_long(tokens: int, model: str) -> str:
    """Run `annotate` on one text, in a process of its own; say what it took."""
    texts = make_texts(tokens)
    words = [word for _ in range(tokens // 8) for word in next(texts).split()]
    text = " ".join(words[:tokens])
    with TemporaryDirectory() as folder:
        make_pipeline(model).to_disk(Path(folder, "nlp"))
        Path(folder, "long.txt").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "spacy_bert_unsup", "annotate", "long.txt"]
        command += ["--split", "file", "--pipeline", "nlp", "--out", "out.jsonl"]
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        lines = Path(folder, "out.jsonl").read_text("utf-8").splitlines()
    if status:
        raise SystemExit(f"annotate failed: {status}")
    return (
        f"{tokens} tokens, {len(text)} characters, {len(lines)} parts: "
        f"peak {used.ru_maxrss * 1024 / 1e6:.0f} MB, {seconds:.0f} s\n"
    )


def measure(name: str, options: argparse.Namespace) -> list[Sample]:
    """Tag docs that nobody keeps, and sample in between."""
    nlp = make_pipeline(options.model)
    texts = make_texts(options.docs, new=name != "known")
    done, samples = 0, []
    with tqdm(total=options.docs, desc=name, unit=" docs") as bar:
        while batch := list(islice(texts, options.every)):
            with nlp.memory_zone() if name == "zones" else nullcontext():
                for _ in nlp.pipe(batch):
                    done += 1
            gc.collect()
            samples.append(Sample(done, resident_megabytes(), len(nlp.vocab.strings)))
            bar.update(len(batch))
    return samples


def make_texts(count: int, *, new: bool = True) -> Iterator[str]:
    """Short texts, always the same; with two new words each, or with known ones."""
    rng = random.Random(0)
    for i in range(count):
        words = rng.choices(WORDS, k=rng.randint(2, 12))
        n = i if new else rng.randrange(KNOWN)
        words[0] = f"Ann{n}ova"
        words[-1] = f"Berlin{n}burg"
        yield " ".join(words) + "."


def resident_megabytes() -> float:
    """Memory of this process, after what is free was given back; Linux only."""
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def report(name: str, samples: list[Sample], warm_up: int) -> None:
    """One line for a curve."""
    warm = [sample for sample in samples if sample.docs >= warm_up]
    first, last = warm[0], warm[-1]
    most = max(sample.megabytes for sample in warm)
    sys.stdout.write(
        f"{name}: {first.megabytes:.1f} MB after {first.docs} docs, "
        f"{last.megabytes:.1f} MB after {last.docs}, at most {most:.1f} MB; "
        f"strings {first.strings} -> {last.strings}\n"
    )


def draw(curves: dict[str, list[Sample]], path: Path, warm_up: int) -> None:
    """Memory beside the number of docs."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    for name, samples in curves.items():
        axes.plot([s.docs for s in samples], [s.megabytes for s in samples], label=name)
    axes.axvline(warm_up, color="grey", linestyle=":", label="warm-up")
    axes.set_ylim(0)
    axes.set(xlabel="docs", ylabel="resident memory, MB")
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
