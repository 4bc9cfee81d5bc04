"""Labels carried to neighbours, against a loop written down from spec 3.4."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.vocab.propagation import (
    ORIGINAL,
    Propagation,
    propagate_labels,
    seed_matrix,
)
from spacy_bert_unsup.vocab.vectors import VocabVectors

LABELS = ["GENE", "DISEASE", "PLACE"]


def make_directions(size=14):
    """Vectors close to each other, of which no cosine is near a rounding edge."""
    random = np.random.default_rng(3)
    found = []
    while len(found) < size:
        new = random.normal(size=3) + [1.0, 0, 0]
        cosines = [new @ v / np.linalg.norm(new) / np.linalg.norm(v) for v in found]
        edges = (100 * np.array(cosines) - 0.5) % 1
        if np.minimum(edges, 1 - edges).min(initial=1) > 1e-3:
            found.append(new)
    return np.array(found)


DIRECTIONS = make_directions()


@st.composite
def tables(draw):
    """Entries with few directions, so with many ties; some special, some zero."""
    rows = draw(st.lists(st.integers(-2, len(DIRECTIONS) - 1), min_size=1, max_size=40))
    scales = 2.0 ** np.array(draw(st.lists(st.integers(-2, 2), min_size=40)))[:40]
    matrix = DIRECTIONS[np.maximum(rows, 0)] * scales[: len(rows), None]
    matrix[np.array(rows) == -1] = 0
    terms = [f"[unused{i}]" if row == -2 else f"term{i}" for i, row in enumerate(rows)]
    names = st.lists(st.sampled_from([*LABELS, "UNKNOWN"]), max_size=3, unique=True)
    seeds = draw(st.dictionaries(st.integers(0, len(rows) - 1), names, max_size=20))
    return VocabVectors.from_wordpieces(terms, matrix), seeds


def propagate_slowly(vectors, seeds, how):
    """Spec 3.4 with its fixes: special, unused and zero entries are never members."""
    counts = np.zeros((len(vectors), len(LABELS)))
    usable = np.flatnonzero(vectors.usable).tolist()
    known = {i: [n for n in names if n in LABELS] for i, names in seeds.items()}
    for t in usable:
        near = [(round(100 * cosine(vectors, t, u)), u) for u in usable]
        near = [(c, u) for c, u in near if c > round(100 * how.min_cosine, 6)]
        near.sort(key=lambda pair: -pair[0])  # stable: ties in vocabulary order
        members, met = [], 0
        for _, u in near:
            members.append(u)
            met += bool(known.get(u))
            if met == how.picks:
                break
        heard = np.zeros(len(LABELS))
        for u in members:
            weight = max(cosine(vectors, t, u), 0) ** how.power
            for name in known.get(u, ()):
                heard[LABELS.index(name)] += weight
        for owner in members if how.spread == "members" else [t]:
            counts[owner] += heard
    return counts


def cosine(vectors, i, j):
    a, b = vectors.matrix[i].astype(float), vectors.matrix[j].astype(float)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@settings(max_examples=60)
@given(tables(), st.sampled_from([1, 2, 20]), st.sampled_from([0.2, 0.29, 0.9, -1.0]))
@pytest.mark.parametrize(("spread", "power"), [("members", 0), ("own", 0), ("own", 3)])
def test_equals_the_loop(spread, power, table, picks, least):
    vectors, seeds = table
    how = replace(
        ORIGINAL, picks=picks, min_cosine=least, spread=spread, power=float(power)
    )
    found = propagate_labels(vectors, seeds, LABELS, how=how)
    np.testing.assert_allclose(found, propagate_slowly(vectors, seeds, how), atol=1e-3)
    assert found.dtype == np.float32


def test_worked_example():
    """Spec 3: egfr is GENE and MEASURE, her2 is GENE; kinase hears of both."""
    matrix = np.array([[1.0, 0.1], [1.0, 0.0], [1.0, -0.1], [-1.0, 0.0]])
    vectors = VocabVectors.from_wordpieces(["EGFR", "HER2", "kinase", "the"], matrix)
    seeds = {0: ("GENE", "MEASURE"), 1: ("GENE",)}
    labels = ["GENE", "MEASURE"]
    own = propagate_labels(vectors, seeds, labels, how=replace(ORIGINAL, spread="own"))
    assert own.tolist() == [[2, 1], [2, 1], [2, 1], [0, 0]]
    shared = propagate_labels(vectors, seeds, labels, how=ORIGINAL)
    assert shared.tolist() == [[6, 3], [6, 3], [6, 3], [0, 0]]


def test_least_cosine_is_strict():
    """0.29 is 0.29, although 0.29 * 100 is less than 29."""
    matrix = np.array([[1, 0], [0.29, np.sqrt(1 - 0.29**2)]])
    vectors = VocabVectors.from_wordpieces(["seed", "near"], matrix)
    for least, met in [(0.28, 1), (0.29, 0)]:
        how = replace(ORIGINAL, min_cosine=least, spread="own")
        found = propagate_labels(vectors, {0: ("GENE",)}, ["GENE"], how=how)
        assert found[:, 0].tolist() == [1, met]


def test_no_more_members_than_allowed():
    """The nearest ones stay."""
    angles = np.linspace(0, 0.5, 6)
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    vectors = VocabVectors.from_wordpieces([f"term{i}" for i in range(6)], matrix)
    how = replace(ORIGINAL, max_members=2, spread="own")
    found = propagate_labels(vectors, {1: ("GENE",)}, ["GENE"], how=how)
    assert found[:, 0].tolist() == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("components", [0, 2])
def test_what_all_vectors_share_does_not_matter(components):
    """From components = 0 on, a constant added to every vector is taken out."""
    terms = [f"term{i}" for i in range(30)]
    matrix = np.random.default_rng(1).normal(size=(30, 5))
    seeds = {i: (LABELS[i % 3],) for i in range(12)}
    how = Propagation(components=components, picks=5, power=1.0)
    wanted, found = (
        propagate_labels(
            VocabVectors.from_wordpieces(terms, matrix + shift), seeds, LABELS, how=how
        )
        for shift in (0, [3, -1, 0, 2, 0.5])
    )
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("components", [-1, 0, 1, 3, 9])
def test_unusable_entries_neither_vote_nor_get_labels(components):
    terms = ["[CLS]", "zero", "gene", "protein", "kinase", "##ase"]
    matrix = np.random.default_rng(0).normal(size=(6, 3)) + 2
    matrix[1] = 0
    vectors = VocabVectors.from_wordpieces(terms, matrix)
    seeds = {0: ("DISEASE",), 1: ("PLACE",), 2: ("GENE",)}
    how = Propagation(components=components, min_cosine=-1.0, power=0.0)
    found = propagate_labels(vectors, seeds, LABELS, how=how)
    assert not found[:2].any() and not found[:, 1:].any()
    assert found[2:, 0].all() == (components < 3)


def test_seed_matrix():
    table = seed_matrix(3, {0: ("GENE", "UNKNOWN"), 2: ("PLACE", "GENE")}, LABELS)
    assert table.tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 1]]


def test_unknown_way_to_spread():
    with pytest.raises(ConfigError, match=r"E301.*'spread'.*own, members"):
        Propagation(spread="all")


@pytest.mark.parametrize("key", ["picks", "max_members"])
def test_a_neighbourhood_has_members(key):
    with pytest.raises(ConfigError, match=r"E303.*picks and max_members"):
        Propagation(**{key: 0})
