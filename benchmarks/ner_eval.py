"""Score the tagger and its baseline on every gold file of a folder, in one run.

    python benchmarks/ner_eval.py --data DIR [--model M] [--sentences N] [--skip K]
        [--masking exact] [--out FILE]

DIR has `NAME.conll` files and `maps/NAME.json` (gold tag -> label, null: left out). The
baseline is `CapitalsAndLexicon` with the seed terms of the very same assets. Bounds are
strict; see `spacy_bert_unsup/evaluation/metrics.py` for what is right, wrong or not
scored. Writes a Markdown table and the same as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy
from tqdm import tqdm

from spacy_bert_unsup.cli.tagging.evaluate import evaluate, report
from spacy_bert_unsup.cli.tagging.pipelines import FACTORY, find_component
from spacy_bert_unsup.evaluation.baseline import CapitalsAndLexicon
from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.evaluation.metrics import score_spans
from spacy_bert_unsup.vocab.scheme import read_label_map

if TYPE_CHECKING:
    from spacy.language import Language

    from spacy_bert_unsup.pipeline.ner import BertUnsupNER

MASKINGS = ("packed", "exact", "none")
PACKAGES = ("spacy-bert-unsup", "spacy", "torch", "transformers")
HEADER = (
    "set",
    "P",
    "R",
    "F1",
    "baseline P",
    "baseline R",
    "baseline F1",
    "ratio",
    "candidate recall",
    "typing, given spans",
    "words/s",
)


def main() -> None:
    """Run everything and write the tables."""
    options = parse_arguments()
    nlp = make_pipeline(options)
    ner = find_component(nlp)
    files = sorted(options.data.glob("*.conll"))
    if not files:
        sys.exit(f"No .conll file in {options.data}")
    rows = [
        score_set(nlp, ner, path, sentences=options.sentences, skip=options.skip)
        for path in tqdm(files, unit=" sets")
    ]
    result = {"machine": machine_facts(ner), "command": command(options), "sets": rows}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    text = markdown(result)
    options.out.with_suffix(".md").write_text(text)
    sys.stdout.write(text)


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `data`, `model`, `assets`, `sentences`, `skip`,
        `masking` and `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--assets", type=Path)
    parser.add_argument("--sentences", type=int, help="of each set; all by default")
    parser.add_argument(
        "--skip", type=int, default=0, help="sentences before the first"
    )
    parser.add_argument("--masking", choices=MASKINGS, default=MASKINGS[0])
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/ner"))
    return parser.parse_args()


def make_pipeline(options: argparse.Namespace) -> Language:
    """A blank pipeline with the component.

    options (argparse.Namespace): Parsed arguments.
    RETURNS (Language): Ready to tag.
    """
    nlp = spacy.blank("en")
    settings = {"model": options.model, "masking": options.masking}
    if options.assets is not None:
        settings["assets"] = str(options.assets)
    nlp.add_pipe(FACTORY, config=settings)
    return nlp


def score_set(
    nlp: Language,
    ner: BertUnsupNER,
    path: Path,
    *,
    sentences: int | None = None,
    skip: int = 0,
) -> dict[str, Any]:
    """Score both taggers on one gold file.

    nlp (Language): The pipeline.
    ner (BertUnsupNER): Our component in it.
    path (Path): The gold file; its map is `maps/NAME.json` beside it.
    sentences (Optional[int]): At most so many of them, evenly spaced.
    skip (int): Sentences in front of the first one.
    RETURNS (dict[str, Any]): `set`, `tagger` and `baseline`.
    """
    names = read_label_map(path.parent / "maps" / f"{path.stem}.json")
    gold = GoldSet.read(path, names)
    gold = replace(gold, texts=gold.texts[skip:])
    if sentences is not None:
        gold = gold.thin(sentences)
    assets = ner.assets
    baseline = CapitalsAndLexicon(assets.seeds, assets.scheme.non_entity)
    found = [baseline.find(text.words) for text in gold.texts]
    simple = score_spans(gold, found, is_a=assets.scheme.is_a).overall
    return {
        "set": path.stem,
        "tagger": report(evaluate(nlp, ner, gold)),
        "baseline": {
            "precision": round(simple.precision, 4),
            "recall": round(simple.recall, 4),
            "f1": round(simple.f1, 4),
        },
    }


def machine_facts(ner: BertUnsupNER) -> dict[str, str]:
    """What the speed depends on.

    ner (BertUnsupNER): The component.
    RETURNS (dict[str, str]): Name -> value.
    """
    import torch

    return {
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "processor": platform.machine(),
        "cpus": str(os.cpu_count()),
        "torch threads": str(torch.get_num_threads()),
        "model": f"{Path(ner.lm.name).name} ({ner.lm.device}, {ner.lm.dtype})",
    }


def command(options: argparse.Namespace) -> str:
    """The command without the folders of this machine.

    options (argparse.Namespace): Parsed arguments.
    RETURNS (str): To be run from the top of the repository.
    """
    given = {"model": options.model, "assets": options.assets}
    given = {key: value for key, value in given.items() if value != "starter"}
    named = "".join(
        f" --{key} {Path(value).name if Path(value).is_dir() else value}"
        for key, value in given.items()
        if value
    )
    few = f" --sentences {options.sentences}" if options.sentences else ""
    few += f" --skip {options.skip}" if options.skip else ""
    how = f" --masking {options.masking}" if options.masking != MASKINGS[0] else ""
    return f"python benchmarks/ner_eval.py --data DIR{named}{few}{how}"


def markdown(result: dict[str, Any]) -> str:
    """The table for people.

    result (dict[str, Any]): `machine`, `command` and `sets`.
    RETURNS (str): Markdown.
    """
    facts = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    lines = [
        "# Strict named entities, beside capitals and a lexicon of the same seeds",
        "",
        f"`{result['command']}`",
        "",
        f"{facts}.",
        "",
        f"| {' | '.join(HEADER)} |",
        f"|---|{'---:|' * (len(HEADER) - 1)}",
    ]
    rows = [row_cells(row) for row in result["sets"]]
    lines += [f"| {' | '.join(cells)} |" for cells in [*rows, mean_cells(rows)]]
    return "\n".join([*lines, ""])


def row_cells(row: dict[str, Any]) -> list[str]:
    """The cells of one set.

    row (dict[str, Any]): From `score_set`.
    RETURNS (list[str]): Percentages with one decimal place, ratio, speed.
    """
    tagger, simple = row["tagger"], row["baseline"]
    spans = tagger["spans"]
    ratio = f"{spans['f1'] / simple['f1']:.2f}" if simple["f1"] else "-"
    names = ("precision", "recall", "f1")
    return [
        row["set"],
        *(f"{100 * spans[name]:.1f}" for name in names),
        *(f"{100 * simple[name]:.1f}" for name in names),
        ratio,
        f"{100 * tagger['candidates']['recall']:.1f}",
        f"{100 * tagger['typing']['recall']:.1f}",
        f"{tagger['words_per_second']:.0f}",
    ]


def mean_cells(rows: list[list[str]]) -> list[str]:
    """The means of all columns over the sets.

    rows (list[list[str]]): From `row_cells`.
    RETURNS (list[str]): "mean", then numbers; "-" where a set has none.
    """
    columns = list(zip(*rows, strict=True))[1:]
    digits = [len(column[0].partition(".")[2]) for column in columns]
    means = [
        "-" if "-" in column else f"{sum(map(float, column)) / len(column):.{n}f}"
        for column, n in zip(columns, digits, strict=True)
    ]
    return ["mean", *means]


if __name__ == "__main__":
    main()
