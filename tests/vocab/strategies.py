"""Vocabularies with everything that makes clustering hard, for property tests."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import strategies as st

from spacy_bert_unsup.vocab.labels import SeedLabels
from spacy_bert_unsup.vocab.vectors import VocabVectors

LABELS = ["GENE", "DISEASE", "PLACE", "UNTAGGED_ENTITY"]
SHAPES = ("planted", "lattice", "edges", "angles", "opposed", "alike")
SPELLINGS = [
    *("term{}", "term{}", "term{}", "term{}", "Term{}", "##t{}", "[unused{}]"),
    *("{}", "#{}", "[{}", "twin", "Twin", "ab", "x", "[", "#", "##"),
]


def make_matrix(
    shape: str, size: int, rng: np.random.Generator, *, width: int = 6
) -> np.ndarray:
    """Vectors of a kind.

    planted: clusters; lattice: cosines at edges of bins, many ties; edges: cosines with
    the first term exactly between two bins; angles: a fan, without a clear tail;
    opposed: two heaps that look away from each other; alike: a few vectors only.
    """
    noise = rng.normal(size=(size, width))
    if shape == "planted":
        centres = rng.normal(size=(max(1, size // 6), width))
        return centres[rng.integers(0, len(centres), size)] + 0.4 * noise
    if shape == "lattice":
        return rng.integers(-1, 2, size=(size, 8)).astype(float)
    if shape == "edges":
        cosines = (rng.integers(-100, 100, size=size) + 0.5) / 100
        cosines[0] = 1
        return np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1)
    if shape == "angles":
        turns = np.sort(rng.uniform(0, np.pi, size=size))
        return np.stack([np.cos(turns), np.sin(turns)], axis=1)
    if shape == "opposed":
        signs = rng.choice([-1.0, 1.0], size=(size, 1))
        return signs * (np.eye(width)[0] + 0.3 * noise)
    few = rng.normal(size=(5, width))
    return few[rng.integers(0, len(few), size)] * 2.0 ** rng.integers(-2, 3, (size, 1))


def make_table(shape: str, size: int, seed: int) -> tuple[VocabVectors, SeedLabels]:
    """A vocabulary and seed labels for a third of it.

    shape (str): One of SHAPES.
    size (int): V.
    seed (int): Of everything random.
    RETURNS (tuple[VocabVectors, SeedLabels]): With case variants, pieces, special and
        short entries, duplicates, and zero vectors.
    """
    rng = np.random.default_rng(seed)
    matrix = make_matrix(shape, size, rng)
    matrix[rng.random(size) < 0.02] = 0
    kinds = rng.integers(0, len(SPELLINGS), size)
    terms = [SPELLINGS[k].format(i // 2) for i, k in enumerate(kinds)]
    seeds: SeedLabels = {}
    for term in sorted({*terms} - {""}, key=Counter(terms).__getitem__):
        if rng.random() < 0.3:
            names = rng.permutation(LABELS)[: rng.integers(1, 3)]
            seeds[term] = tuple(names.tolist())
    return VocabVectors.from_wordpieces(terms, matrix), seeds


def tables(*, most: int = 60) -> st.SearchStrategy[tuple[VocabVectors, SeedLabels]]:
    """Small tables of all shapes, down to a single term."""
    return st.builds(
        make_table,
        st.sampled_from(SHAPES),
        st.integers(1, most),
        st.integers(0, 2**32 - 1),
    )
