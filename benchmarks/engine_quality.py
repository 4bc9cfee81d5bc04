"""What each way of masking costs in F1 and typing: a part of `benchmarks/engine.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tqdm import tqdm

from spacy_bert_unsup.cli.evaluate import evaluate, report
from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.vocab.scheme import read_label_map

SETS = ("conllpp", "BC5CDR-disease", "JNLPBA")
WAYS: dict[str, dict[str, Any]] = {
    "exact": {"masking": "exact"},
    "exact, every candidate asked in context": {
        "masking": "exact",
        "voting": {"context_margin": 100.0},
    },
    "packed": {"masking": "packed"},
    "none": {"masking": "none"},
}
"""Name of a way -> settings of `bert_unsup_ner`."""


def quality_table(data: Path, *, sentences: int) -> list[str]:
    """Score the starter with each way of masking.

    data (Path): Folder with `NAME.conll` and `maps/NAME.json`.
    sentences (int): Of each set, evenly spaced.
    RETURNS (list[str]): Markdown lines.
    """
    import spacy

    heads = " | ".join(f"{name}: F1 | typing | words/s" for name in SETS)
    lines = [
        f"## What it costs: the starter on {sentences} sentences a set",
        "",
        f"| way | {heads} |",
        f"|---|{'---:|' * (3 * len(SETS))}",
    ]
    for way, settings in tqdm(WAYS.items(), unit=" ways"):
        nlp = spacy.blank("en")
        ner = nlp.add_pipe("bert_unsup_ner", config=settings)
        cells = []
        for name in SETS:
            names = read_label_map(data / "maps" / f"{name}.json")
            gold = GoldSet.read(data / f"{name}.conll", names).thin(sentences)
            found = report(evaluate(nlp, ner, gold))  # type: ignore[arg-type]
            cells.append(f"{100 * found['spans']['f1']:.1f}")
            cells.append(f"{100 * found['typing']['recall']:.1f}")
            cells.append(f"{found['words_per_second']:.0f}")
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return [*lines, ""]
