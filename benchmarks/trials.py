"""Small trials of what a starter should be: width, depth, vocabulary, masking.

    python -m benchmarks.trials --data DIR --corpus FOLDER [--minutes N]
        [--only NAME ...] [--sentences N] [--out FILE]

Every trial has an untrained encoder, and the entries of the starter's vocabulary
(`benchmarks/trial_start.py`). Every trial gets the same time on the same machine: the
steps that fit into it are counted beforehand, so that what costs more per piece reads
fewer pieces, and what else runs on the machine later changes nothing. What is left out
of a row is as in the first; "another seed" shows what chance does. Each is measured on
held-out text (MLM; labels of seed words it was never asked about) and on what counts
downstream: typing of given spans and strict F1 by the cues that ask the model, context
and phrase, over all sets of a folder. Writes a table. The trials keep their runs in
training/trials, and a trial that is there is not run again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.torch import load_file
from tqdm import tqdm

from benchmarks.ablation import STARTER, State, score, summarize
from benchmarks.ner_eval import machine_facts
from benchmarks.trial_start import write_start
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.pretrain.config import load_config
from spacy_bert_unsup.pretrain.history import CurveLog
from spacy_bert_unsup.pretrain.job import Job, pretrain
from spacy_bert_unsup.vocab.labels import SeedLabels, read_seed_labels
from spacy_bert_unsup.vocab.vectors import VocabVectors

CONFIG = Path("configs/pretrain_labels.cfg")
OTHER_VOCABULARY = Path("configs/pretrain_starter.cfg")
SEEDS = STARTER / "assets" / "seed_labels.jsonl"
RUNS = Path("training/trials")
SAMPLE_STEPS = (10, 30)
"""The steps between these are timed; the first ones are slow."""
NEIGHBORS = 10
BASE = {
    "training.rate": "1e-3",
    "training.batch_tokens": "1024",
    "training.warmup_steps": "50",
    "training.lengths": "32:0.5 64:0.5",
    "training.valid_lengths": "64",
    "training.checkpoint_minutes": "1000",
    "training.minutes": "0",
    "labels.seeds": str(SEEDS),
    "labels.rates": "entity:0.3 other:0.25 FUNCTION:0.05",
    "model.keep": "0",
}
TRIALS: dict[str, dict[str, str]] = {
    "4 x 256": {},
    "4 x 256, another seed": {"training.seed": "1"},
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
    "30,000 entries": {"vocabulary.tokenizer": ""},
    "mask 30 %": {"training.mask_ratio": "0.3"},
    "Muon": {"training.optimizer": "muon"},
    "no labels": {"labels.seeds": ""},
}
COLUMNS = (
    "million parameters",
    "steps",
    "million pieces",
    "MLM loss",
    "top-1",
    "labels, held-out words",
    "neighbors of the label",
    "typing, given spans",
    "F1",
)


def main() -> None:
    """Count the steps of each, then run what is missing; a table after each."""
    options = parse_arguments()
    trials = {
        name: make_settings(TRIALS[name], options) for name in options.only or TRIALS
    }
    steps = {name: count_steps(name, trials[name], options) for name in trials}
    rows: dict[str, list[str]] = {}
    for name, settings in tqdm(trials.items(), unit=" trials"):
        settings["training.steps"] = str(steps[name])
        rows[name], facts = run_trial(name, settings, options)
        write(options, rows, facts)


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `data`, `corpus`, `prepared`, `tokenizer`, `minutes`,
        `threads`, `sentences`, `only`, `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of gold files")
    add("--corpus", required=True, help="folder of texts")
    add("--prepared", default="training/labels-prepared")
    add("--tokenizer", default="starter", help="whose vocabulary is kept")
    add("--minutes", type=float, default=20, help="one or two teach little")
    add("--threads", type=int, default=0, help="processor threads; 0 for all")
    add("--sentences", type=int, default=60, help="of each set")
    add("--only", nargs="*", default=[], help="names of trials")
    add("--out", type=Path, default=Path("benchmarks/results/trials"))
    return parser.parse_args()


def make_settings(
    changes: Mapping[str, str], options: argparse.Namespace
) -> dict[str, str]:
    """RETURNS (dict[str, str]): What the config does not say, for one trial."""
    settings = {
        **BASE,
        "corpus.folder": options.corpus,
        "corpus.prepared": options.prepared,
        "vocabulary.tokenizer": options.tokenizer,
        "training.threads": str(options.threads),
        **changes,
    }
    if not settings["vocabulary.tokenizer"]:  # trained on the text, by another config
        other = load_config(OTHER_VOCABULARY)
        settings["corpus.prepared"] = other.corpus.prepared
        for key in ("size", "whole_words", "min_frequency", "unused"):
            settings[f"vocabulary.{key}"] = str(getattr(other.vocabulary, key))
    return settings


def count_steps(
    name: str, settings: Mapping[str, str], options: argparse.Namespace
) -> int:
    """How many steps fit into the time; writes the model that the trial starts from.

    RETURNS (int): At least 1; what an earlier call found, if there is one.
    """
    folder = RUNS / slug(name)
    kept = folder / "steps.json"
    if kept.exists():
        found = json.loads(kept.read_text())
        if found["minutes"] == options.minutes:
            return int(found["steps"])
        raise SystemExit(f"{folder} is a trial of {found['minutes']} minutes.")
    folder.mkdir(parents=True, exist_ok=True)
    write_start(load_config(CONFIG, settings).model, folder / "start")
    with tempfile.TemporaryDirectory() as beside:
        first, last = SAMPLE_STEPS
        sample = {
            **settings,
            "model.init": str(folder / "start"),
            "training.steps": str(last),
            "training.log_steps": str(first),
            "training.valid_tokens": "256",
        }
        pretrain(Job(CONFIG, out=Path(beside)), sample)
        log = CurveLog(Path(beside) / "train.csv", []).read()
    minutes = {int(row["step"]): float(row["minutes"]) for row in log}
    each = (minutes[last] - minutes[first]) / (last - first)
    steps = max(1, round(options.minutes / each))
    kept.write_text(json.dumps({"minutes": options.minutes, "steps": steps}))
    return steps


def slug(name: str) -> str:
    """RETURNS (str): The name of a trial's folder."""
    return name.replace(",", "").replace("%", "percent").replace(" ", "-")


def run_trial(
    name: str, settings: Mapping[str, str], options: argparse.Namespace
) -> tuple[list[str], dict[str, str]]:
    """Pretrain and measure.

    RETURNS (tuple[list[str], dict[str, str]]): A cell for each of `COLUMNS`; facts of
        the machine.
    """
    folder = RUNS / slug(name)
    start = {"model.init": str(folder / "start")}
    pretrain(Job(CONFIG, out=folder), {**settings, **start})
    model = str(folder / "model")
    valid = CurveLog(folder / "valid.csv", []).read()[-1]
    weights = load_file(folder / "model" / "model.safetensors")
    seeds = read_seed_labels(SEEDS)
    config = {"cues": ["context", "phrase"]}
    ner, scored = score(State("trial", name, seeds, model, config), options)
    f1, _, _, _, typing = summarize(scored)
    label = f"{100 * float(valid['label']):.1f}" if settings["labels.seeds"] else ""
    row = [
        f"{sum(t.numel() for t in weights.values()) / 1e6:.1f}",
        valid["step"],
        f"{int(valid['tokens']) / 1e6:.2f}",
        f"{float(valid['mlm_loss']):.2f}",
        f"{100 * float(valid['top1']):.1f}",
        label,
        f"{100 * rate_neighbors(model, seeds):.1f}",
        f"{typing:.1f}",
        f"{f1:.1f}",
    ]
    return row, machine_facts(ner)


def rate_neighbors(model: str, seeds: SeedLabels) -> float:
    """Share of the nearest labelled entries of an entry that share a label with it.

    model (str): Folder.
    seeds (SeedLabels): Term -> labels; those that are whole entries are looked at.
    RETURNS (float): In [0, 1]; the mean over all of them.
    """
    vectors = VocabVectors.from_mlm(MaskedLM.load(model))
    known = [term for term in seeds if (term, False) in vectors.index]
    names = sorted({label for term in known for label in seeds[term]})
    has = np.array([[name in seeds[term] for name in names] for term in known])
    unit = vectors.unit[[vectors.index[term, False] for term in known]]
    rates = []
    for begin in range(0, len(unit), 1024):
        cosines = unit[begin : begin + 1024] @ unit.T
        own = np.arange(len(cosines))
        cosines[own, begin + own] = -2
        near = np.argpartition(-cosines, NEIGHBORS, axis=1)[:, :NEIGHBORS]
        shared = has[begin : begin + 1024, None] & has[near]
        rates.append(shared.any(axis=2).mean(axis=1))
    return float(np.concatenate(rates).mean())


def write(
    options: argparse.Namespace,
    rows: Mapping[str, list[str]],
    facts: Mapping[str, str],
) -> None:
    """Write FILE.md and FILE.json."""
    about = ", ".join(f"{name} {value}" for name, value in facts.items())
    threads = f" --threads {options.threads}" if options.threads else ""
    lines = [
        "# Small trials of what a starter should be",
        "",
        f"`python -m benchmarks.trials --data DIR --corpus FOLDER --minutes "
        f"{options.minutes:g} --sentences {options.sentences}{threads}`",
        "",
        f"{options.minutes:g} minutes each, with untrained encoders around the entries "
        f"of the starter. {about}.",
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
