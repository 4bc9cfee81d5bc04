"""Clusters against the loops of naive.py, which are straight from the spec."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from spacy_bert_unsup import cluster_vocab
from spacy_bert_unsup.errors import AssetsError, ConfigError
from spacy_bert_unsup.vocab.clustering import nearby
from spacy_bert_unsup.vocab.clustering.aggregation import fold_seeds
from spacy_bert_unsup.vocab.clustering.clusters import MODES
from spacy_bert_unsup.vocab.clustering.results import ClusterSettings
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.histograms import term_histogram
from spacy_bert_unsup.vocab.geometry.tails import TailRule
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import Naive
from tests.vocab.strategies import SHAPES, make_table, tables


def assert_same(found, naive, wanted, bootstrap, *, restrict=False):
    clusters, singletons, empty = wanted
    labels, inferred = naive.label(clusters, bootstrap, restrict=restrict)
    as_dicts = [asdict(c) | {"terms": list(c.terms)} for c in found.clusters]
    # As JSON, because the order of labels matters.
    assert json.dumps(as_dicts) == json.dumps(clusters)
    assert list(found.singletons) == singletons
    assert list(found.empty) == empty
    assert json.dumps(found.term_labels) == json.dumps(labels)
    assert json.dumps(found.inferred) == json.dumps(inferred)


def run_both(table, mode, *, upstream, threshold=None, preserve=(), **options):
    vectors, seeds = table
    naive = Naive(vectors.terms, vectors.matrix.tolist(), upstream=upstream)
    bootstrap = fold_seeds(seeds)
    found = cluster_vocab(
        vectors,
        mode=mode,
        threshold=threshold,
        preserve=preserve,
        seeds=seeds,
        settings=ClusterSettings(**options),
        compatible=upstream,
    )
    if mode == "neighbors":
        least = 0.2 if threshold is None else threshold
        picks = options.get("picks", 20)
        wanted = naive.neighbours(bootstrap, threshold=least, picks=picks)
    else:
        limit = 0.5 if mode == "fixed" and threshold is None else threshold
        wanted = naive.greedy(limit, preserve)
    restrict = options.get("restrict_to_bootstrap", False)
    assert_same(found, naive, wanted, bootstrap, restrict=restrict)
    return found


@pytest.mark.parametrize("upstream", [False, True])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES)
def test_hundreds_of_terms(shape, mode, upstream):
    found = run_both(make_table(shape, 240, 7), mode, upstream=upstream)
    assert found.clusters or mode == "adaptive"


@settings(max_examples=60)
@given(
    tables(),
    st.sampled_from(MODES),
    st.booleans(),
    st.sampled_from([None, -1.0, -0.5, 0.0, 0.125, 0.29, 0.295, 0.99, 1.0]),
    st.sampled_from([(), ("ab", "x", "#")]),
    st.sampled_from([1, 3, 20]),
    st.booleans(),
)
@example(make_table("opposed", 40, 1), "fixed", True, -1.0, (), 20, False)
@example(make_table("opposed", 40, 1), "fixed", False, -1.0, (), 20, False)
@example(make_table("alike", 60, 2), "fixed", False, 0.99, (), 20, True)
def test_small_tables(table, mode, upstream, threshold, preserve, picks, restrict):
    if mode == "adaptive":
        threshold = None
    run_both(
        table,
        mode,
        upstream=upstream,
        threshold=threshold,
        preserve=preserve,
        picks=picks,
        restrict_to_bootstrap=restrict,
    )


@pytest.mark.parametrize("mode", MODES)
def test_many_blocks_and_short_lists(mode, monkeypatch):
    """Large tables see a part of each row first; force that on a small one."""
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.near.SAMPLE", 16)
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.cosines.BLOCK_VALUES", 4000)
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.cosines.PAIR_VALUES", 50)
    monkeypatch.setattr("spacy_bert_unsup.vocab.clustering.label_sums.CHUNK", 50)
    monkeypatch.setattr("spacy_bert_unsup.vocab.geometry.neighbours.GUESS", 1)
    for shape in ("planted", "lattice", "angles"):
        run_both(make_table(shape, 250, 3), mode, upstream=False, picks=3)


def test_the_pivot_that_upstream_does_not_find():
    matrix = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    vectors = VocabVectors.from_wordpieces(["east", "west", "north", "south"], matrix)
    ours = cluster_vocab(vectors, mode="fixed", threshold=-1.0)
    theirs = cluster_vocab(vectors, mode="fixed", threshold=-1.0, compatible=True)
    assert [(c.key, c.mean) for c in theirs.clusters] == [
        (None, 0.0),
        ("None++west", 0),
    ]
    assert [c.key for c in ours.clusters] == ["east", "west"]


def test_names_that_are_taken():
    """A key that exists is not used again; among neighbourhoods, the name of a seed."""
    angles = np.radians([0, 80, 40, 40, 40])
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    terms = ["left", "right", "one", "two", "three"]
    vectors = VocabVectors.from_wordpieces(terms, matrix)
    found = cluster_vocab(vectors, mode="fixed", threshold=0.7)
    assert [(c.key, c.seed) for c in found.clusters] == [
        ("one", "left"),
        ("one++right", "right"),
    ]
    found = cluster_vocab(vectors, mode="neighbors", threshold=0.1)
    keys = ["one", "one", "one", "one++two", "one++three"]
    assert [c.key for c in found.clusters] == keys


def test_markers_of_other_tokenizers():
    """Entries that continue a word are pieces, and special ones special, by flags."""
    terms = ["<s>", "Ġcell", "cell", "Ġcells", "ls", "Ġof"]
    matrix = np.ones((6, 3)) + np.eye(6, 3) * 0.1
    vectors = VocabVectors(
        terms,
        matrix.astype(np.float32),
        ["", "cell", "cell", "cells", "ls", "of"],
        np.array([False, False, True, False, True, False]),
    )
    (cluster,) = cluster_vocab(vectors, mode="fixed").clusters
    assert cluster.seed == "Ġcell"
    assert cluster.terms == ("Ġcell", "Ġcells")
    (cluster,) = cluster_vocab(vectors, mode="fixed", preserve=["of"]).clusters
    assert cluster.terms == ("Ġcell", "Ġcells", "Ġof")
    near = cluster_vocab(vectors, mode="neighbors", seeds={"##cell": ("A",)})
    assert [c.seed for c in near.clusters] == ["Ġcell", "cell", "Ġcells", "ls", "Ġof"]
    assert near.clusters[0].labels == {"A": 1}
    assert all("<s>" not in c.terms for c in near.clusters)


def test_max_size_keeps_the_nearest():
    vectors, _ = make_table("planted", 120, 1)
    whole = cluster_vocab(vectors, mode="fixed", threshold=0.2)
    small = cluster_vocab(
        vectors, mode="fixed", threshold=0.2, settings=ClusterSettings(max_size=3)
    )
    assert max(len(c.terms) for c in whole.clusters) > 3
    assert [c.terms for c in small.clusters] == [c.terms[:3] for c in whole.clusters]


def test_wider_bins_and_other_limits():
    """A rule of one's own is used for the tails."""
    vectors, _ = make_table("planted", 120, 1)
    rule = TailRule(max_bin=5, tail_bin=2, bin_width=0.1)
    found = cluster_vocab(vectors, settings=ClusterSettings(rule=rule))
    cosines = Cosines(vectors, bin_width=0.1)
    for cluster in found.clusters:
        histogram = term_histogram(
            cosines, vectors.terms.index(cluster.seed), rule=rule
        )
        tail = [vectors.terms[i] for i in histogram.above()]
        assert [t for t in tail if t in cluster.terms] == list(cluster.terms)


def test_progress_comes_to_its_end():
    for mode in MODES:
        calls = []
        cluster_vocab(
            make_table("planted", 100, 1)[0],
            mode=mode,
            progress=lambda done, every: calls.append((done, every)),  # noqa: B023
        )
        assert calls and calls[-1][0] == calls[-1][1]


def test_an_empty_table():
    vectors = VocabVectors.from_wordpieces([], np.zeros((0, 4)))
    for mode in MODES:
        found = cluster_vocab(vectors, mode=mode)
        assert found.clusters == found.singletons == found.empty == ()
        assert found.term_labels == {}


@pytest.mark.parametrize("threshold", [-1.1, 1.01, float("nan")])
def test_threshold_that_cannot_be(threshold):
    vectors, _ = make_table("planted", 10, 1)
    with pytest.raises(ConfigError, match=r"E220.*threshold.*\[-1, 1\]"):
        cluster_vocab(vectors, mode="fixed", threshold=threshold)


def test_unknown_mode():
    with pytest.raises(ConfigError, match=r"E301.*adaptive, fixed, neighbors"):
        cluster_vocab(make_table("planted", 10, 1)[0], mode="best")


@pytest.mark.parametrize("key", ["picks", "max_size"])
def test_settings_that_cannot_be(key):
    with pytest.raises(ConfigError, match=f"E303.*{key}"):
        ClusterSettings(**{key: 0})


def test_neighbourhoods_too_large_for_memory(monkeypatch):
    monkeypatch.setattr(nearby, "MOST", 100)
    with pytest.raises(AssetsError, match=r"E228.*100 terms"):
        cluster_vocab(make_table("opposed", 60, 1)[0], mode="neighbors")
