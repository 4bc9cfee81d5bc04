"""`lookup`: words with labels from clusters and from assets."""

import json

import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from tests.cli.toy_tables import write_toy_table


def run(*args):
    return CliRunner().invoke(app, [*map(str, args)])


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_toy_table(tmp_path_factory.mktemp("table"))


@pytest.fixture(scope="module")
def clusters(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clusters")
    seeds = folder / "seeds.tsv"
    labels = {"cat": "ANIMAL/PET", "dog": "ANIMAL", "Paris": "CITY", "Rome": "CITY"}
    text = "".join(f"{term}\t{names}\n" for term, names in labels.items())
    seeds.write_text(text, encoding="utf-8")
    out = folder / "out"
    args = ["--mode", "fixed", "--seed-labels", seeds, "--out", out]
    assert run("cluster", *table, *args).exit_code == 0
    return out


def look_up(*args):
    result = run("lookup", *args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_words_match_in_the_order_of_the_rules(clusters):
    words = ["2019", "Oslo", "oslo", "COW", "zebra"]
    found = look_up(*words, "--clusters", clusters)
    assert [row["word"] for row in found] == words
    matches = ["digit", "exact", "consolidated", "lower", "none"]
    assert [row["match"] for row in found] == matches
    (city,) = found[1]["labels"]
    assert city == {"label": "CITY", "share": 1.0, "count": 2}
    animal, pet = found[3]["labels"]
    assert (animal["label"], pet["label"]) == ("ANIMAL", "PET")
    assert animal["count"] > pet["count"]
    assert animal["share"] + pet["share"] == pytest.approx(1, abs=1e-3)
    shown = run("lookup", *words, "--clusters", clusters).stdout
    assert "CITY 1.00" in shown


def test_words_together(table, clusters):
    found = look_up("cat", "horse", "cow", "--legacy", "--clusters", clusters, *table)
    assert found[0] == "OTHER-ANIMAL"  # only one cluster is labelled so
    args = ["cat", "horse", "--legacy", "--clusters", clusters, *table]
    shown = run("lookup", *args, "--top", 1).stdout
    assert shown.split() == [found[0]]


def test_glue_words_are_dropped(table, clusters, tmp_path):
    glue = tmp_path / "glue.txt"
    glue.write_text("of\nword1\n", encoding="utf-8")
    args = ["--legacy", "--clusters", clusters, *table]
    plain = look_up("cat", "cow", *args)
    assert look_up("cat", "of", "word1", "cow", *args, "--glue", glue) == plain


def test_starter_assets():
    paris, disease, number, none = look_up("Paris", "diabetes", "12", "qqqqzz")
    assert paris["labels"][0]["label"] in ("GPE", "LOCATION")
    assert paris["labels"][0]["count"] is None
    assert disease["labels"][0]["label"] == "DISEASE"
    assert number["match"] == "digit"
    assert none["match"] == "none"


def test_bad_input(table, clusters, tmp_path):
    assert "E544" in run("lookup", "cat", "--legacy").stderr
    assert "E541" in run("lookup", "cat", *table).stderr
    args = ["lookup", "cat", "--clusters", clusters, "--assets", tmp_path]
    assert "E545" in run(*args).stderr
    result = run("lookup", "cat", "--clusters", tmp_path / "nowhere")
    assert result.exit_code == 1
    result = run("lookup", "cat", "--assets", tmp_path)
    assert result.exit_code == 1
    assert "E213" in result.stderr


def test_clusters_of_another_vocabulary(clusters):
    result = run("lookup", "cat", "--legacy", "--clusters", clusters)  # the starter
    assert result.exit_code == 1
    assert "E225" in result.stderr
