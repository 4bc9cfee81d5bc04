"""Clusterings as folders."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from spacy_bert_unsup import cluster_vocab
from spacy_bert_unsup.errors import AssetsError, InputError
from spacy_bert_unsup.vocab.clustering.cluster_files import (
    check_output,
    digest,
    dump_clusters,
    parse_clusters,
    read_clustering,
    write_clustering,
)
from spacy_bert_unsup.vocab.clustering.results import Cluster, ClusterSettings
from spacy_bert_unsup.vocab.labels import read_seed_labels
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.strategies import make_table

VECTORS, SEEDS = make_table("planted", 80, 3)
FILES = ["clusters.jsonl", "meta.json", "term_labels.jsonl"]


@pytest.fixture(scope="module")
def clustering():
    return cluster_vocab(VECTORS, mode="fixed", seeds=SEEDS)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("restrict", [False, True])
def test_round_trip(tmp_path, restrict):
    settings = ClusterSettings(restrict_to_bootstrap=restrict)
    made = cluster_vocab(VECTORS, mode="fixed", seeds=SEEDS, settings=settings)
    write_clustering(tmp_path / "out", made, VECTORS, model="toy")
    found = read_clustering(tmp_path / "out")
    assert found == made
    assert json.dumps(found.term_labels) == json.dumps(made.term_labels)
    assert digest(found) == digest(made)
    assert names(tmp_path / "out") == sorted([*FILES, *["inferred.jsonl"] * restrict])


def test_what_the_files_hold(tmp_path, clustering):
    write_clustering(tmp_path, clustering, VECTORS, model="toy")
    lines = (tmp_path / "clusters.jsonl").read_text("utf8").splitlines()
    first, row = clustering.clusters[0], json.loads(lines[0])
    assert list(row) == ["key", "pivot", "seed", "mean", "std", "terms", "labels"]
    assert row["terms"] == list(first.terms) and row["labels"] == first.labels
    meta = json.loads((tmp_path / "meta.json").read_text("utf8"))
    assert meta["model"] == "toy" and meta["fingerprint"] == VECTORS.fingerprint
    assert meta["singletons"] == list(clustering.singletons)
    assert meta["empty"] == list(clustering.empty)
    assert meta["parameters"]["mode"] == "fixed"
    assert meta["counts"]["clusters"] == len(lines) == len(clustering.clusters)
    assert meta["digest"] == digest(clustering)
    labels = (tmp_path / "term_labels.jsonl").read_text("utf8").splitlines()
    rows = [json.loads(line) for line in labels]
    assert {row["term"]: row["labels"] for row in rows} == clustering.term_labels


def test_term_labels_can_be_read_as_seeds(tmp_path, clustering):
    write_clustering(tmp_path, clustering, VECTORS)
    found = read_seed_labels(tmp_path / "term_labels.jsonl")
    assert found == {t: tuple(row) for t, row in clustering.term_labels.items()}


def test_the_same_vocabulary_may_be_clustered_again(tmp_path, clustering):
    settings = ClusterSettings(restrict_to_bootstrap=True)
    before = cluster_vocab(VECTORS, mode="fixed", seeds=SEEDS, settings=settings)
    write_clustering(tmp_path, before, VECTORS)
    (tmp_path / "notes.txt").write_text("mine")
    write_clustering(tmp_path, clustering, VECTORS)
    assert read_clustering(tmp_path) == clustering
    assert names(tmp_path) == sorted([*FILES, "notes.txt"])


def test_another_vocabulary_is_refused(tmp_path, clustering):
    write_clustering(tmp_path, clustering, VECTORS, model="toy")
    before = content(tmp_path)
    other = VocabVectors.from_wordpieces(VECTORS.terms, VECTORS.matrix * 2)
    with pytest.raises(AssetsError, match=rf"E225.*'toy'.*{VECTORS.fingerprint}"):
        write_clustering(tmp_path, clustering, other, model="toy")
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("meta.json", '{"format_version": 1, "model": "starter"}'),
        ("clusters.jsonl", ""),
        ("term_labels.jsonl", ""),
    ],
)
def test_other_work_is_refused(tmp_path, clustering, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(AssetsError, match="E225"):
        write_clustering(tmp_path, clustering, VECTORS)
    assert names(tmp_path) == [name]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(AssetsError, match=r"E225.*a file"):
        check_output(tmp_path / "out", VECTORS)
    check_output(tmp_path / "new", VECTORS)


def test_a_failed_write_leaves_the_old_folder(tmp_path, clustering):
    write_clustering(tmp_path, clustering, VECTORS)
    before = content(tmp_path)
    broken = replace(clustering, term_labels={"\ud800": {"A": 1}})
    with pytest.raises(UnicodeEncodeError):
        write_clustering(tmp_path, broken, VECTORS)
    assert content(tmp_path) == before


def test_digest_names_everything(clustering):
    others = [
        replace(clustering, singletons=("x",)),
        replace(clustering, clusters=clustering.clusters[1:]),
        replace(clustering, clusters=clustering.clusters[::-1]),
        replace(clustering, parameters={"mode": "other"}),
        replace(clustering, term_labels={}),
    ]
    assert len({digest(c) for c in [clustering, *others]}) == 6
    assert digest(clustering) == digest(replace(clustering))


def test_clusters_as_text():
    cluster = Cluster(None, None, "sé", 0.5, 0.1, ("sé", "b"), {"B": 2, "A": 2})
    text = dump_clusters([cluster])
    assert "é" in text and text.count("\n") == 1
    assert parse_clusters(text + "\n", "x.jsonl") == (cluster,)
    assert dump_clusters([]) == "" and parse_clusters("", "x.jsonl") == ()


@pytest.mark.parametrize("line", ["{", "3", "[]", '{"key": "a"}', '{"terms": 3}'])
def test_bad_cluster_line(line):
    good = dump_clusters([Cluster("a", "a", "a", 1.0, 0.0, ("a",))])
    with pytest.raises(AssetsError, match=r"E226.*x\.jsonl, line 2"):
        parse_clusters(good + line, "x.jsonl")


@pytest.mark.parametrize("name", FILES)
def test_missing_file(tmp_path, clustering, name):
    write_clustering(tmp_path, clustering, VECTORS)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"E002.*{name}"):
        read_clustering(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("text", ["{", "[3]", '{"kind": "clusters"}'])
def test_damaged_file(tmp_path, clustering, name, text):
    write_clustering(tmp_path, clustering, VECTORS)
    (tmp_path / name).write_text(text)
    with pytest.raises(AssetsError, match=rf"E22[67].*{name}"):
        read_clustering(tmp_path)


def test_meta_without_its_lists(tmp_path, clustering):
    write_clustering(tmp_path, clustering, VECTORS)
    meta = json.loads((tmp_path / "meta.json").read_text())
    del meta["singletons"]
    (tmp_path / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(AssetsError, match=r"E227.*singletons"):
        read_clustering(tmp_path)
