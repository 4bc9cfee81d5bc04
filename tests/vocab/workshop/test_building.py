"""Builds: what is made, what is left out, what is refused, and what killing does."""

from __future__ import annotations

import json

import pytest

from spacy_bert_unsup.errors import AssetsError
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.labels import dump_seed_labels, spell_term
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.vocab.workshop.build_report import hash_assets
from spacy_bert_unsup.vocab.workshop.building import Build, BuildSettings
from spacy_bert_unsup.vocab.workshop.folder import Workshop, read_clusters
from tests.toys import make_lm

SEEDS = {"Paris": ("PLACE",), "London": ("PLACE",), "aspirin": ("DRUG",)}


def build(folder, *, given=None, key="k", family="bert", until="assets", **rest):
    loads = []

    def load():
        loads.append(family)
        return make_lm(family)

    made = Build(folder, family, key, load, given=given, **rest)
    facts = made.run(until=until)
    return facts, loads


def files_of(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_build_gives_assets_that_fit_the_model(tmp_path):
    facts, loads = build(tmp_path, given=SEEDS)
    assert facts["made"] == ["vectors", "clusters", "labels", "propagation", "assets"]
    assert loads == ["bert"]
    found = ClusterAssets.from_disk(tmp_path)
    found.check_fits(make_lm("bert").fingerprint, "bert")
    assert found.seeds == SEEDS
    assert found.thresholds == {"": 0.15}
    assert facts["hash"] == hash_assets(found)
    rows = [json.loads(line) for line in found.clusters.splitlines()]
    assert len(rows) == facts["clusters"]
    for row in rows:
        wanted = [SEEDS[term][0] for term in row["terms"] if term in SEEDS]
        assert sum(row["labels"].values()) == len(wanted)
    labelled = int(found.counts.any(axis=1).sum())
    assert facts["by_people"] == 3
    assert facts["labelled"] == facts["by_propagation"] + 3 >= labelled


def test_nothing_is_made_twice(tmp_path):
    first, _ = build(tmp_path, given=SEEDS)
    before = files_of(tmp_path)
    again, loads = build(tmp_path, given=SEEDS)
    assert (again["made"], loads) == ([], [])
    assert again | {"made": 0} == first | {"made": 0}
    assert files_of(tmp_path) == before


@pytest.mark.parametrize(
    ("change", "made"),
    [
        ({"given": SEEDS | {"Berlin": ("PLACE",)}}, "labels propagation assets"),
        ({"settings": BuildSettings(thresholds={"": 0.3})}, "assets"),
        ({"settings": BuildSettings(parents={"DRUG": "X"})}, "propagation assets"),
        ({"settings": BuildSettings(mode="fixed")}, "clusters assets"),
        ({"key": "other files, same weights"}, "vectors"),
    ],
)
def test_only_what_changed_is_made_again(tmp_path, change, made):
    build(tmp_path, given=SEEDS)
    facts, _ = build(tmp_path, **{"given": SEEDS, **change})
    assert facts["made"] == made.split()
    fresh, _ = build(tmp_path / "fresh", **{"given": SEEDS, **change})
    assert facts["hash"] == fresh["hash"]


def test_what_people_wrote_is_kept_and_wins(tmp_path):
    build(tmp_path, given=SEEDS)
    path = tmp_path / "seed_labels.jsonl"
    written = {"Paris": ("PERSON",), "aspirin": ("DRUG",), "king": ("PERSON",)}
    text = dump_seed_labels(written).replace(": ", ":").encode()  # by hand
    path.write_bytes(text)
    build(tmp_path)  # no seed files named: not touched at all
    assert path.read_bytes() == text
    facts, _ = build(tmp_path, given={**SEEDS, "aspirin": ("X",), "dog": ("Y",)})
    wanted = {
        "Paris": ("PERSON",),  # changed here
        "aspirin": ("X",),  # untouched here, so it follows the file
        "king": ("PERSON",),
        "dog": ("Y",),  # new in the file; London was taken away here
    }
    assert ClusterAssets.from_disk(tmp_path).seeds == wanted
    assert facts["seeds"] == 4


def test_without_labels_there_are_clusters_to_label(tmp_path):
    facts, _ = build(tmp_path)
    assert facts["made"] == ["vectors", "clusters"]
    assert "labelled" not in facts
    shop = Workshop.open(tmp_path)
    assert shop.seeds == {}
    members = [term for c in read_clusters(tmp_path / "stages") for term in c.terms]
    assert members


@pytest.mark.parametrize("stage", ["vectors", "clusters", "propagation", "assets"])
def test_a_killed_build_goes_on(tmp_path, monkeypatch, stage):
    def killed(*_, **__):
        raise KeyboardInterrupt

    target = {
        "vectors": "ModelTable.from_mlm",
        "clusters": "cluster_vocab",
        "propagation": "ClusterAssets.build",
        "assets": "ClusterAssets.from_disk",
    }
    with monkeypatch.context() as patch:
        patch.setattr(
            f"spacy_bert_unsup.vocab.workshop.building.{target[stage]}", killed
        )
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path, given=SEEDS)
    assert not (tmp_path / "meta.json").exists()
    assert not list(tmp_path.rglob(".*"))
    facts, _ = build(tmp_path, given=SEEDS)
    order = ["vectors", "clusters", "labels", "propagation", "assets"]
    again = order[order.index(stage) :]
    # Labels were taken over before the propagation that was killed.
    assert facts["made"] == [s for s in again if s != "labels" or stage in order[:2]]
    fresh, _ = build(tmp_path / "fresh", given=SEEDS)
    assert facts["hash"] == fresh["hash"]


def test_a_stage_that_was_begun_anew_is_not_done_any_more(tmp_path, monkeypatch):
    build(tmp_path, given=SEEDS)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("spacy_bert_unsup.vocab.workshop.building.dump_clusters", killed)
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path, given=SEEDS, settings=BuildSettings(mode="fixed"))
    facts, _ = build(tmp_path, given=SEEDS)  # the singletons are of the other mode
    assert facts["made"][0] == "clusters"


def test_the_folder_of_another_model_is_refused(tmp_path):
    build(tmp_path, given=SEEDS)
    before = files_of(tmp_path)
    with pytest.raises(AssetsError, match=r"E236.*'bert'.*'albert'"):
        build(tmp_path, given=SEEDS, family="albert", key="other")
    assert files_of(tmp_path) == before
    other = tmp_path / "assets alone"
    ClusterAssets.from_disk(tmp_path).to_disk(other)
    with pytest.raises(AssetsError, match="E236"):
        build(other, given=SEEDS, family="albert")


def test_a_bad_line_of_the_seed_file_costs_nothing(tmp_path):
    build(tmp_path, given=SEEDS)
    path = tmp_path / "seed_labels.jsonl"
    path.write_text('{"term": "Paris"}\n', encoding="utf8")
    before = files_of(tmp_path)
    with pytest.raises(AssetsError, match=r"seed_labels\.jsonl, line 1"):
        build(tmp_path, given=SEEDS)
    assert files_of(tmp_path) == before


def test_damaged_stage_files_are_told(tmp_path):
    build(tmp_path, given=SEEDS)
    (tmp_path / "stages" / "vectors.safetensors").write_bytes(b"no")
    with pytest.raises(AssetsError, match="E237"):
        build(tmp_path, given=SEEDS)
    (tmp_path / "stages" / "vectors.safetensors").unlink()
    facts, _ = build(tmp_path, given=SEEDS)  # what is missing is made
    assert facts["made"] == ["vectors"]


def test_every_family_can_be_built(tmp_path, toy_lm):
    vectors = VocabVectors.from_mlm(toy_lm)
    usable = [i for i in range(len(vectors)) if vectors.surfaces[i].isalpha()]
    seeds = {spell_term(i, vectors): ("A",) for i in usable[-3:]}
    facts, _ = build(tmp_path, given=seeds, family=toy_lm.name)
    assert ClusterAssets.from_disk(tmp_path).fingerprint == toy_lm.fingerprint
    assert facts["by_people"] >= 1
