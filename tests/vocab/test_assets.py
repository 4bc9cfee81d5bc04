from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import AssetsError
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.propagation import Propagation
from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.vocab.vectors import VocabVectors

TERMS = ["[CLS]", "aspirin", "Paris", "London", "##itis", "the", "insulin", "zero"]
SEEDS = {
    "insulin": ("DRUG", "GENE"),
    "aspirin": ("DRUG",),
    "paris": ("GPE",),
    "the": ("FUNCTION",),
    "Timbuktu": ("GPE",),
}
FILES = ["entity_vectors.safetensors", "label_map.json", "meta.json"]
FILES += ["seed_labels.jsonl"]


@pytest.fixture
def vectors():
    matrix = np.random.default_rng(0).normal(size=(len(TERMS), 4))
    matrix[-1] = 0
    return VocabVectors.from_wordpieces(TERMS, matrix)


@pytest.fixture
def assets(vectors):
    how = Propagation(min_cosine=0.0, components=0)
    thresholds = {"": 0.4, "GENE": 0.6}
    return ClusterAssets.build(
        vectors, SEEDS, model="toy", how=how, thresholds=thresholds
    )


def assert_equal(found, wanted):
    np.testing.assert_array_equal(found.counts, wanted.counts)
    assert replace(found, counts=0) == replace(wanted, counts=0)
    assert list(found.seeds.items()) == list(wanted.seeds.items())


def test_build(assets, vectors):
    assert assets.scheme.labels == (
        *("CHEMICAL", "DRUG", "GENE", "GPE", "LOCATION"),
        "FUNCTION",
    )
    assert assets.counts.shape == (8, 6)
    assert assets.counts[1, 1] > 0  # aspirin hears itself
    assert not assets.counts[[0, 7]].any()
    assert assets.seeds == SEEDS  # also those that are no entry
    assets.check_fits(vectors.fingerprint, "toy")


def test_build_without_a_matching_seed(vectors):
    with pytest.raises(AssetsError, match=r"E211.*1 seed terms.*'toy'"):
        ClusterAssets.build(vectors, {"Timbuktu": ("GPE",)}, model="toy")


def test_bytes_round_trip(assets):
    assert_equal(ClusterAssets.from_bytes(assets.to_bytes()), assets)


@given(st.lists(st.lists(st.sampled_from([0, 0, 1, 2.5, 1e6]), min_size=2, max_size=2)))
def test_any_counts_survive(rows):
    """Also empty tables, empty rows at the start and at the end."""
    counts = np.array(rows, np.float32).reshape(-1, 2)
    scheme = LabelScheme.collect(["A", "B"])
    wanted = ClusterAssets("toy", "0" * 16, scheme, {"x": ("A",)}, counts)
    assert_equal(ClusterAssets.from_bytes(wanted.to_bytes()), wanted)


def test_folder_round_trip(assets, tmp_path):
    assets.to_disk(tmp_path / "deep" / "assets")
    assert_equal(ClusterAssets.from_disk(tmp_path / "deep" / "assets"), assets)
    assert sorted(p.name for p in (tmp_path / "deep" / "assets").iterdir()) == FILES
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["assets"]


def test_other_files_in_the_folder_stay(assets, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf8")
    assets.to_disk(tmp_path)
    assets.with_thresholds({"": 0.9}).to_disk(tmp_path)
    assert ClusterAssets.from_disk(tmp_path).thresholds == {"": 0.9}
    assert (tmp_path / "notes.txt").read_text(encoding="utf8") == "mine"


def test_failed_write_leaves_the_old_folder(assets, tmp_path, monkeypatch):
    assets.to_disk(tmp_path)
    broken = replace(assets, seeds={"\ud800": ("DRUG",)})
    with pytest.raises(UnicodeEncodeError):
        broken.to_disk(tmp_path)
    assert_equal(ClusterAssets.from_disk(tmp_path), assets)


def test_missing_folder(tmp_path):
    with pytest.raises(AssetsError, match=r"E216.*nowhere"):
        ClusterAssets.from_disk(tmp_path / "nowhere")


@pytest.mark.parametrize("name", FILES)
def test_missing_file(assets, tmp_path, name):
    assets.to_disk(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(AssetsError, match=f"E213.*{name}"):
        ClusterAssets.from_disk(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xff", b"[]", b"{", b"{}"])
def test_corrupt_file(assets, tmp_path, name, content):
    assets.to_disk(tmp_path)
    (tmp_path / name).write_bytes(content)
    if (name, content) in [("seed_labels.jsonl", b""), ("label_map.json", b"{}")]:
        ClusterAssets.from_disk(tmp_path)  # no seeds, no labels above others: fine
        return
    with pytest.raises(AssetsError, match=r"E(203|213|214|215).*Build|Mend") as found:
        ClusterAssets.from_disk(tmp_path)
    assert tmp_path.name in str(found.value)


@pytest.mark.parametrize("cut", [1, 60, 200])
def test_truncated_vectors(assets, cut):
    files = assets.to_bytes()
    files["entity_vectors.safetensors"] = files["entity_vectors.safetensors"][:-cut]
    with pytest.raises(AssetsError, match="E215"):
        ClusterAssets.from_bytes(files)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("labels", None),
        ("labels", ["GENE"]),
        ("propagation", {"reach": 3}),
        ("propagation", {"spread": "all"}),
        ("propagation", []),
    ],
)
def test_meta_that_makes_no_sense(assets, key, value):
    files = assets.to_bytes()
    meta = json.loads(files["meta.json"])
    files["meta.json"] = json.dumps({**meta, key: value}).encode()
    with pytest.raises(AssetsError, match="E215"):
        ClusterAssets.from_bytes(files)
    del meta[key]
    files["meta.json"] = json.dumps(meta).encode()
    with pytest.raises(AssetsError, match=f"E215.*{key}"):
        ClusterAssets.from_bytes(files)


def test_other_version(assets):
    files = assets.to_bytes()
    meta = json.loads(files["meta.json"])
    files["meta.json"] = json.dumps({**meta, "format_version": 99}).encode()
    with pytest.raises(AssetsError, match=r"E214.*format 99.*reads 1"):
        ClusterAssets.from_bytes(files)


def test_seeds_changed_behind_the_back_of_a_build(assets, tmp_path):
    assets.to_disk(tmp_path)
    with (tmp_path / "seed_labels.jsonl").open("a", encoding="utf8") as file:
        file.write('{"term": "London", "labels": ["CAPITAL"]}\n')
    with pytest.raises(AssetsError, match=r"E217.*CAPITAL.*Build the assets again"):
        ClusterAssets.from_disk(tmp_path)


def test_assets_of_another_model(assets, vectors):
    other = VocabVectors.from_wordpieces(TERMS, vectors.matrix + 1)
    with pytest.raises(AssetsError, match="E212.*'toy'.*'bert-base-cased'") as found:
        assets.check_fits(other.fingerprint, "bert-base-cased")
    assert assets.fingerprint in str(found.value)
    assert other.fingerprint in str(found.value)


def test_own_seeds_win(assets, vectors):
    own = {"insulin": ("MEDICINE",), "London": ("CITY",)}
    found = assets.with_seeds(vectors, own)
    assert found.seeds["insulin"] == ("MEDICINE",)
    assert found.seeds["aspirin"] == ("DRUG",)
    assert {"MEDICINE", "CITY", "DRUG"} <= set(found.scheme.labels)
    assert "GENE" not in found.scheme.labels  # nobody says it any more
    assert found.thresholds == {"": 0.4}
    assert found.propagation == assets.propagation
    assert found.fingerprint == assets.fingerprint
    assert assets.seeds == SEEDS


def test_own_seeds_only(assets, vectors):
    found = assets.with_seeds(vectors, {"London": ("CITY",)}, only=True)
    assert found.seeds == {"London": ("CITY",)}
    assert found.scheme.labels == ("CITY",)


def test_own_seeds_as_if_built_at_once(assets, vectors):
    """The order of building does not matter."""
    at_once = ClusterAssets.build(
        vectors,
        {**SEEDS, "London": ("CITY",)},
        model="toy",
        how=assets.propagation,
        thresholds=assets.thresholds,
    )
    found = assets.with_seeds(vectors, {"London": ("CITY",)})
    np.testing.assert_array_equal(found.counts, at_once.counts)


def test_clusters_travel_with_the_assets_and_may_be_missing(tmp_path):
    vectors = VocabVectors.from_wordpieces(["Rome", "egg"], np.eye(2, dtype=np.float32))
    built = ClusterAssets.build(vectors, {"Rome": ("GPE",)}, model="toy")
    text = '{"key": "Rome", "terms": ["Rome", "egg"]}\n'
    replace(built, clusters=text).to_disk(tmp_path)
    assert ClusterAssets.from_disk(tmp_path).clusters == text
    seeds = (tmp_path / "seed_labels.jsonl").stat().st_mtime_ns
    built.to_disk(tmp_path, exclude=["seed_labels.jsonl"])
    assert ClusterAssets.from_disk(tmp_path).clusters == ""
    assert (tmp_path / "seed_labels.jsonl").stat().st_mtime_ns == seeds
