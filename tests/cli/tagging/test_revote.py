"""`revote` end to end, on a toy model whose labels come from the words themselves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.cli.tagging.threshold_sweep import align_gold
from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.evaluation.texts import GoldText, LabelledSpan
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.labels import invert_seeds
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.toys import make_lm

TEXTS = "John lives in Paris.\nMary visited Berlin and London.\nThe cat.\n"
GOLD = """John B-PERSON
lives O
in O
Paris B-GPE
. O

Mary B-PERSON
visited O
Berlin B-GPE
and O
London O
. O

The O
cat. O
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model, two sets of assets, tagged docs and gold."""
    path = tmp_path_factory.mktemp("revote")
    lm = make_lm("bert")
    lm.save(path / "model")
    seeds = {
        "PERSON": ["John", "Mary"],
        "GPE": ["Paris", "Berlin", "London"],
        "FUNCTION": ["in", "and", ".", "The", "the"],
        "VERB": ["lives", "visited"],
    }
    vectors = VocabVectors.from_mlm(lm)
    assets = ClusterAssets.build(vectors, invert_seeds(seeds), model="toy")
    assets.to_disk(path / "assets")
    replace(assets, seeds={**assets.seeds, "Paris": ("PERSON",)}).to_disk(path / "new")
    replace(assets, fingerprint="f" * 16).to_disk(path / "strange")
    (path / "in.txt").write_text(TEXTS)
    (path / "gold.conll").write_text(GOLD.replace(" ", "\t"))
    (path / "tagger.cfg").write_text(
        '[nlp]\nlang = "en"\npipeline = ["ner"]\n[components]\n[components.ner]\n'
        f'factory = "bert_unsup_ner"\nmodel = "{path}/model"\n'
        f'assets = "{path}/assets"\ncues = ["lexical"]\n'
    )
    run("annotate", path / "in.txt", "--config", path / "tagger.cfg", "--keep-votes",
        "--out", path / "tagged.spacy")  # fmt: skip
    run("annotate", path / "in.txt", "--config", path / "tagger.cfg", "--out",
        path / "plain.spacy")  # fmt: skip
    return path


def run(*args, code=0):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def ents(path):
    docs = DocBin().from_disk(path).get_docs(Vocab())
    return [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs]


def test_nothing_changed(folder, tmp_path):
    out = tmp_path / "same.spacy"
    found = run(
        "revote", folder / "tagged.spacy", "--assets", folder / "assets", "-o", out
    )
    assert "0 of 3 docs changed." in found.stdout and "No entity" in found.stdout
    assert out.read_bytes() == (folder / "tagged.spacy").read_bytes()
    assert [len(doc) for doc in ents(out)] == [2, 3, 0]


def test_changed_seed(folder, tmp_path):
    out = tmp_path / "new.spacy"
    args = ["revote", folder / "tagged.spacy", "--assets", folder / "new"]
    found = run(*args, "--show-flips", 5, "-o", out)
    assert "Paris (GPE → PERSON)" in found.stdout
    assert ents(out)[0] == [("John", "PERSON"), ("Paris", "PERSON")]
    record = json.loads(run(*args, "--json", "--show-flips", 1).stdout)
    assert (record["docs"], record["changed"]) == (3, 1)
    assert record["labels"] == {"PERSON": {"gained": 0, "lost": 0, "changed": 1}}
    (flip,) = record["flips"]
    assert (flip["text"], flip["before"], flip["after"]) == ("Paris", "GPE", "PERSON")


def test_several_files(folder, tmp_path):
    """One result for each file, numbered in their order; old numbers are gone."""
    (tmp_path / "out-00007.spacy").write_bytes(b"of an earlier run")
    args = ["revote", *[folder / "tagged.spacy"] * 2, "--assets", folder / "new"]
    run(*args, "-o", tmp_path / "out.spacy")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["out-00001.spacy", "out-00002.spacy"]
    assert ents(tmp_path / names[0]) == ents(tmp_path / names[1])


@pytest.mark.parametrize("processes", [1, 2])
def test_files_side_by_side(folder, tmp_path, processes):
    """In one process or two: the same files, and one report on all docs in order."""
    args = ["revote", *[folder / "tagged.spacy"] * 3, "--assets", folder / "new"]
    args += ["--processes", processes, "--json", "--show-flips", 2]
    record = json.loads(run(*args, "-o", tmp_path / "out.spacy").stdout)
    assert (record["docs"], record["changed"]) == (9, 3)
    assert [flip["doc"] for flip in record["flips"]] == [0, 3]
    assert record["labels"]["PERSON"]["changed"] == 3
    single = tmp_path / "one.spacy"
    run("revote", folder / "tagged.spacy", "--assets", folder / "new", "-o", single)
    found = [(tmp_path / f"out-0000{i}.spacy").read_bytes() for i in (1, 2, 3)]
    assert found == [single.read_bytes()] * 3
    assert single.read_bytes() != (folder / "tagged.spacy").read_bytes()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_bad_file_is_named(folder, tmp_path, processes):
    """An error in a process of its own reads like any other, and nothing is left."""
    args = ["revote", folder / "tagged.spacy", folder / "plain.spacy", "--assets"]
    args += [folder / "assets", "--processes", processes]
    found = run(*args, "-o", tmp_path / "out.spacy", code=1)
    assert (
        f"Doc 1 of {folder / 'plain.spacy'}" in found.stderr and "E331" in found.stderr
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["docs", "gold"])
def test_no_input_is_deleted_as_a_stale_number(folder, tmp_path, way):
    """The result took the numbered files away, also those it was made from."""
    for number in (1, 2):
        copy = tmp_path / f"tagged-0000{number}.spacy"
        copy.write_bytes((folder / "tagged.spacy").read_bytes())
    first = tmp_path / "tagged-00001.spacy"
    docs = [first] if way == "docs" else [folder / "tagged.spacy", "--gold", first]
    args = ["revote", *docs, "--assets", folder / "assets"]
    found = run(*args, "-o", tmp_path / "tagged.spacy", code=1)
    assert "E563" in found.stderr and str(first) in found.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["tagged-00001.spacy", "tagged-00002.spacy"]
    run(*args, "-o", tmp_path / "tagge[d].spacy")  # no pattern
    assert len(list(tmp_path.iterdir())) == 3


def test_another_configuration(folder, tmp_path):
    out = tmp_path / "config.spacy"
    args = ["revote", folder / "tagged.spacy", "--config", folder / "tagger.cfg"]
    run(*args, "--threshold", 0.99, "--label-threshold", "GPE=1.0", "-o", out)
    assert [label for doc in ents(out) for _, label in doc].count("PERSON") == 2


def test_scores_and_sweep(folder, tmp_path):
    args = ["revote", folder / "tagged.spacy", "--assets", folder / "assets", "--gold",
            folder / "gold.conll", "--sweep", "--sweep-step", 0.25]  # fmt: skip
    found = run(*args, "--write-thresholds", tmp_path / "best")
    assert 'label_thresholds = {"GPE": 0.0, "PERSON": 0.0}' in found.stdout
    stored = ClusterAssets.from_disk(tmp_path / "best").thresholds
    assert stored == {"": 0.0, "GPE": 0.0, "PERSON": 0.0}
    record = json.loads(run(*args, "--json").stdout)
    assert record["sweep"]["steps"] == [0.0, 0.25, 0.5, 0.75]
    assert record["scores"]["now"]["PERSON"] == 1.0
    assert record["scores"]["now"]["GPE"] == 0.8  # London is none in gold
    pytest.importorskip("matplotlib")
    run(*args, "--plot", tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


TAGGED = "tagged.spacy --assets assets"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("plain.spacy --assets assets", "E331"),
        ("tagged.spacy --assets strange", "E332"),
        ("tagged.spacy", "E336"),
        ("tagged.spacy --assets nowhere", "E216"),
        ("missing.spacy --assets assets", "E002"),
        ("in.txt --assets assets", "E504"),
        (f"{TAGGED} --sweep", "E553"),
        (f"{TAGGED} --gold gold.conll --plot x.png", "E553"),
        (f"{TAGGED} --label-threshold GPE", "E554"),
        (f"{TAGGED} --label-threshold CHEESE=1", "E305"),
        (f"{TAGGED} --threshold 1.5", "E310"),
        (f"{TAGGED} --out x.json", "E558"),
        (f"tagged.spacy {TAGGED} --out tagged.spacy", "E556"),
        (f"{TAGGED} --gold gold.conll --sweep --write-thresholds assets", "E555"),
    ],
)
def test_refusals(folder, monkeypatch, args, message):
    """One line, exit status 1, and every file as it was."""
    monkeypatch.chdir(folder)
    before = sorted(path.name for path in folder.iterdir())
    found = run("revote", *args.split(), code=1)
    assert message in found.stderr and found.stderr.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == before


def test_votes_go_to_spacy_files_only(folder):
    found = run("annotate", folder / "in.txt", "--keep-votes", code=1)
    assert "E550" in found.stderr


def gold_of(*words, spans=(), dropped=()):
    text = GoldText(
        tuple(words), tuple(LabelledSpan(*s) for s in spans), tuple(dropped)
    )
    return GoldSet("gold", [text], frozenset({"A"}))


def test_gold_of_other_tokens():
    gold = gold_of("New-York", "is", "big", ".", spans=[(0, 1, "A"), (2, 3, "A")],
                   dropped=[(3, 4)])  # fmt: skip
    (text,) = align_gold(gold, [["New", "-", "York", " ", "is", "big."]]).texts
    assert text.words == ("New", "-", "York", " ", "is", "big.")
    assert text.spans[0] == (0, 3, "A")
    assert text.spans[1][0] < 0  # no doc token is "big": it cannot be found
    assert text.dropped == ((5, 6),)
    with pytest.raises(InputError, match="E552"):
        align_gold(gold, [["New", "York"]])
    with pytest.raises(InputError, match="E551"):
        align_gold(gold, [])
