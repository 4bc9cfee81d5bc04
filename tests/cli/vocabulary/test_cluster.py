"""`cluster`: the file interface, on a toy table."""

import json

import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from tests.cli.toy_tables import GROUPS, toy_vectors, write_toy_table

FILES = {"clusters.jsonl", "meta.json", "term_labels.jsonl"}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_toy_table(tmp_path_factory.mktemp("table"))


@pytest.fixture
def seeds(tmp_path):
    path = tmp_path / "seeds.tsv"
    path.write_text("cat\tANIMAL/PET\nParis\tCITY\naspirin\tDRUG\n", encoding="utf-8")
    return path


def run(*args):
    return CliRunner().invoke(app, ["cluster", *map(str, args)])


def run_well(*args):
    result = run(*args)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_files_and_summary(table, seeds, tmp_path):
    out = tmp_path / "new" / "out"
    shown = run_well(
        *table, "--mode", "fixed", "--seed-labels", seeds, "--out", out, "--json"
    )
    assert {path.name for path in out.iterdir()} == FILES
    clusters = read_lines(out / "clusters.jsonl")
    fields = ["key", "pivot", "seed", "mean", "std", "terms", "labels"]
    assert all(list(cluster) == fields for cluster in clusters)
    by_seed = {cluster["seed"]: cluster for cluster in clusters}
    assert set(by_seed["cat"]["terms"]) == set(GROUPS["ANIMAL"].split())
    assert by_seed["cat"]["labels"] == {"ANIMAL": 2, "PET": 2}  # cat and Cat
    labels = {row["term"]: row["labels"] for row in read_lines(out / FILE_OF_TERMS)}
    assert labels["Oslo"] == {"CITY": 1}
    meta = json.loads((out / "meta.json").read_text(encoding="utf-8"))
    summary = json.loads(shown)
    assert summary["terms"] == len(toy_vectors())
    assert summary["clusters"] == len(clusters)
    assert summary["singletons"] == len(meta["singletons"]) > 0
    assert summary["empty"] == len(meta["empty"])
    assert summary["labelled"] == 14


FILE_OF_TERMS = "term_labels.jsonl"


def test_same_input_gives_same_hash_and_same_bytes(table, seeds, tmp_path):
    outs = [tmp_path / "one", tmp_path / "two"]
    lines = [
        run_well(*table, "--seed-labels", seeds, "--out", out).splitlines()[-1]
        for out in outs
    ]
    assert lines[0] == lines[1]
    assert "hash" in lines[0]
    for name in FILES:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    other = run_well(*table, "--out", tmp_path / "three").splitlines()[-1]
    assert other != lines[0]


@pytest.mark.parametrize("mode", ["adaptive", "fixed", "neighbors"])
@pytest.mark.parametrize("flag", [[], ["--upstream-compatible"]])
def test_modes(table, seeds, tmp_path, mode, flag):
    args = [*table, "--mode", mode, "--seed-labels", seeds, *flag, "--max-bin", 5]
    summary = json.loads(run_well(*args, "--out", tmp_path / "out", "--json"))
    assert summary["clusters"] > 1
    assert summary["labelled"] > 2


def test_threshold_and_preserved_terms(table, tmp_path):
    kept = tmp_path / "keep.txt"
    kept.write_text("of\n", encoding="utf-8")
    args = [*table, "--mode", "fixed", "--threshold", "-1", "--preserve", kept]
    run_well(*args, "--out", tmp_path / "out")
    (cluster,) = read_lines(tmp_path / "out" / "clusters.jsonl")
    assert "of" in cluster["terms"]
    assert "." not in cluster["terms"]
    result = run(*table, "--threshold", "0.3", "--out", tmp_path / "adaptive")
    assert result.exit_code == 0
    assert "W532" in result.stderr


def test_shipped_seeds(table, tmp_path):
    args = [*table, "--mode", "fixed", "--seed-labels", "shipped"]
    summary = json.loads(run_well(*args, "--out", tmp_path / "out", "--json"))
    assert summary["labelled"] > 5


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("seeds.tsv", "cat\tANIMAL\ndog ANIMAL\n", "line 2"),
        ("seeds.tsv", "cat\tANIMAL\ndog\tANIMAL//\n", "line 2"),
        ("seeds.jsonl", '{"term": "cat", "labels": ["ANIMAL/PET"]}\n', "line 1"),
        ("seeds.jsonl", '{"term": "cat"}\n', "line 1"),
        ("seeds.txt", "cat\tANIMAL\n", "seeds.txt"),
    ],
)
def test_bad_label_files_change_nothing(table, tmp_path, name, text, line):
    path, out = tmp_path / name, tmp_path / "out"
    run_well(*table, "--out", out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    path.write_text(text, encoding="utf-8")
    result = run(*table, "--seed-labels", path, "--out", out)
    assert result.exit_code == 1
    assert line in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_unknown_seed_terms_are_named(table, tmp_path):
    path = tmp_path / "seeds.tsv"
    path.write_text("Parsi\tCITY\ncat\tANIMAL\n", encoding="utf-8")
    result = run(*table, "--seed-labels", path, "--out", tmp_path / "out")
    assert result.exit_code == 0
    said = " ".join(result.stderr.split())
    assert (
        "W533" in said and "1 terms of" in said and "Near to the first: Paris" in said
    )


def test_folder_of_another_vocabulary_is_refused(table, tmp_path):
    out = tmp_path / "out"
    run_well(*table, "--out", out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    vocab = tmp_path / "vocab.txt"
    terms = [term.upper() for term in toy_vectors().terms]
    vocab.write_text("".join(f"{term}\n" for term in terms), encoding="utf-8")
    result = run(*table[:2], "--vocab", vocab, "--out", out)
    assert result.exit_code == 1
    assert "E225" in result.stderr
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


@pytest.mark.parametrize("threshold", ["1.01", "-2", "nan"])
def test_threshold_that_no_cosine_reaches(table, tmp_path, threshold):
    out = tmp_path / "out"
    result = run(*table, "--mode", "fixed", "--threshold", threshold, "--out", out)
    assert result.exit_code == 1
    assert "E220" in result.stderr
    assert not out.exists()


def test_interrupted_run_leaves_nothing(table, tmp_path, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(
        "spacy_bert_unsup.vocab.clustering.clusters.label_clusters", interrupt
    )
    result = run(*table, "--out", tmp_path / "out")
    assert result.exit_code not in (0, 2)
    assert not list(tmp_path.iterdir())


def test_usage(table, tmp_path):
    assert run(*table).exit_code == 2  # no --out
    assert run(*table, "--mode", "best", "--out", tmp_path / "out").exit_code == 2
