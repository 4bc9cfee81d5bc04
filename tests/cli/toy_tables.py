"""A vector table with planted groups of terms, and toy models, as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.toys import Toy

GROUPS = {
    "ANIMAL": "cat dog horse cow Cat",
    "CITY": "Paris London Berlin Rome Oslo",
    "DRUG": "aspirin ibuprofen codeine morphine",
}
SPECIAL = ["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[MASK]"]
FILLERS = 150


def toy_vectors() -> VocabVectors:
    """About 180 terms in 64 dimensions: groups far from each other, then noise."""
    rng = np.random.default_rng(0)
    terms, rows = [*SPECIAL], [*rng.normal(size=(len(SPECIAL), 64))]
    for words in GROUPS.values():
        centre = rng.normal(size=64)
        for word in words.split():
            terms.append(word)
            rows.append(centre + 0.3 * rng.normal(size=64))
    terms += ["##itis", "##osis", "of", "."]
    terms += [f"word{i}" for i in range(FILLERS)]
    rows += [*rng.normal(size=(len(terms) - len(rows), 64))]
    return VocabVectors.from_wordpieces(terms, np.array(rows, np.float32))


def write_toy_table(folder: Path) -> list[str]:
    """Write it, and say how commands are told to read it."""
    vectors = toy_vectors()
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "vectors.npy", vectors.matrix)
    vocab = "".join(f"{term}\n" for term in vectors.terms)
    (folder / "vocab.txt").write_text(vocab, encoding="utf-8")
    return [
        "--vectors",
        str(folder / "vectors.npy"),
        "--vocab",
        str(folder / "vocab.txt"),
    ]


def save_toy(toy: Toy, folder: Path) -> Path:
    """Save a toy model as an ordinary folder."""
    for part in toy:
        part.save_pretrained(folder)
    return folder
