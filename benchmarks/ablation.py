"""What the starter's scores are made of: its seed labels, its cues, its pretraining.

    python -m benchmarks.ablation --data DIR [--sentences N] [--seeds 500 2000 ... all]
        [--cues lexical context,phrase ...] [--models 1=FOLDER 66=starter] [--out FILE]

Every row scores the tagger and the baseline of `benchmarks/ner_eval.py`, which reads
the same seeds, on all sets of a folder. Seeds are taken in the order in which people
are asked for them: the most frequent entries first, by the model's bias; ends of words
and words without an entry join in the same proportion. `--models` names exports of
pretraining runs by the millions of pieces they saw; all seeds are used there. Writes
tables and a picture.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from tqdm import tqdm

from benchmarks.ner_eval import machine_facts, score_set
from spacy_bert_unsup.cli.tagging.pipelines import FACTORY, find_component
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.pipeline.ner import BertUnsupNER
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
CUES = ("lexical", "context", "phrase", "context,phrase", "context,phrase,lexical")
THRESHOLDS = {"": 0.15}
COLUMNS = ("F1", "baseline F1", "ratio", "sets at twice", "typing, given spans")


@dataclass(frozen=True)
class State:
    """A way to run the starter.

    kind (str): What is varied: "seeds", "cues" or "million pieces".
    name (str): How much, or which.
    seeds (SeedLabels): Term -> labels.
    model (str): The model.
    config (Mapping[str, Any]): Further settings of the component.
    """

    kind: str
    name: str
    seeds: SeedLabels
    model: str = "starter"
    config: Mapping[str, Any] = field(default_factory=dict)


def main() -> None:
    """Score every state and write the tables."""
    options = parse_arguments()
    states = list(make_states(options))
    if not states:
        raise SystemExit("Nothing to score: name some --seeds, --cues or --models.")
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for state in tqdm(states, unit=" rows"):
        ner, rows = score(state, options)
        found.setdefault(state.kind, {})[state.name] = rows
    write(options, found, machine_facts(ner))


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `data`, `sentences`, `seeds`, `cues`, `models`, `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=100, help="of each set")
    parser.add_argument("--seeds", nargs="*", default=list(SEEDS))
    parser.add_argument("--cues", nargs="*", default=list(CUES))
    parser.add_argument("--models", nargs="*", default=[], help="MILLIONS=FOLDER")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/ablation"))
    return parser.parse_args()


def make_states(options: argparse.Namespace) -> Iterator[State]:
    """All that is to be scored.

    options (argparse.Namespace): Parsed arguments.
    YIELDS (State): In the order of the tables.
    """
    labels = read_seed_labels(STARTER / "assets" / "seed_labels.jsonl")
    lm = MaskedLM.load("starter")
    for text in options.seeds:
        number = len(labels) if text == "all" else int(text)
        yield State("seeds", str(number), first_seeds(labels, lm, number))
    for text in options.cues:
        yield State("cues", text, labels, config={"cues": text.split(",")})
    for text in options.models:
        amount, _, folder = text.partition("=")
        yield State("million pieces", amount, labels, folder)


def first_seeds(labels: SeedLabels, lm: MaskedLM, number: int) -> SeedLabels:
    """The seeds that a person would have come upon first.

    labels (SeedLabels): All of them.
    lm (MaskedLM): Its bias stands for the frequency of an entry.
    number (int): How many.
    RETURNS (SeedLabels): So many of them.
    """
    vectors = VocabVectors.from_mlm(lm)
    missing = set(find_missing_seeds(labels, vectors))
    values = lm.bias()[list(vectors.index.values())]
    exact = dict(zip(vectors.index, values, strict=True))
    folded = {(surface.lower(), c): value for (surface, c), value in exact.items()}

    def rarity(term: str) -> float:
        surface, continues = seed_key(term)
        value = exact.get((surface, continues))
        return -float(folded[surface.lower(), continues] if value is None else value)

    entries = sorted((t for t in labels if t not in missing), key=rarity)
    others = [term for term in labels if term in missing]
    most = round(number * len(entries) / len(labels))
    return {t: labels[t] for t in [*entries[:most], *others[: number - most]]}


def score(
    state: State, options: argparse.Namespace
) -> tuple[BertUnsupNER, list[dict[str, Any]]]:
    """Score a state on all sets.

    state (State): How to run the starter.
    options (argparse.Namespace): Parsed arguments.
    RETURNS (tuple[BertUnsupNER, list[dict[str, Any]]]): The component, and what
        `score_set` gives for every gold file.
    """
    vectors = VocabVectors.from_mlm(MaskedLM.load(state.model))
    built = ClusterAssets.build(
        vectors, state.seeds, model=state.model, thresholds=THRESHOLDS
    )
    with tempfile.TemporaryDirectory() as folder:
        built.to_disk(Path(folder))
        nlp = spacy.blank("en")
        paths = {"model": state.model, "assets": folder}
        nlp.add_pipe(FACTORY, config={**paths, **state.config})
        ner = find_component(nlp)
        rows = [
            score_set(nlp, ner, path, sentences=options.sentences)
            for path in sorted(options.data.glob("*.conll"))
        ]
    return ner, rows


def summarize(rows: Sequence[dict[str, Any]]) -> list[float]:
    """Means over the sets.

    rows (Sequence[dict[str, Any]]): From `score_set`.
    RETURNS (list[float]): One for each of `COLUMNS`: percent; the ratio of the two
        means; how many sets have twice the F1 of the baseline.
    """
    ours = np.array([row["tagger"]["spans"]["f1"] for row in rows])
    simple = np.array([row["baseline"]["f1"] for row in rows])
    typing = np.array([row["tagger"]["typing"]["recall"] for row in rows])
    return [
        100 * float(ours.mean()),
        100 * float(simple.mean()),
        float(ours.mean() / simple.mean()) if simple.any() else np.inf,
        int((ours >= 2 * simple).sum()),
        100 * float(typing.mean()),
    ]


def write(
    options: argparse.Namespace,
    found: Mapping[str, Mapping[str, list[dict[str, Any]]]],
    facts: Mapping[str, str],
) -> None:
    """Write FILE.md, FILE.json and FILE.png.

    options (argparse.Namespace): Parsed arguments.
    found (Mapping): Kind -> name of a state -> rows.
    facts (Mapping[str, str]): Of the machine.
    """
    out: Path = options.out
    lines = [
        "# What the starter's scores are made of",
        "",
        f"`{spell_command(options)}`",
        "",
        f"{', '.join(f'{name} {value}' for name, value in facts.items())}.",
        "",
    ]
    for kind, states in found.items():
        lines += [f"| {kind} | {' | '.join(COLUMNS)} |"]
        lines += [f"|---|{'---:|' * len(COLUMNS)}"]
        lines += [markdown_row(name, rows) for name, rows in states.items()]
        lines.append("")
    if draw(out.with_suffix(".png"), found):
        lines += [f"![scores over seeds and pretraining]({out.stem}.png)", ""]
    out.with_suffix(".md").write_text("\n".join(lines))
    out.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


def spell_command(options: argparse.Namespace) -> str:
    """The command that made the tables; lists that are the default are left out.

    options (argparse.Namespace): Parsed arguments.
    RETURNS (str): One line.
    """
    words = ["python -m benchmarks.ablation --data DIR"]
    words.append(f"--sentences {options.sentences}")
    for name, usual in (("seeds", SEEDS), ("cues", CUES), ("models", ())):
        given = getattr(options, name)
        if tuple(given) != usual:
            words.append(" ".join([f"--{name}", *given]))
    return " ".join(words)


def markdown_row(name: str, rows: Sequence[dict[str, Any]]) -> str:
    """One row of a table.

    name (str): Of the state.
    rows (Sequence[dict[str, Any]]): From `score_set`.
    RETURNS (str): Markdown.
    """
    f1, simple, ratio, twice, typing = summarize(rows)
    scores = f"{f1:.1f} | {simple:.1f} | {ratio:.2f}"
    return f"| {name} | {scores} | {twice:.0f} of {len(rows)} | {typing:.1f} |"


def draw(path: Path, found: Mapping[str, Mapping[str, list[dict[str, Any]]]]) -> bool:
    """Draw F1 of tagger and baseline, and typing, over what can be counted.

    path (Path): The PNG.
    found (Mapping): Kind -> name of a state -> rows.
    RETURNS (bool): Whether there is anything to draw.
    """
    from matplotlib.figure import Figure

    curves = {
        kind: states
        for kind, states in found.items()
        if kind != "cues" and len(states) > 1
    }
    if not curves:
        return False
    figure = Figure(figsize=(5 * len(curves), 3.6), layout="constrained")
    panels = figure.subplots(1, len(curves), squeeze=False)[0]
    for panel, (kind, states) in zip(panels, curves.items(), strict=True):
        amounts = [float(name) for name in states]
        values = np.array([summarize(rows) for rows in states.values()])
        for column, style in ((0, "o-"), (1, "s--"), (4, "^:")):
            panel.plot(amounts, values[:, column], style, label=COLUMNS[column])
        panel.set(xscale="log", ylim=(0, 100), xlabel=kind, ylabel="%, mean of sets")
        panel.grid(alpha=0.3)
        panel.legend()
    figure.savefig(path, dpi=120)
    return True


if __name__ == "__main__":
    main()
