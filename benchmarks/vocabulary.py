"""Time the vocabulary routines, beside loops over pairs of terms as in the original.

    python -m benchmarks.vocabulary [--naive SIZE] [--sizes VxD[:ROUTINES] ...]
        [--out FILE]

Vectors are random, with planted clusters of about eight terms; every fourth term has a
seed label. The loops are those that the tests hold the routines against
(tests/vocab/naive.py), reading cosines as the original does: from one matrix, by the
two terms' places, rounded when they are read (spec 2.3: 8.4 microseconds a pair there).
Both run in one process, on the same table, and their results are compared; the loops
take two to three minutes. The other sizes run ours alone, each in a process of its own,
so that its peak memory is its own; the largest takes minutes. Writes a Markdown table
and the same as JSON, after each size: a stop loses nothing that is done.
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
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from spacy_bert_unsup.vocab.clustering.aggregation import fold_seeds
from spacy_bert_unsup.vocab.clustering.clusters import cluster_vocab
from spacy_bert_unsup.vocab.clustering.results import Clustering
from spacy_bert_unsup.vocab.geometry.bipartite import bipartite_strength
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.distribution import vocab_distribution
from spacy_bert_unsup.vocab.geometry.graph import build_tail_graph
from spacy_bert_unsup.vocab.geometry.histograms import term_histogram
from spacy_bert_unsup.vocab.geometry.pivots import find_pivot
from spacy_bert_unsup.vocab.labels import SeedLabels
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import Naive

LABELS = tuple(f"LABEL{i}" for i in range(20))
SMALL = ("histogram", "pivot", "bipartite")
ROUTINES = ("adaptive", "fixed", "neighbors", "distribution", "graph", *SMALL)
TURNS = 3
"""Times that ours run beside the loops: in milliseconds, the best turn counts."""
ASKED = 25
"""Terms in the sets of pivot and bipartite; histograms that are taken."""


def main() -> None:
    """Run everything and write the table."""
    options = parse_arguments()
    if options.only:
        json.dump(time_ours(options.only), sys.stdout)
        return
    result: dict[str, Any] = {"machine": machine_facts(), "naive": None, "sizes": []}
    for size in tqdm(options.sizes, unit=" sizes"):
        command = [sys.executable, "-m", "benchmarks.vocabulary", "--only", size]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        result["sizes"].append(json.loads(done.stdout))
        write(result, options.out)
    if options.naive:
        result["naive"] = compare(options.naive)
        write(result, options.out)
    sys.stdout.write(markdown(result))


def write(result: dict[str, Any], out: Path) -> None:
    """Write what there is.

    result (dict[str, Any]): `machine`, `naive` and `sizes`.
    out (Path): The files, without their suffixes.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    out.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    out.with_suffix(".md").write_text(markdown(result))


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `naive`, `sizes`, `only` and `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--naive", default="3000x64", help="size for both; '' for none")
    parser.add_argument(
        "--sizes",
        nargs="*",
        default=["3000x64", "10000x256", "20000x256", "29000x1024", "100000x768"],
        metavar="VxD[:ROUTINES]",
        help=f"tables, with all of {', '.join(ROUTINES)} or some",
    )
    parser.add_argument("--only", help="time ours at one size, as JSON")
    parser.add_argument(
        "--out", type=Path, default=Path("benchmarks/results/vocabulary")
    )
    return parser.parse_args()


def make_table(size: str) -> tuple[VocabVectors, SeedLabels]:
    """A vocabulary of random vectors with planted clusters.

    size (str): "VxD".
    RETURNS (tuple[VocabVectors, SeedLabels]): V terms, and labels for a quarter.
    """
    terms, width = map(int, size.split("x"))
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((max(1, terms // 8), width), np.float32)
    matrix = rng.standard_normal((terms, width), np.float32)
    matrix *= 0.8
    home = rng.integers(0, len(centres), terms)
    for start in range(0, terms, 4096):
        part = slice(start, start + 4096)
        matrix[part] += centres[home[part]]
    names = [f"term{i}" for i in range(terms)]
    seeds: SeedLabels = {
        names[i]: (LABELS[home[i] % len(LABELS)],) for i in range(0, terms, 4)
    }
    return VocabVectors.from_wordpieces(names, matrix), seeds


def our_routines(
    vectors: VocabVectors, seeds: SeedLabels
) -> dict[str, Callable[[], Any]]:
    """The routines under test.

    vectors (VocabVectors): The vocabulary.
    seeds (SeedLabels): Labels.
    RETURNS (dict[str, Callable]): Name -> what to time.
    """

    def cluster(mode: str) -> Clustering:
        return cluster_vocab(vectors, mode=mode, seeds=seeds)

    cosines = Cosines(vectors)
    asked = list(range(ASKED))
    return {
        "adaptive": lambda: cluster("adaptive"),
        "fixed": lambda: cluster("fixed"),
        "neighbors": lambda: cluster("neighbors"),
        "distribution": lambda: vocab_distribution(cosines),
        "graph": lambda: build_tail_graph(cosines),
        "histogram": lambda: [term_histogram(cosines, i).tail for i in asked],
        "pivot": lambda: find_pivot(cosines, asked),
        "bipartite": lambda: bipartite_strength(cosines, asked, asked[::-1]),
    }


class Loops(Naive):
    """The loops of the tests, reading each cosine as the original does."""

    def __init__(self, vectors: VocabVectors) -> None:
        super().__init__(vectors.terms, [])
        units = vectors.matrix.astype(np.float64)
        units /= np.linalg.norm(units, axis=1, keepdims=True)
        self.matrix = units @ units.T

    @property
    def exact(self) -> Any:
        """The matrix itself."""
        return self.matrix

    @property
    def rounded(self) -> Any:
        """Rows of rounded cosines, read anew each time."""
        return self

    def __getitem__(self, i: int) -> list[float]:
        matrix, places = self.matrix, self.rank
        return [float(round(matrix[i][places[term]], 2)) for term in self.terms]


def naive_routines(naive: Naive, seeds: SeedLabels) -> dict[str, Callable[[], Any]]:
    """The same as loops.

    naive (Naive): The vocabulary.
    seeds (SeedLabels): Labels.
    RETURNS (dict[str, Callable]): Name -> what to time.
    """
    folded = fold_seeds(seeds)

    def label(made: tuple[list[dict], list[str], list[str]]) -> Any:
        return made, naive.label(made[0], folded)

    asked = list(range(ASKED))
    return {
        "adaptive": lambda: label(naive.greedy(None)),
        "fixed": lambda: label(naive.greedy(0.5)),
        "neighbors": lambda: label(naive.neighbours(folded)),
        "distribution": naive.distribution,
        "graph": naive.edges,
        "histogram": lambda: [naive.tail(i) for i in asked],
        "pivot": lambda: naive.pivot(asked),
        "bipartite": lambda: naive.strength(asked, asked[::-1]),
    }


def time_ours(size: str) -> dict[str, Any]:
    """Run our routines at one size.

    size (str): "VxD", or "VxD:ROUTINE,ROUTINE".
    RETURNS (dict[str, Any]): `size`, `seconds` and `cpu` seconds of each routine, and
        `mb`: peak of the process after each.
    """
    size, _, names = size.partition(":")
    vectors, seeds = make_table(size)
    found: dict[str, Any] = {"size": size, "seconds": {}, "cpu": {}, "mb": {}}
    routines = our_routines(vectors, seeds)
    for name in names.split(",") if names else ROUTINES:
        before = time.process_time()
        found["seconds"][name] = clock(routines[name])[0]
        found["cpu"][name] = time.process_time() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found["mb"][name] = round(peak / 1024)
    return found


def compare(size: str) -> dict[str, Any]:
    """Run the loops and our routines on the same table.

    size (str): "VxD".
    RETURNS (dict[str, Any]): `size`, and `naive` and `ours`, seconds of each routine;
        what all share is a row of its own.
    """
    vectors, seeds = make_table(size)
    routines = our_routines(vectors, seeds)
    ours, theirs = {"cosines": clock(lambda: Cosines(vectors))[0]}, {}
    theirs["cosines"], naive = clock(lambda: Loops(vectors))
    loops = naive_routines(naive, seeds)
    for name in tqdm(ROUTINES, unit=" routines"):
        turns = [clock(routines[name]) for _ in range(TURNS)]
        ours[name], mine = min(turns, key=lambda turn: turn[0])
        theirs[name], wanted = clock(loops[name])
        check(name, mine, wanted)
    return {"size": size, "naive": theirs, "ours": ours}


def check(name: str, ours: Any, wanted: Any) -> None:
    """Stop if the two do not say the same.

    name (str): The routine.
    ours (Any): Our result.
    wanted (Any): That of the loops.
    """
    if isinstance(ours, Clustering):
        (clusters, singletons, empty), (labels, _) = wanted
        same = [vars(c) | {"terms": list(c.terms)} for c in ours.clusters] == clusters
        same &= [list(ours.singletons), list(ours.empty)] == [singletons, empty]
        same &= ours.term_labels == labels
    elif name == "distribution":
        same = list(ours.tail_counts) == wanted["tails"]
        same &= {t.value: t.mean for t in ours.tenths} == wanted["means"]
    elif name == "graph":
        same = all(ours.out(i).tolist() == row for i, row in wanted.items())
    elif name == "pivot":
        ranked = [term for term, _ in ours.ranking]
        same = (ours.mean, ours.std) == wanted[1:3]
        same &= ranked == [term for term, _ in wanted[3]]
    elif name == "bipartite":
        same = (ours.total, ours.maximum) == wanted
    else:
        same = ours == wanted
    if not same:
        sys.exit(f"{name}: the results differ")


def clock(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that something takes, and what it gives.

    run (Callable): It.
    RETURNS (tuple[float, Any]): Both.
    """
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, found


def machine_facts() -> dict[str, str]:
    """What the speed depends on.

    RETURNS (dict[str, str]): Name -> value.
    """
    return {
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "processor": platform.machine(),
        "cpus": str(os.cpu_count()),
    }


def markdown(result: dict[str, Any]) -> str:
    """The tables for people.

    result (dict[str, Any]): `machine`, `naive` and `sizes`.
    RETURNS (str): Markdown.
    """
    facts = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    lines = ["# Vocabulary routines", "", "`python -m benchmarks.vocabulary`", ""]
    lines += [f"{facts}.", ""]
    if both := result["naive"]:
        lines += [f"## {both['size']}: loops as in the original, and ours", ""]
        lines += [f"The loops once, ours {TURNS} times: the best turn counts.", ""]
        lines += ["| routine | loops, s | ours, s | ratio |", "|---|---:|---:|---:|"]
        rows = [
            (name, both["naive"][name], both["ours"][name]) for name in both["ours"]
        ]
        rows.append(("all", *(sum(both[k].values()) for k in ("naive", "ours"))))
        lines += [f"| {n} | {a:.2f} | {b:.4f} | {a / b:.0f} |" for n, a, b in rows]
        lines.append("")
    lines += ["## How cost grows (ours, seconds)", ""]
    head = ["V x D", *ROUTINES, "all", "CPU, all", "MB, adaptive", "MB, all"]
    lines += [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    for row in result["sizes"]:
        seconds = [row["seconds"].get(name) for name in ROUTINES]
        whole = [sum(row[key].values()) for key in ("seconds", "cpu")]
        if None in seconds:
            whole = [None, None]
        cells = ["–" if s is None else f"{s:.2f}" for s in [*seconds, *whole]]
        cells += [str(row["mb"].get("adaptive", "–")), str(max(row["mb"].values()))]
        lines.append(f"| {row['size']} | {' | '.join(cells)} |")
    if any(len(row["seconds"]) < len(ROUTINES) for row in result["sizes"]):
        lines += ["", "–: not run; --sizes runs it."]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
