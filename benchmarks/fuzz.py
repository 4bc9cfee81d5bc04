"""Thousands of hostile texts: no crash, no neighbour harmed, nothing injected.

Between the texts stands always the same sentence; its scores must never change.

    python benchmarks/fuzz.py [--docs 20000] [--seed 0] [--model starter]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import spacy

if TYPE_CHECKING:
    from spacy.tokens import Doc

NEIGHBOUR = "Ann Lee flew to Berlin."
VOTING = {"context_templates": ["[MASK]"], "extend": 1, "max_span": 3}
MARKS = (
    "[MASK] [CLS] [SEP] [PAD] [UNK] <mask> <s> </s> :__entity__ {phrase} ##s".split()
)
RANGES = {
    "any of Unicode": [(0, 0xD7FF), (0xE000, 0x10FFFF)],
    "control characters": [(0, 0x20), (0x7F, 0xA0)],
    "punctuation": [(0x21, 0x2F), (0x3A, 0x40), (0x2010, 0x2027)],
    "white space and joiners": [(0x09, 0x0D), (0x2000, 0x200F), (0x2028, 0x206F)],
    "right to left": [(0x0590, 0x06FF), (0x200F, 0x200F), (0x202A, 0x202E)],
    "East Asian": [(0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3)],
    "combining marks": [(0x0061, 0x007A), (0x0300, 0x036F)],
    "emoji": [(0x1F300, 0x1FAFF), (0x1F3FB, 0x1F3FF), (0xFE0F, 0xFE0F)],
    "Latin": [(0x41, 0x5A), (0x61, 0x7A), (0x20, 0x20), (0xC0, 0x17F)],
}


def main() -> None:
    """Print what was tried, and fail at the first thing that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="starter")
    options = parser.parse_args()
    nlp = spacy.blank("en")
    config: dict[str, Any] = {"model": options.model, "voting": VOTING}
    nlp.add_pipe("bert_unsup_ner", config=config)
    wanted = describe(nlp(NEIGHBOUR))
    kinds: Counter[str] = Counter()
    ents, start = 0, time.perf_counter()
    texts = make_texts(options.docs, random.Random(options.seed), kinds)
    for text, doc in zip_docs(nlp, texts):
        if doc.text != text:
            raise SystemExit(f"changed: {text!r}")
        if text == NEIGHBOUR and not equal(describe(doc), wanted):
            raise SystemExit(f"the neighbour was harmed: {describe(doc)}")
        check(doc)
        ents += len(doc.ents)
    seconds = time.perf_counter() - start
    out = sys.stdout.write
    out(f"{sum(kinds.values())} docs in {seconds:.0f} s, {ents} entities, no failure\n")
    for kind, number in sorted(kinds.items()):
        out(f"{number:7} {kind}\n")


def make_texts(count: int, rng: random.Random, kinds: Counter[str]) -> Iterator[str]:
    """Hostile texts, every fifth of them harmless."""
    for i in range(count):
        if i % 5 == 0:
            kinds["neighbour"] += 1
            yield NEIGHBOUR
            continue
        kind = rng.choice([*RANGES, "special tokens", "long word", "nothing"])
        kinds[kind] += 1
        yield make_text(kind, rng)


def make_text(kind: str, rng: random.Random) -> str:
    """One text of a kind."""
    if kind == "nothing":
        return rng.choice(["", " ", "\n\n", "\t \u00a0", "\ufeff", "\x00"])
    if kind == "long word":
        return rng.choice("aZ0é-字") * rng.randint(100, 2000)
    if kind == "special tokens":
        return " ".join(
            rng.choices([*MARKS, "Ann", "in", "Paris"], k=rng.randint(1, 9))
        )
    spans = RANGES[kind]
    size = rng.choice([1, 2, 5, 20, 60])
    text = "".join(chr(rng.randint(*rng.choice(spans))) for _ in range(size))
    return text + rng.choice(["", " in Paris", "\n", " [MASK]"])


def zip_docs(nlp: spacy.Language, texts: Iterator[str]) -> Iterator[tuple[str, Doc]]:
    """Each text with its Doc."""
    pairs = ((text, text) for text in texts)
    for doc, text in nlp.pipe(pairs, as_tuples=True, batch_size=64):
        yield text, doc


def describe(doc: Doc) -> list[tuple[int, int, str, float]]:
    """All scored spans."""
    group = doc.spans["bert_unsup"]
    scores = group.attrs["scores"]
    return [(s.start, s.end, s.label_, x) for s, x in zip(group, scores, strict=True)]


def equal(found: list[tuple], wanted: list[tuple]) -> bool:
    """The same spans, with scores equal to a thousandth."""
    return [s[:3] for s in found] == [s[:3] for s in wanted] and all(
        abs(a[3] - b[3]) < 1e-3 for a, b in zip(found, wanted, strict=True)
    )


def check(doc: Doc) -> None:
    """Entities and scores are well-formed."""
    for start, end, label, score in describe(doc):
        if not (0 <= start < end <= len(doc) and label and 0 <= score <= 1):
            raise SystemExit(f"bad span in {doc.text!r}: {(start, end, label, score)}")
    for ent in doc.ents:
        if not ent.text.strip() or ent._.confidence is None:
            raise SystemExit(f"bad entity in {doc.text!r}: {ent!r}")


if __name__ == "__main__":
    main()
