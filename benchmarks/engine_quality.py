"""What each way of masking costs in F1 and typing: a part of `benchmarks/engine.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from spacy_bert_unsup.cli.tagging.evaluate import evaluate, report
from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.vocab.scheme import read_label_map

SETS = ("conllpp", "BC5CDR-disease", "JNLPBA")
ASK_ALL = {"context_margin": 100.0, "phrase_margin": 100.0}
NO_RULES = {**ASK_ALL, "propose": 0.0, "block": 1.0}
"""Spans around every word, function words and verbs among them."""
PHRASE_FREE = {"context_templates": ["[MASK]"]}
WAYS: dict[str, dict[str, Any]] = {
    "packed": {"masking": "packed"},
    "packed, each phrase in a sentence of its own": {
        "masking": "packed",
        "voting": {"stand_in": ""},
    },
    "packed, every phrase asked": {
        "masking": "packed",
        "voting": {"phrase_margin": 100.0},
    },
    "packed, all proposed spans asked": {"masking": "packed", "voting": ASK_ALL},
    "packed, no word left out": {"masking": "packed", "voting": NO_RULES},
    "packed, context_width 8": {"masking": "packed", "voting": {"context_width": 8}},
    "packed, context_width 24": {"masking": "packed", "voting": {"context_width": 24}},
    "none": {"masking": "none"},
    "none, and no question that holds the phrase": {
        "masking": "none",
        "voting": PHRASE_FREE,
    },
    "exact": {"masking": "exact"},
    "exact, context_width 8": {"masking": "exact", "voting": {"context_width": 8}},
    "exact, context_width 24": {"masking": "exact", "voting": {"context_width": 24}},
    "exact, all proposed spans asked": {"masking": "exact", "voting": ASK_ALL},
}
"""Name of a way -> settings of `bert_unsup_ner`."""
PROFILED = {name: WAYS[name] for name in ("packed", "none", "exact")}


def quality_table(data: Path, *, sentences: int) -> Iterator[list[str]]:
    """Score the starter with each way of masking.

    data (Path): Folder with `NAME.conll` and `maps/NAME.json`.
    sentences (int): Of each set, evenly spaced.
    YIELDS (list[str]): Markdown lines after each way.
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
        yield [*lines, ""]
