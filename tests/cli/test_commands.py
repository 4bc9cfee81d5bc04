"""The commands with the embedded starter: what goes in, what comes out."""

import json

import pytest
import spacy
from spacy.tokens import DocBin
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.evaluation.conll import read_conll

TEXT = "She went to Germany in 2011."
VOTER = {"term", "probability", "cue", "labels", "agrees"}


def run(*args, stdin=None):
    result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def run_json(*args, **settings):
    return json.loads(run(*args, "--json", **settings))


def test_demo_prints_a_table_and_writes_a_page(tmp_path):
    page = tmp_path / "new" / "page.html"
    shown = run("demo", TEXT, "--html", page)
    assert TEXT in shown
    assert any("Germany" in line and "GPE" in line for line in shown.splitlines())
    assert "Germany" in page.read_text(encoding="utf-8")


def test_demo_has_texts_of_its_own():
    records = run_json("demo")
    assert len(records) >= 2
    assert all(record["ents"] for record in records)


def test_explain_has_shares_and_voters_for_entities_and_near_misses():
    found = run_json("explain", TEXT, "--misses", "2")
    assert found["text"] == TEXT
    assert len(found["near_misses"]) <= 2
    for record in [*found["ents"], *found["near_misses"]]:
        shares = list(record["label_scores"].values())
        assert shares == sorted(shares, reverse=True)
        assert 0 <= record["confidence"] <= 1
        assert all(set(voter) == VOTER for voter in record["evidence"])
    germany = next(ent for ent in found["ents"] if ent["text"] == "Germany")
    assert germany["evidence"]
    assert TEXT[germany["start"] : germany["end"]] == "Germany"


def test_explain_in_words():
    shown = run("explain", TEXT)
    assert "Germany  " in shown
    assert "lexical: Germany (GPE)" in shown


def test_info():
    found = run_json("info")
    assert found["model"]["name"] == "starter"
    assert found["model"]["layers"] > 0
    assert {row["label"] for row in found["labels"]} >= {"PERSON", "DISEASE", "VERB"}
    assert sum(row["seeds"] for row in found["labels"]) >= 400
    assert "fingerprint" in run("info")


def test_annotate_jsonl_keeps_order_and_fields(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"text": TEXT, "id": 1}, {"text": "Nothing."}, {"text": TEXT, "id": 3}]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run("annotate", source, "--out", out, "--evidence")
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["text"] for row in found] == [row["text"] for row in rows]
    assert [row.get("meta") for row in found] == [{"id": 1}, None, {"id": 3}]
    assert found[0]["ents"] == found[2]["ents"] != []
    assert found[0]["ents"][0]["evidence"]


def test_annotate_stdin_to_stdout():
    lines = run("annotate", "-", stdin=f"{TEXT}\n\n{TEXT}\n").splitlines()
    assert [json.loads(line)["source"]["line"] for line in lines] == [1, 3]


def test_annotate_spacy_keeps_scores_and_meta(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.spacy"
    source.write_text(json.dumps({"text": TEXT, "id": 1}))
    run("annotate", source, "--out", out)
    (doc,) = DocBin().from_disk(out).get_docs(spacy.blank("en").vocab)
    assert doc.user_data["meta"] == {"id": 1}
    (direct,) = run_json("demo", TEXT)
    scores = [ent._.confidence for ent in doc.ents]
    assert scores == pytest.approx([ent["confidence"] for ent in direct["ents"]])


def test_annotated_conll_can_be_evaluated(tmp_path):
    out = tmp_path / "out.conll"
    run("annotate", TEXT, "--out", out)
    (text,) = read_conll(out)
    assert text.spans
    found = run_json("evaluate", out)[str(out)]
    assert found["spans"]["f1"] == 1.0
    assert found["candidates"]["recall"] == 1.0


def test_evaluate_with_a_map_and_given_spans(tmp_path):
    gold, label_map = tmp_path / "gold.conll", tmp_path / "map.json"
    gold.write_text("Paris\tB-loc\nis\tO\nin\tO\nFrance\tB-loc\nToday\tB-x\n")
    label_map.write_text('{"loc": "LOCATION", "x": null}')
    shown = run("evaluate", gold, "--map", label_map, "--given-spans")
    assert "LOCATION" in shown
    assert "candidate" not in shown
    found = run_json("evaluate", gold, "--map", label_map, "--given-spans")
    assert found[str(gold)]["typing"]["gold"] == 2
    assert found[str(gold)]["candidates"] is None


def test_evaluate_names_labels_that_are_never_said(tmp_path):
    gold = tmp_path / "gold.conll"
    gold.write_text("Paris\tB-loc\n")
    result = CliRunner().invoke(app, ["evaluate", str(gold)])
    assert "W502" in result.stderr
    assert "loc" in result.stderr


def test_pipelines_from_config_and_folder_say_the_same(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", name="tagger", config={"labels": ["LOCATION"]})
    nlp.to_disk(tmp_path / "saved")
    nlp.config.to_disk(tmp_path / "pipe.cfg")
    saved = run_json("explain", TEXT, "--pipeline", tmp_path / "saved")
    from_config = run_json("explain", TEXT, "--config", tmp_path / "pipe.cfg")
    assert saved["ents"] == from_config["ents"] != []
