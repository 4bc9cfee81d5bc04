"""Which vector of a sentence is the best one? Spearman on sentence similarity sets.

Each file in the folder has lines of `score TAB sentence TAB sentence`. The cosine of
the two vectors is compared with the score. Words in common are the baseline.

    python benchmarks/sts.py --data FOLDER [--model starter] [--out sts.md]
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Floats
from spacy_bert_unsup.util import write_text
from spacy_bert_unsup.vectors.neighbours import normalize_rows
from spacy_bert_unsup.vectors.settings import TextVectors
from spacy_bert_unsup.vectors.texts import text_vectors

Pairs = tuple[Floats, list[str], list[str]]
WORD = re.compile(r"\w+")


def main() -> None:
    """Print one line for each kind of vector."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--out", type=Path, help="write the table there too")
    options = parser.parse_args()
    sets = {path.stem: read_pairs(path) for path in sorted(options.data.glob("*.tsv"))}
    if not sets:
        parser.error(f"{options.data} has no .tsv files")
    lm = MaskedLM.load(options.model)
    rows = {
        "words in common (Jaccard)": [
            spearman(g, overlap(a, b)) for g, a, b in sets.values()
        ]
    }
    for name, settings in list_kinds(lm).items():
        rows[name] = [
            spearman(g, similarity(lm, settings, a, b)) for g, a, b in sets.values()
        ]
    table = make_table(sets, rows)
    sys.stdout.write(table)
    if options.out is not None:
        write_text(options.out, table)


def list_kinds(lm: MaskedLM) -> dict[str, TextVectors]:
    """The vectors to compare, by the names they have in the table."""
    kinds = {
        "[CLS] of the head": TextVectors(kind="head"),
        "[CLS] of the top layer": TextVectors(kind="top"),
    }
    names = [*range(-1, -lm.n_layers - 2, -1)]
    for layers in [*((n,) for n in names), (0, -1), tuple(names)]:
        shown = (
            "all layers" if len(layers) > 2 else f"layer {', '.join(map(str, layers))}"
        )
        for weighting in ("none", "importance"):
            kinds[
                f"mean of {shown}" + (", by importance" if weighting != "none" else "")
            ] = TextVectors(
                kind="mean", layers=layers, weighting=weighting, specials=False
            )
    kinds["mean of layer -2 with [CLS], [SEP]"] = TextVectors(kind="mean", layers=(-2,))
    return kinds


def read_pairs(path: Path) -> Pairs:
    """Scores and the two sides of each pair."""
    rows = [line.split("\t") for line in path.read_text("utf8").splitlines()]
    scores = np.array([float(row[0]) for row in rows], np.float32)
    return scores, [row[1] for row in rows], [row[2] for row in rows]


def similarity(
    lm: MaskedLM, settings: TextVectors, a: list[str], b: list[str]
) -> Floats:
    """Cosine of each pair."""
    units = normalize_rows(text_vectors(lm, [*a, *b], settings))
    return np.einsum("nd,nd->n", units[: len(a)], units[len(a) :])


def overlap(a: list[str], b: list[str]) -> Floats:
    """Share of the words of a pair that both sentences have."""
    sides = [[{*WORD.findall(text.lower())} for text in side] for side in (a, b)]
    pairs = zip(*sides, strict=True)
    return np.array([len(x & y) / max(1, len(x | y)) for x, y in pairs], np.float32)


def spearman(gold: Floats, found: Floats) -> float:
    """Correlation of the ranks; equal values share their mean rank."""
    return float(np.corrcoef(rank(gold), rank(found))[0, 1])


def rank(values: Floats) -> Floats:
    """Mean rank of each value among all."""
    _, back, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = ((2 * ends - counts - 1) / 2)[back].astype(np.float32)
    return ranks


def make_table(sets: dict[str, Pairs], rows: dict[str, list[float]]) -> str:
    """The table in Markdown, in hundredths, with the mean over the sets."""
    lines = [
        "| vector | "
        + " | ".join(f"{n} ({len(p[0])})" for n, p in sets.items())
        + " | mean |"
    ]
    lines.append("|---|" + "---:|" * (len(sets) + 1))
    for name, values in rows.items():
        shown = [*values, sum(values) / len(values)]
        lines.append(
            f"| {name} | " + " | ".join(f"{100 * v:.1f}" for v in shown) + " |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
