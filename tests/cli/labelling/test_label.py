"""`build` and `label` from the outside, on a toy model."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.labels import read_seed_labels
from tests.toys import make_lm

SEEDS = "Paris\tPLACE\nLondon\tPLACE\naspirin\tDRUG\n"


def run(*args, stdin=None, code=0):
    result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
    assert result.exit_code == code, result.output
    return result


def run_json(*args):
    return json.loads(run(*args, "--json").stdout)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A saved toy model, seed labels, and assets that were built once."""
    place = tmp_path_factory.mktemp("label")
    make_lm("bert").save(place / "model")
    (place / "seeds.tsv").write_text(SEEDS, encoding="utf8")
    MaskedLM.load(place / "model")
    args = ["--seeds", place / "seeds.tsv", "--shipped", "none"]
    run("build", place / "model", "--out", place / "built", *args)
    return place


@pytest.fixture
def shop(folders, tmp_path):
    """A fresh copy of the built folder."""
    import shutil

    shutil.copytree(folders / "built", tmp_path / "a")
    return tmp_path / "a"


def seeds_of(shop):
    return read_seed_labels(shop / "seed_labels.jsonl")


def test_build_tells_what_it_made(folders, shop):
    args = ["build", folders / "model", "--out", shop, "--shipped", "none"]
    facts = run_json(*args)
    assert facts["made"] == []
    assert facts["by_people"] == 3
    again = run_json(*args, "--threshold", "0.4", "--label-threshold", "DRUG=0.9")
    assert again["made"] == ["assets"]
    meta = json.loads((shop / "meta.json").read_text(encoding="utf8"))
    assert meta["thresholds"] == {"": 0.4, "DRUG": 0.9}
    assert facts["hash"] in run(*args).stdout


def test_shipped_labels_go_beneath(folders, tmp_path):
    args = ["build", folders / "model", "--out", tmp_path, "--until", "labels"]
    run(*args, "--seeds", folders / "seeds.tsv")
    seeds = seeds_of(tmp_path)
    assert seeds["the"] == ("FUNCTION",)
    assert seeds["Paris"] == ("PLACE",)
    assert "Berlin" not in seeds
    assert not (tmp_path / "meta.json").exists()


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--label-threshold", "DRUG"], "E560"),
        (["--label-threshold", "DRUG=2"], "E560"),
        (["--label-threshold", "NO=0.5"], "E305"),
        (["--threshold", "1.5"], "E562"),
        (["--cluster-threshold", "1.5"], "E220"),
        (["--min-cosine", "-1.5"], "E220"),
        (["--parents", "missing.json"], "E209"),
        (["--seeds", "missing.tsv"], "E002"),
    ],
)
def test_what_a_build_refuses(folders, shop, args, code):
    before = (shop / "meta.json").read_bytes()
    result = run("build", folders / "model", "--out", shop, *args, code=1)
    assert code in result.stderr
    assert (shop / "meta.json").read_bytes() == before


def test_statistics(shop):
    found = run_json("label", shop)["statistics"]
    assert found["people"]["terms"] == 3
    parts = [found[name] for name in ("people", "vote", "nobody")]
    assert sum(part["share"] for part in parts) == pytest.approx(1, abs=1e-3)
    assert sum(part["mass"] for part in parts) == pytest.approx(1, abs=1e-3)
    assert {"PLACE", "DRUG"} <= {row["label"] for row in found["labels"]}
    assert "PLACE" in run("label", shop).stdout


def test_next_is_ranked_by_counted_text(shop, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("fever fever fever\nfever dog Paris\n", encoding="utf8")
    args = ["label", shop, "--next", 2, "--units", "terms", "--text", text]
    first, second = run_json(*args)["next"]
    assert (first["key"], second["key"]) == ("fever", "dog")
    assert first["mass"] == pytest.approx(4 / 6, abs=1e-4)
    assert first["reached"] == pytest.approx(5 / 6, abs=1e-4)
    assert "fever" in run(*args).stdout


def test_a_filled_sheet_wins_and_survives_builds(folders, shop, tmp_path):
    sheet = tmp_path / "sheet.tsv"
    run("label", shop, "--export", sheet, "--units", "terms", "--labelled")
    with sheet.open(encoding="utf8") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    by_key = {row["key"]: row for row in rows}
    assert by_key["Paris"]["labels"] == "PLACE"
    by_key["Paris"]["labels"] = "PERSON"
    by_key["fever"]["labels"] = "ILLNESS/COMPLAINT"
    by_key["aspirin"]["labels"] = "-"
    with sheet.open("w", encoding="utf8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), dialect="excel-tab")
        writer.writeheader()
        writer.writerows(rows)
    report = run_json("label", shop, "--import", sheet)["imported"]
    counts = [report[name] for name in ("added", "changed", "removed")]
    assert counts == [1, 1, 1]
    assert report["new_labels"] == ["PERSON", "ILLNESS", "COMPLAINT"]
    wanted = {
        "Paris": ("PERSON",),
        "London": ("PLACE",),
        "fever": ("ILLNESS", "COMPLAINT"),
    }
    assert seeds_of(shop) == wanted
    args = ["--seeds", folders / "seeds.tsv", "--shipped", "none"]
    run("build", folders / "model", "--out", shop, *args)
    assert seeds_of(shop) == wanted


def test_an_unchanged_cluster_sheet_changes_nothing(shop, tmp_path):
    before = (shop / "seed_labels.jsonl").read_bytes()
    run("label", shop, "--export", tmp_path / "s.jsonl")
    report = run_json("label", shop, "--import", tmp_path / "s.jsonl")["imported"]
    assert report["lines"] == 0
    assert (shop / "seed_labels.jsonl").read_bytes() == before


def test_a_bad_sheet_changes_nothing(shop, tmp_path):
    before = (shop / "seed_labels.jsonl").read_bytes()
    sheet = tmp_path / "s.tsv"
    sheet.write_text("terms\tlabels\nfever\tA\nfevr\tB\n", encoding="utf8")
    result = run("label", shop, "--import", sheet, code=1)
    assert "E234" in result.stderr
    assert "line 3" in result.stderr
    assert "fever" in result.stderr
    assert (shop / "seed_labels.jsonl").read_bytes() == before


def test_what_label_refuses(shop, tmp_path):
    assert "E238" in run("label", tmp_path, code=1).stderr
    run("label", shop, "--interactive", "--json", code=2)
    text = tmp_path / "t.txt"
    text.write_text("fever", encoding="utf8")
    args = ["label", shop, "--text", text, "--model", "starter"]
    assert "E561" in run(*args, code=1).stderr


ASK = ["--interactive", "--units", "terms"]


def order_of(shop):
    rows = run_json("label", shop, "--units", "terms", "--next", 6)["next"]
    return [row["key"] for row in rows]


def test_answers_are_saved_one_by_one(shop):
    first, second, third, fourth, *_ = order_of(shop)
    result = run("label", shop, *ASK, stdin=f"PLACE\ns\n+NEW\n1 -{fourth}x\n2\nq\n")
    seeds = seeds_of(shop)
    assert seeds[first] == ("PLACE",)
    assert second not in seeds
    assert seeds[third] == ("NEW",)
    assert "is not - and a term of this unit" in result.stdout
    assert fourth in seeds
    assert "3 units labelled" in result.stderr


def test_undo_takes_back_and_asks_again(shop):
    before = (shop / "seed_labels.jsonl").read_bytes()
    first, *_ = order_of(shop)
    result = run("label", shop, *ASK, stdin="u\nPLACE\nu\n")
    assert "nothing to undo" in result.stdout
    assert (shop / "seed_labels.jsonl").read_bytes() == before
    assert result.stdout.count(f"] {first} ") == 2
    run("label", shop, *ASK, stdin="s\nu\nDRUG\n")
    assert seeds_of(shop)[first] == ("DRUG",)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("PLCE", "Near to it: PLACE"),
        ("9", "There is no choice 9"),
        ("A/B", "no label 'A' yet"),
        ("?", "u undo"),
    ],
)
def test_slips_are_explained_and_change_nothing(shop, line, says):
    before = (shop / "seed_labels.jsonl").read_bytes()
    assert says in run("label", shop, *ASK, stdin=line + "\n").stdout
    assert (shop / "seed_labels.jsonl").read_bytes() == before


def test_a_cluster_is_labelled_but_for_some_terms(shop):
    rows = run_json("label", shop, "--next", 50)["next"]
    place, row = next((i, r) for i, r in enumerate(rows) if len(r["terms"]) > 1)
    out, *others = row["terms"]
    stdin = "s\n" * place + f"DRUG/PLACE -{out}\nq\n"
    run("label", shop, "--interactive", stdin=stdin)
    seeds = seeds_of(shop)
    assert out not in seeds
    assert all(seeds[term] == ("DRUG", "PLACE") for term in others)
