"""`graph` on a toy table, beside tails by `histogram`, and phrases on the starter."""

import json

import pytest
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from tests.cli.toy_tables import save_toy, write_toy_table
from tests.toys import toy_bert

LIMITS = ["--max-bin", "3", "--tail-bin", "2"]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return [*write_toy_table(tmp_path_factory.mktemp("table")), *LIMITS]


def run(*args):
    return CliRunner().invoke(app, ["graph", *map(str, args)])


def run_json(*args):
    result = run(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def is_word(term):
    return not term.startswith(("[", "##"))


def tail_of(term, table):
    result = CliRunner().invoke(app, ["histogram", term, *table, "--json"])
    (found,) = json.loads(result.stdout)["histograms"]
    return [row["term"] for row in found["neighbours"] if is_word(row["term"])]


def test_arrows_are_tails(table):
    cat, paris = run_json("cat", "Paris", *table)["nodes"]
    for node in (cat, paris):
        out = [row["name"] for row in node["out"]]
        assert out == tail_of(node["name"], table)
        assert node["out_degree"] == len(out)
        assert node["in_degree"] == len(node["in"])
    into = {row["name"] for row in cat["in"]}
    for row in cat["out"]:
        back = "cat" in tail_of(row["name"], table)
        assert row["mutual"] == back == (row["name"] in into)


def test_hops(table):
    near = run_json("cat", *table)["nodes"][0]
    far = run_json("cat", *table, "--hops", 2)["nodes"][0]
    assert near["hops"] == {}
    first = {row["name"] for row in far["out"]}
    second = {other for term in first for other in tail_of(term, table)}
    assert set(far["hops"]["2"]) == second - first - {"cat"}


def test_ranking_of_the_vocabulary(table):
    found = run_json(*table, "--top", 500)
    degrees = [row["in_degree"] for row in found["ranking"]]
    assert degrees == sorted(degrees, reverse=True)
    assert sum(degrees) == found["edges"]
    assert sum(row["out_degree"] for row in found["ranking"]) == found["edges"]
    assert 0 < found["asymmetry"] < 1
    both = run_json(*table, "--top", 500, "--mutual")["ranking"]
    numbers = [row["mutual"] for row in both]
    assert numbers == sorted(numbers, reverse=True)
    share = 1 - sum(numbers) / found["edges"]
    assert found["asymmetry"] == pytest.approx(share, abs=1e-4)
    assert "one-way" in run(*table, "--top", 3).stdout
    assert len(run_json(*table, "--top", 3)["ranking"]) == 3


def test_in_words(table):
    shown = run("cat", *table, "--hops", 2).stdout
    assert "cat: a tail of" in shown
    assert "both ways" in shown
    assert "2 steps away" in shown


@pytest.mark.parametrize("suffix", [".graphml", ".json", ".dot"])
def test_export_of_a_neighbourhood(table, tmp_path, suffix):
    pytest.importorskip("networkx")
    out = tmp_path / f"cat{suffix}"
    result = run("cat", *table, "--out", out)
    assert result.exit_code == 0, result.stderr
    text = out.read_text(encoding="utf-8")
    assert "dog" in text
    assert "word1" not in tail_of("cat", table) or "word1" in text
    run(*table, "--out", tmp_path / f"all{suffix}")
    assert len((tmp_path / f"all{suffix}").read_text(encoding="utf-8")) > len(text)


def test_plot(table, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("networkx")
    path = tmp_path / "cat.svg"
    result = run("cat", *table, "--plot", path, "--most", 5)
    assert result.exit_code == 0, result.stderr
    drawn = path.read_text(encoding="utf-8")
    assert "<!-- cat -->" in drawn
    assert drawn.count('<g id="text_') == 6  # five nodes and the title


def test_pieces_and_special_entries(table):
    result = run("##itis", *table)
    assert result.exit_code == 1
    assert "E547" in result.stderr
    assert run("##itis", *table, "--subwords").exit_code == 0
    assert "E547" in run("[CLS]", *table, "--subwords").stderr


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["kat"], "E240"),
        (["--plot", "all.png"], "E546"),
        (["cat", "--plot", "cat.gif"], "E533"),
        (["--phrase", "two cats"], "E535"),
    ],
)
def test_bad_input(table, args, code):
    result = run(*args, *table)
    assert result.exit_code == 1
    assert code in result.stderr


def test_unknown_export(table, tmp_path):
    result = run("cat", *table, "--out", tmp_path / "cat.xml")
    assert result.exit_code == 1
    assert not list(tmp_path.iterdir())


def test_phrases_are_nodes_of_a_model(tmp_path):
    model = ["--model", save_toy(toy_bert(), tmp_path / "toy"), *LIMITS]
    twice = ["--phrase", "the heart cells"] * 2
    cell, phrase = run_json("cell", *twice, *model)["nodes"]
    assert cell["name"] == "cell"
    assert phrase["name"] == "the heart cells"
    args = ["--text", "the heart cells", *model, "--json"]
    result = CliRunner().invoke(app, ["histogram", *map(str, args)])
    (found,) = json.loads(result.stdout)["histograms"]
    assert phrase["threshold"] == found["threshold"]
    words = [row["term"] for row in found["neighbours"] if is_word(row["term"])]
    assert [row["name"] for row in phrase["out"]] == [word for word in words if word]
