"""What labels of people make of clusters and terms; statistics; look-ups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup import cluster_vocab
from spacy_bert_unsup.errors import AssetsError, InputError
from spacy_bert_unsup.vocab.clustering.aggregation import (
    consolidate,
    count_members,
    fold_seeds,
    is_labelled,
)
from spacy_bert_unsup.vocab.clustering.lookup import (
    Lookup,
    PivotLabel,
    legacy_lookup,
    pivot_labels,
)
from spacy_bert_unsup.vocab.clustering.results import Cluster
from spacy_bert_unsup.vocab.clustering.statistics import (
    label_statistics,
    magnification,
    weak_subword_tags,
)
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import look_up, merge_cases
from tests.vocab.strategies import make_table

SEEDS = {"EGFR": ("GENE",), "egfr": ("MEASURE", "GENE"), "her2": ("GENE",)}
counts = st.dictionaries(
    st.sampled_from(["GENE", "DRUG", "OTHER"]), st.integers(0, 9), min_size=1
)
label_tables = st.dictionaries(
    st.sampled_from(["cell", "Cell", "CELL", "Paris", "7", "ab"]), counts
)


def make_cluster(labels, terms=("a", "b"), key="a"):
    return Cluster(key, key, terms[0], 0.5, 0.1, tuple(terms), labels)


def test_case_variants_of_seeds_are_put_together():
    assert fold_seeds(SEEDS) == {"egfr": ("GENE", "MEASURE"), "her2": ("GENE",)}


def test_worked_example():
    """Spec 3: kinase gets the labels of its cluster; case variants each count."""
    folded = {"egfr": ("GENE", "MEASURE"), "her2": ("GENE",)}
    names = ["egfr", "her2", "kinase", "egfr"]
    owners, terms = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 3])
    counts = count_members(owners, terms, 3, names=names, folded=folded)
    wanted = [{"GENE": 2, "MEASURE": 1}, {"GENE": 2, "MEASURE": 2}, {}]
    assert counts.to_dicts() == wanted
    matrix = [[1, 0], [0.9, 0.1], [0.9, -0.1], [-1, 0]]
    terms = ["EGFR", "HER2", "kinase", "the"]
    found = cluster_vocab(
        VocabVectors.from_wordpieces(terms, matrix), mode="fixed", seeds=folded
    )
    assert found.term_labels == {
        **dict.fromkeys(terms[:3], {"GENE": 2, "MEASURE": 1}),
        "the": {"OTHER": 0},
    }
    assert found.labelled == 3


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ((), False),
        (("UNTAGGED_ENTITY",), False),
        (("GENE",), True),
        (("UNTAGGED_ENTITY", "GENE"), True),
    ],
)
def test_labels_that_say_something(names, wanted):
    assert is_labelled(names) is wanted


@given(label_tables)
def test_consolidated_table(table):
    found, wanted = consolidate(table), merge_cases(table)
    assert [(t, list(row.items())) for t, row in found.items()] == [
        (t, list(row.items())) for t, row in wanted.items()
    ]


@settings(max_examples=200)
@given(label_tables, st.sampled_from(["cell", "ceLL", "7", "²", "Ab", "x", "PARIS"]))
def test_lookup(table, word):
    wanted = look_up(word, table, merge_cases(table))
    found = Lookup(table).find(word)
    assert list(found.labels.items()) == list(wanted.items())
    assert found.word == word


def test_how_words_are_found():
    lookup = Lookup({"cell": {"CELL": 2}, "Paris": {"PLACE": 1}, "of": {"OTHER": 0}})
    ways = [lookup.find(w).match for w in ["cell", "CELL", "PARIS", "007", "dog", "of"]]
    assert ways == ["exact", "lower", "consolidated", "digit", "none", "exact"]
    assert lookup.find("of").labels == {"UNTAGGED_ENTITY": 1}


def test_label_statistics():
    clusters = [
        make_cluster({"A": 2, "B": 1}),
        make_cluster({}),
        make_cluster({"B": 9}),
    ]
    clusters += [make_cluster({"C": 1}), make_cluster({"B": 1, "A": 1})]
    assert list(label_statistics(clusters).items()) == [("B", 3), ("A", 2)]


def test_magnification():
    term_labels = {
        "EGFR": {"GENE": 4, "MEASURE": 2},
        "egfr": {"GENE": 1},
        "new": {"UNTAGGED_ENTITY": 3, "DRUG": 1},
        "old": {"UNTAGGED_ENTITY": 3},
        "of": {"OTHER": 0},
    }
    found = magnification(term_labels, {"egfr": ("GENE",), "old": ("UNTAGGED_ENTITY",)})
    assert (found.terms, found.labelled, found.bootstrap) == (5, 3, 2)
    assert (found.entries, found.counts, found.bootstrap_entries) == (7, 14, 3)
    assert (found.ratio, found.entry_ratio) == (2, 2)
    rows = [(r.label, r.terms, r.counts, r.bootstrap, r.first) for r in found.labels]
    assert rows == [("GENE", 2, 5, 2, 2), ("MEASURE", 1, 2, 0, 0), ("DRUG", 1, 1, 0, 1)]
    assert [r.ratio for r in found.labels] == [1, None, None]
    assert magnification({}, {}).ratio is None


def test_weak_subword_tags():
    clusters = [
        make_cluster({"UNTAGGED_ENTITY": 5, "PLACE": 2}, ["##burg", "town", "##ville"]),
        make_cluster({"GENE": 2}, ["##ase"]),
        make_cluster({"X": 2}, ["##one"]),
        make_cluster({}, ["##none"]),
    ]
    assert weak_subword_tags(clusters) == [("##burg", "PLACE"), ("##ville", "PLACE")]
    assert ("##ase", "GENE") in weak_subword_tags(clusters, skip=())


def animals():
    matrix = [[1, 0.1], [1, 0], [1, -0.1], [0, 1], [0.6, 0.8]]
    terms = ["cat", "dog", "cow", "tree", "oak"]
    return Cosines(VocabVectors.from_wordpieces(terms, matrix))


def test_legacy_lookup():
    """Spec 4.2, with its rules for labels in step 4."""
    pivots = [
        PivotLabel("tree", "BIO", "PLANT"),
        PivotLabel("oak++tree", "BIO"),
        PivotLabel("cow", "BIO", "SPECIES"),
        PivotLabel("dog", "AMB", "PET"),
        PivotLabel("cat", "RARE", "SPECIES"),
    ]
    found = legacy_lookup(
        animals(),
        ["the", "cat", "dog", "cow"],
        pivots,
        glue=["the"],
        frequent=["BIO", "SPECIES", "AMB"],
    )
    # The first three round to 1.00 and stay in order; then oak, then tree.
    assert found == ["BIO-SPECIES", "AMB-PET", "OTHER-RARE", "BIO", "BIO"]
    found = legacy_lookup(animals(), ["dog"], pivots, top=2)
    assert found == ["OTHER-BIO", "OTHER-AMB"]


def test_legacy_lookup_of_glue_alone():
    pivots = [PivotLabel("cow", "BIO"), PivotLabel("tree", "TREE")]
    options = {"glue": ["oak", "tree"], "frequent": ["BIO", "TREE"], "top": 1}
    assert legacy_lookup(animals(), ["tree", "oak"], pivots, **options) == ["TREE"]


def test_legacy_lookup_without_an_answer():
    matrix = [[1, 0], [-1, 0]]
    cosines = Cosines(VocabVectors.from_wordpieces(["hot", "cold"], matrix))
    pivots = [PivotLabel("hot", "A")]
    assert legacy_lookup(cosines, ["hot"], []) == []
    words = ["hot", "cold"]
    assert legacy_lookup(cosines, words, pivots, compatible=True) == []
    assert legacy_lookup(cosines, words, pivots) == ["OTHER-A"]
    with pytest.raises(AssetsError, match="E229"):
        legacy_lookup(cosines, [], pivots)
    with pytest.raises(InputError, match="warm"):
        legacy_lookup(cosines, ["warm"], pivots)


def test_labels_of_pivots():
    clusters = [
        make_cluster({"A": 3, "B": 2, "C": 1}),
        make_cluster({}),
        make_cluster({"A": 1}, key=None),
    ]
    assert pivot_labels(clusters) == [PivotLabel("a", "A", "B")]
    vectors, seeds = make_table("planted", 60, 1)
    found = cluster_vocab(vectors, mode="fixed", seeds=seeds)
    assert {p.pivot for p in pivot_labels(found.clusters)} <= {
        c.key for c in found.clusters
    }
