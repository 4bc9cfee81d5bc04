"""How the starter's scores grow: with its seed labels, and with its pretraining.

    python -m benchmarks.curves --data DIR [--sentences N] [--seeds 500 2000 ... all]
        [--models 1=FOLDER 66=starter] [--out FILE]

Every point scores the tagger and the baseline of `benchmarks/ner_eval.py`, which reads
the same seeds, on all sets of a folder. Seeds are taken in the order in which people
are asked for them: the most frequent entries first, by the model's bias; ends of words
and words without an entry join in the same proportion. `--models` names exports of one
pretraining run by the millions of pieces they saw; all seeds are used there. Writes two
tables and a picture.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from tqdm import tqdm

from benchmarks.ner_eval import machine_facts, score_set
from spacy_bert_unsup.cli.pipelines import FACTORY, find_component
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.labels import (
    SeedLabels,
    find_missing_seeds,
    read_seed_labels,
    seed_key,
)
from spacy_bert_unsup.vocab.vectors import VocabVectors

STARTER = Path(__file__).parents[1] / "spacy_bert_unsup" / "starter"
SEEDS = ("500", "1000", "2000", "4000", "8000", "all")
THRESHOLDS = {"": 0.15}
COLUMNS = ("F1", "baseline F1", "ratio", "sets at twice", "typing, given spans")


@dataclass(frozen=True)
class Point:
    """Scores of one state of the starter.

    amount (float): Seeds, or millions of pieces.
    sets (list[dict[str, Any]]): From `score_set`, one for each gold file.
    """

    amount: float
    sets: list[dict[str, Any]]

    def values(self) -> list[float]:
        """One for each of `COLUMNS`: means over the sets, in percent; the ratio of the
        two means; how many sets have twice the F1 of the baseline.
        """
        ours = np.array([row["tagger"]["spans"]["f1"] for row in self.sets])
        simple = np.array([row["baseline"]["f1"] for row in self.sets])
        typing = np.array([row["tagger"]["typing"]["recall"] for row in self.sets])
        return [
            100 * float(ours.mean()),
            100 * float(simple.mean()),
            float(ours.mean() / simple.mean()) if simple.any() else np.inf,
            int((ours >= 2 * simple).sum()),
            100 * float(typing.mean()),
        ]


def main() -> None:
    """Score every point and write the tables."""
    options = parse_arguments()
    labels = read_seed_labels(STARTER / "assets" / "seed_labels.jsonl")
    lm = MaskedLM.load("starter")
    ordered = order_seeds(labels, lm)
    amounts = [len(labels) if n == "all" else int(n) for n in options.seeds]
    models = [parse_model(text) for text in options.models]
    with tqdm(total=len(amounts) + len(models), unit=" points") as bar:
        score = scorer(options, lambda: bar.update(1))
        seeds = [Point(n, score("starter", ordered(n))) for n in amounts]
        pieces = [Point(m, score(folder, labels)) for m, folder in models]
    write(options, seeds, pieces)


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `data`, `sentences`, `seeds`, `models` and `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=100, help="of each set")
    parser.add_argument("--seeds", nargs="*", default=list(SEEDS))
    parser.add_argument("--models", nargs="*", default=[], help="MILLIONS=FOLDER")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/curves"))
    return parser.parse_args()


def parse_model(text: str) -> tuple[float, str]:
    """Split MILLIONS=FOLDER.

    text (str): From the command line.
    RETURNS (tuple[float, str]): Millions of pieces, the model.
    """
    amount, _, folder = text.partition("=")
    return float(amount), folder


def order_seeds(labels: SeedLabels, lm: MaskedLM) -> Callable[[int], SeedLabels]:
    """Arrange seeds as a person would have come upon them.

    labels (SeedLabels): All of them.
    lm (MaskedLM): Its bias stands for the frequency of an entry.
    RETURNS (Callable[[int], SeedLabels]): Gives the first N.
    """
    vectors = VocabVectors.from_mlm(lm)
    missing = set(find_missing_seeds(labels, vectors))
    values = lm.bias()[list(vectors.index.values())]
    bias = {(s.lower(), c): v for (s, c), v in zip(vectors.index, values, strict=True)}

    def frequency(term: str) -> float:
        surface, continues = seed_key(term)
        return float(bias[surface.lower(), continues])

    entries = sorted((t for t in labels if t not in missing), key=frequency)[::-1]
    others = [term for term in labels if term in missing]

    def first(number: int) -> SeedLabels:
        share = number / len(labels)
        taken = [
            *entries[: round(share * len(entries))],
            *others[: round(share * len(others))],
        ]
        return {term: labels[term] for term in taken}

    return first


def scorer(
    options: argparse.Namespace, tick: Callable[[], object]
) -> Callable[[str, SeedLabels], list[dict[str, Any]]]:
    """What scores a model with seeds on all sets.

    options (argparse.Namespace): Parsed arguments.
    tick (Callable[[], object]): Called after each point.
    RETURNS (Callable): Takes a model and seeds.
    """
    files = sorted(options.data.glob("*.conll"))

    def score(model: str, seeds: SeedLabels) -> list[dict[str, Any]]:
        vectors = VocabVectors.from_mlm(MaskedLM.load(model))
        built = ClusterAssets.build(vectors, seeds, model=model, thresholds=THRESHOLDS)
        with tempfile.TemporaryDirectory() as folder:
            built.to_disk(Path(folder) / "assets")
            nlp = spacy.blank("en")
            nlp.add_pipe(
                FACTORY,
                config={"model": model, "assets": str(Path(folder) / "assets")},
            )
            ner = find_component(nlp)
            rows = [
                score_set(nlp, ner, path, sentences=options.sentences) for path in files
            ]
        options.facts = machine_facts(ner)
        tick()
        return rows

    return score


def write(
    options: argparse.Namespace, seeds: Sequence[Point], pieces: Sequence[Point]
) -> None:
    """Write FILE.md, FILE.json and FILE.png.

    options (argparse.Namespace): Parsed arguments.
    seeds, pieces (Sequence[Point]): The two curves; either may be empty.
    """
    facts = ", ".join(f"{name} {value}" for name, value in options.facts.items())
    lines = [
        "# How scores grow with seed labels and with pretraining",
        "",
        f"`python -m benchmarks.curves --data DIR --sentences {options.sentences}`",
        "",
        f"{facts}.",
        "",
        *table("seeds", seeds),
        *table("million pieces", pieces),
        "![curves](curves.png)",
        "",
    ]
    out: Path = options.out
    out.with_suffix(".md").write_text("\n".join(lines))
    curves = {"seeds": seeds, "pieces": pieces}
    content = {
        name: [{"amount": p.amount, "sets": p.sets} for p in points]
        for name, points in curves.items()
    }
    out.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n")
    draw(out.with_suffix(".png"), curves)


def table(name: str, points: Sequence[Point]) -> Iterator[str]:
    """Lines of Markdown, one for each point.

    name (str): What grows.
    points (Sequence[Point]): Its curve.
    YIELDS (str): Lines; none without points.
    """
    if not points:
        return
    yield f"| {name} | {' | '.join(COLUMNS)} |"
    yield f"|---:|{'---:|' * len(COLUMNS)}"
    for point in points:
        f1, simple, ratio, twice, typing = point.values()
        scores = f"{f1:.1f} | {simple:.1f} | {ratio:.2f}"
        count = f"{twice:.0f} of {len(point.sets)}"
        yield f"| {point.amount:g} | {scores} | {count} | {typing:.1f} |"
    yield ""


def draw(path: Path, curves: dict[str, Sequence[Point]]) -> None:
    """Draw F1 of tagger and baseline, and typing, over what grows.

    path (Path): The PNG.
    curves (dict[str, Sequence[Point]]): Name -> points.
    """
    from matplotlib.figure import Figure

    drawn = {name: points for name, points in curves.items() if points}
    figure = Figure(figsize=(5 * len(drawn), 3.6), layout="constrained")
    axes = figure.subplots(1, len(drawn), squeeze=False)[0]
    for axis, (name, points) in zip(axes, drawn.items(), strict=True):
        amounts = [point.amount for point in points]
        values = np.array([point.values() for point in points])
        for column, style in ((0, "o-"), (1, "s--"), (4, "^:")):
            axis.plot(amounts, values[:, column], style, label=COLUMNS[column])
        axis.set(xscale="log", ylim=(0, 100), ylabel="%, mean of the sets")
        axis.set_xlabel("seed labels" if name == "seeds" else "million pieces seen")
        axis.grid(alpha=0.3)
        axis.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
