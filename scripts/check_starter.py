"""Prove that the embedded starter is whole: `make starter-check`.

    python scripts/check_starter.py

Its assets fit its weights and can be built again from its seeds, its labels are those
of the shipped scheme, its files are small enough, and the numbers of its model card are
true: those of the seeds, and the scores of `benchmarks/results/ner.json`. Prints what
is wrong, with the lines that the card should have, and exits with 1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from spacy_bert_unsup.errors import AssetsError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.labels import match_seed_labels, seed_key
from spacy_bert_unsup.vocab.scheme import BROAD, NON_ENTITY
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.vocab.workshop.worklist import guess_masses

ROOT = Path(__file__).parents[1]
STARTER = ROOT / "spacy_bert_unsup" / "starter"
CARD = STARTER / "MODEL_CARD.md"
SCORES = ROOT / "benchmarks" / "results" / "ner.json"
LARGEST_FILE, LARGEST = 15e6, 25e6
"""Bytes of one file, and of all files (design, part 6)."""
FREQUENT = 300
"""The most frequent entries, which say little about the rest."""
OTHER_BEST = 0.001
"""Share of terms whose best label may differ when the assets are built on another
machine: cosines are rounded to two decimals, and their last digits vary."""


def main() -> None:
    """Check everything."""
    lm, assets = MaskedLM.load("starter"), ClusterAssets.from_disk(STARTER / "assets")
    wrong = [
        *check_fit(lm, assets),
        *check_labels(assets),
        *check_sizes(STARTER),
        *check_card(CARD.read_text("utf8"), card_lines(lm, assets)),
        *check_card(
            CARD.read_text("utf8"), score_lines(json.loads(SCORES.read_text()))
        ),
        *check_build(lm, assets),
    ]
    sys.stdout.write("".join(f"{line}\n" for line in wrong or ["The starter is whole"]))
    sys.exit(bool(wrong))


def check_fit(lm: MaskedLM, assets: ClusterAssets) -> list[str]:
    """Whether assets are of a model, term by term.

    lm (MaskedLM): V terms.
    assets (ClusterAssets): Assets.
    RETURNS (list[str]): What is wrong.
    """
    try:
        assets.check_fits(lm.fingerprint, lm.name)
    except AssetsError as error:
        return [str(error)]
    wanted = len(lm.terms), len(assets.scheme.labels)
    if assets.counts.shape != wanted:
        return [f"The counts are {assets.counts.shape}, and should be {wanted}"]
    return []


def check_labels(assets: ClusterAssets) -> list[str]:
    """Whether labels are those of the shipped scheme.

    assets (ClusterAssets): Assets.
    RETURNS (list[str]): What is wrong.
    """
    scheme, found = assets.scheme, []
    if dict(scheme.parents) != dict(BROAD):
        found.append("label_map.json differs from the shipped scheme")
    if set(scheme.non_entity) != set(NON_ENTITY):
        found.append(f"The non-entity labels are {sorted(scheme.non_entity)}")
    if unknown := set(assets.thresholds) - {"", *scheme.labels}:
        found.append(f"Thresholds of unknown labels: {sorted(unknown)}")
    return found


def check_sizes(folder: Path) -> list[str]:
    """Whether the weights are small enough to be embedded.

    folder (Path): Of the model.
    RETURNS (list[str]): What is wrong.
    """
    sizes = {p.name: p.stat().st_size for p in folder.glob("*.safetensors")}
    found = [f"{name} is too large" for name, n in sizes.items() if n > LARGEST_FILE]
    return found + ["The weights are too large"] * (sum(sizes.values()) > LARGEST)


def check_build(lm: MaskedLM, assets: ClusterAssets) -> list[str]:
    """Whether the seeds make these assets.

    lm (MaskedLM): The model.
    assets (ClusterAssets): Its assets.
    RETURNS (list[str]): What is wrong.
    """
    vectors = VocabVectors.from_mlm(lm)
    parents, how = assets.scheme.parents, assets.propagation
    built = ClusterAssets.build(
        vectors, assets.seeds, model=assets.model, parents=parents, how=how
    )
    if built.counts.shape != assets.counts.shape:
        return ["The seeds have other labels than the assets"]
    other = np.mean(built.counts.argmax(axis=1) != assets.counts.argmax(axis=1))
    if other > OTHER_BEST:
        return [f"The seeds make other assets: {other:.1%} of the best labels differ"]
    return []


def check_card(card: str, lines: list[str]) -> list[str]:
    """Whether a model card holds all of some lines.

    card (str): Its text.
    lines (list[str]): Lines.
    RETURNS (list[str]): Those that it lacks.
    """
    there = set(card.splitlines())
    return [f"The model card lacks: {line}" for line in lines if line not in there]


def card_lines(lm: MaskedLM, assets: ClusterAssets) -> list[str]:
    """What the card says about the seeds.

    lm (MaskedLM): The model.
    assets (ClusterAssets): Its assets.
    RETURNS (list[str]): Lines.
    """
    vectors = VocabVectors.from_mlm(lm)
    keys = [seed_key(term) for term in assets.seeds]
    entries = sum(key in vectors.index for key in keys)
    ends = sum(key[1] and key not in vectors.index for key in keys)
    masses = guess_masses(lm.bias(), vectors.usable)
    rare = np.argsort(-masses, kind="stable")[FREQUENT:]
    matched = np.isin(rare, list(match_seed_labels(assets.seeds, vectors)))
    share = masses[rare[matched]].sum() / masses[rare].sum()
    words = len(keys) - entries - ends
    return [
        f"| seed labels | {len(keys):,} terms by hand: {entries:,} vocabulary entries, "
        f"{ends:,} ends of words and {words:,} words that the vocabulary cuts; "
        f"{share:.0%} of the running text outside the {FREQUENT} most frequent "
        "entries, guessed from the model's bias |"
    ]


def score_lines(scores: dict[str, Any]) -> list[str]:
    """The card's table of scores.

    scores (dict[str, Any]): As `benchmarks/ner_eval.py` writes them.
    RETURNS (list[str]): One line for each set.
    """
    lines = []
    for row in scores["sets"]:
        spans, typing = row["tagger"]["spans"], row["tagger"]["typing"]
        values = [spans[name] for name in ("precision", "recall", "f1")]
        values += [row["baseline"]["f1"], typing["recall"]]
        cells = " | ".join(f"{100 * value:.1f}" for value in values)
        lines.append(f"| {row['set']} | {cells} |")
    return lines


if __name__ == "__main__":
    main()
