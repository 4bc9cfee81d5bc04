"""Make a model the embedded starter: its weights, and assets built from its seeds.

    python scripts/embed_starter.py MODEL_FOLDER [--seeds FILE] [--storage int8]

`make starter MODEL=folder` does the same. The seed labels that are embedded already are
used again unless others are given. Run `make evaluate` before you keep the new model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.labels import read_seed_labels
from spacy_bert_unsup.vocab.vectors import VocabVectors

STARTER = Path(__file__).parents[1] / "spacy_bert_unsup" / "starter"
THRESHOLDS = {"": 0.15}


def embed(model: str, seeds: Path, storage: str) -> ClusterAssets:
    """Write the starter folder anew.

    model (str): Folder of a masked language model.
    seeds (Path): Seed labels.
    storage (str): How weights are kept: "int8", "float16" or "float32".
    RETURNS (ClusterAssets): The assets that fit the model as it was stored.
    """
    labels = read_seed_labels(seeds)
    if model != "starter":
        MaskedLM.load(model).save(STARTER, storage=storage)
    # The stored weights are rounded, so the vectors are read back before they are used.
    lm = MaskedLM.load("starter")
    built = ClusterAssets.build(
        VocabVectors.from_mlm(lm), labels, model="starter", thresholds=THRESHOLDS
    )
    built.to_disk(STARTER / "assets")
    return built


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="folder of the model; 'starter' keeps it")
    parser.add_argument(
        "--seeds", type=Path, default=STARTER / "assets" / "seed_labels.jsonl"
    )
    parser.add_argument("--storage", default="int8")
    args = parser.parse_args()
    built = embed(args.model, args.seeds, args.storage)
    labelled = int(built.counts.any(axis=1).sum())
    parser.exit(
        message=f"Starter written: {len(built.seeds)} seed terms, {labelled} of "
        f"{len(built.counts)} vocabulary entries labelled, "
        f"fingerprint {built.fingerprint}\n"
    )


if __name__ == "__main__":
    main()
