"""Small trials of what a starter should be: width, depth, vocabulary, masking.

    python -m benchmarks.trials --data DIR --corpus FOLDER [--minutes N]
        [--only NAME ...] [--vocabularies NAME=PREPARED ...]
        [--sentences N] [--out FILE]

Every trial pretrains from nothing for the same time on the same machine, so that what
costs more per piece reads fewer; after a minute or two on a processor nothing is
learned yet. What is left out of a row is as in the first. Each is measured on held-out
text (MLM; labels of seed words it was never asked about) and on what counts downstream:
typing of given spans and strict F1 by the cues that ask the model, context and phrase,
over all sets of a folder. Writes a table. The trials keep their runs in
training/trials, and a trial that is there is not run again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file
from tqdm import tqdm

from benchmarks.ablation import STARTER, State, score, summarize
from benchmarks.ner_eval import machine_facts
from spacy_bert_unsup.pretrain.history import CurveLog
from spacy_bert_unsup.pretrain.job import Job, pretrain
from spacy_bert_unsup.vocab.labels import read_seed_labels

CONFIG = Path("configs/pretrain_labels.cfg")
SEEDS = STARTER / "assets" / "seed_labels.jsonl"
BASE = {
    "training.schedule": "linear",
    "training.rate": "1e-3",
    "training.lengths": "64:1",
    "training.valid_lengths": "64",
    "training.checkpoint_minutes": "1000",
    "labels.seeds": str(SEEDS),
    "model.keep": "0",
}
TRIALS: dict[str, dict[str, str]] = {
    "4 x 256": {},
    "2 x 256": {"model.layers": "2"},
    "6 x 256": {"model.layers": "6"},
    "4 x 192": {
        "model.hidden": "192",
        "model.heads": "3",
        "model.intermediate": "768",
    },
    "4 x 384": {
        "model.hidden": "384",
        "model.heads": "6",
        "model.intermediate": "1536",
    },
    "mask 30 %": {"training.mask_ratio": "0.3"},
    "Muon": {"training.optimizer": "muon"},
    "no labels": {"labels.seeds": ""},
}
COLUMNS = (
    "million parameters",
    "million pieces",
    "MLM loss",
    "top-1",
    "labels, held-out words",
    "typing, given spans",
    "F1",
)


def main() -> None:
    """Run what is missing; the table is written after each."""
    options = parse_arguments()
    trials = dict(TRIALS)
    for text in options.vocabularies:
        name, _, prepared = text.partition("=")
        trials[name] = {"corpus.prepared": prepared}
    chosen = {name: trials[name] for name in options.only or trials}
    rows: dict[str, list[str]] = {}
    facts: dict[str, str] = {}
    for name, changes in tqdm(chosen.items(), unit=" trials"):
        rows[name], facts = run_trial(name, changes, options)
        write(options, rows, facts)  # after each: they take long


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `data`, `corpus`, `prepared`, `tokenizer`, `minutes`,
        `sentences`, `only`, `vocabularies`, `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of gold files")
    add("--corpus", required=True, help="folder of texts")
    add("--prepared", default="training/labels-prepared")
    add("--tokenizer", default="starter", help="whose vocabulary is kept")
    add("--minutes", type=float, default=20, help="one or two teach nothing")
    add("--sentences", type=int, default=60, help="of each set")
    add("--only", nargs="*", default=[], help="names of trials")
    add("--vocabularies", nargs="*", default=[], help="NAME=PREPARED, trained there")
    add("--out", type=Path, default=Path("benchmarks/results/trials"))
    return parser.parse_args()


def run_trial(
    name: str, changes: Mapping[str, str], options: argparse.Namespace
) -> tuple[list[str], dict[str, str]]:
    """Pretrain and measure.

    RETURNS (tuple[list[str], dict[str, str]]): A cell for each of `COLUMNS`; facts of
        the machine.
    """
    folder = Path("training/trials") / name.replace(" ", "-").replace("%", "percent")
    settings = {
        **BASE,
        "corpus.folder": options.corpus,
        "corpus.prepared": options.prepared,
        "vocabulary.tokenizer": options.tokenizer,
        "training.minutes": str(options.minutes),
        **changes,
    }
    if "corpus.prepared" in changes:  # a vocabulary that was trained there
        settings["vocabulary.tokenizer"] = changes["corpus.prepared"]
    pretrain(Job(CONFIG, out=folder), settings)
    valid = CurveLog(folder / "valid.csv", []).read()[-1]
    weights = load_file(folder / "model" / "model.safetensors")
    state = State(
        "trial",
        name,
        read_seed_labels(SEEDS),
        str(folder / "model"),
        {"cues": ["context", "phrase"]},
    )
    ner, scored = score(state, options)
    f1, _, _, _, typing = summarize(scored)
    label = f"{100 * float(valid['label']):.1f}" if valid.get("label") else ""
    row = [
        f"{sum(t.numel() for t in weights.values()) / 1e6:.1f}",
        f"{int(valid['tokens']) / 1e6:.2f}",
        f"{float(valid['mlm_loss']):.2f}",
        f"{100 * float(valid['top1']):.1f}",
        label,
        f"{typing:.1f}",
        f"{f1:.1f}",
    ]
    return row, machine_facts(ner)


def write(
    options: argparse.Namespace,
    rows: Mapping[str, list[str]],
    facts: Mapping[str, str],
) -> None:
    """Write FILE.md and FILE.json."""
    about = ", ".join(f"{name} {value}" for name, value in facts.items())
    lines = [
        "# Small trials of what a starter should be",
        "",
        f"`python -m benchmarks.trials --data DIR --corpus FOLDER "
        f"--minutes {options.minutes:g} --sentences {options.sentences}`",
        "",
        f"{options.minutes:g} minutes each, from nothing. {about}.",
        "",
        f"| trial | {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * len(COLUMNS)}",
    ]
    lines += [f"| {name} | {' | '.join(row)} |" for name, row in rows.items()]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_suffix(".md").write_text("\n".join(lines) + "\n")
    found = {name: dict(zip(COLUMNS, row, strict=True)) for name, row in rows.items()}
    options.out.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
