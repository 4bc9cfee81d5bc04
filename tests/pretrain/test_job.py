"""Whole jobs on the tiny corpus."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForPreTraining, AutoTokenizer

from spacy_bert_unsup.errors import PretrainError
from spacy_bert_unsup.pretrain import train
from spacy_bert_unsup.pretrain.checkpoint import find_checkpoint, load_state
from spacy_bert_unsup.pretrain.history import CurveLog
from spacy_bert_unsup.pretrain.job import Job, pretrain

TINY = Path(__file__).parents[2] / "configs" / "pretrain_tiny.cfg"


@pytest.fixture
def go(overrides, prepared):
    def run_job(out, *, steps=4, changes=None, **settings):
        job = Job(config=TINY, out=out, **settings)
        pretrain(job, {**overrides, "training.steps": str(steps), **(changes or {})})

    return run_job


def weights(run):
    return load_file(find_checkpoint(run) / "model.safetensors")


def same_weights(one, other):
    a, b = weights(one), weights(other)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def steps_of(path):
    return [int(row["step"]) for row in CurveLog(path, []).read()]


def test_resumed_run_equals_an_unbroken_one(go, tmp_path):
    go(tmp_path / "whole", steps=7)
    go(tmp_path / "parts", steps=3)
    go(tmp_path / "parts", steps=7)
    assert same_weights(tmp_path / "whole", tmp_path / "parts")
    states = [load_state(find_checkpoint(tmp_path / n)) for n in ("whole", "parts")]
    assert states[0].row == states[1].row > 0
    assert steps_of(tmp_path / "parts" / "train.csv") == [2, 4, 6]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_run_loses_nothing(go, tmp_path, monkeypatch, number):
    update = train.update

    def interrupt(run, *args, **settings):
        if run.state.step == 2:
            os.kill(os.getpid(), number)
        return update(run, *args, **settings)

    monkeypatch.setattr(train, "update", interrupt)
    usual = signal.getsignal(number)
    go(tmp_path / "run", steps=6)
    assert signal.getsignal(number) == usual
    assert load_state(find_checkpoint(tmp_path / "run")).step == 3
    monkeypatch.undo()
    go(tmp_path / "run", steps=6)
    go(tmp_path / "whole", steps=6)
    assert same_weights(tmp_path / "run", tmp_path / "whole")


def test_cooldown_makes_an_ordinary_model_folder(go, tmp_path):
    go(tmp_path / "run")
    source = tmp_path / "run" / "last"
    go(
        tmp_path / "cool",
        source=source,
        cooldown_steps=4,
        max_shard_size="20KB",
        export=tmp_path / "model",
    )
    rates = [float(r["rate"]) for r in CurveLog(tmp_path / "cool/train.csv", []).read()]
    assert rates == [pytest.approx(3e-3 * 0.75), pytest.approx(3e-3 * 0.25)]
    state = load_state(find_checkpoint(tmp_path / "cool"))
    assert (state.step, state.phase, state.phase_step) == (8, "cooldown", 4)
    folder = tmp_path / "model"
    assert len(list(folder.glob("*.safetensors"))) > 1
    model = AutoModelForPreTraining.from_pretrained(folder, dtype=torch.float32)
    trained = weights(tmp_path / "cool")
    for name, tensor in model.state_dict().items():
        if name in trained:
            assert torch.equal(tensor, trained[name])
    tokenizer = AutoTokenizer.from_pretrained(folder)
    known = max(filter(str.isalpha, tokenizer.get_vocab()), key=len)
    assert tokenizer.tokenize(f"{known}. {known}") == [known, ".", known]
    assert tokenizer.model_max_length == 64
    assert tokenizer("a", "b")["token_type_ids"] == [0, 0, 0, 1, 1]
    valid = CurveLog(tmp_path / "cool" / "valid.csv", []).read()
    assert [row["length"] for row in valid] == ["32", "64"]


def test_finished_run_exports_once(go, tmp_path, caplog):
    go(tmp_path / "run")
    assert (tmp_path / "run" / "model" / "vocab.txt").exists()
    with caplog.at_level("INFO"):
        go(tmp_path / "run")
    assert "spent before" in caplog.text
    go(tmp_path / "run", export=tmp_path / "again")
    assert (tmp_path / "again" / "config.json").exists()
    with pytest.raises(PretrainError, match="again exists"):
        go(tmp_path / "run", export=tmp_path / "again")


def test_goes_on_from_weights_alone(go, tmp_path, caplog):
    go(tmp_path / "run")
    (find_checkpoint(tmp_path / "run") / "optimizer.pt").unlink()
    with caplog.at_level("INFO"):
        go(tmp_path / "more", source=tmp_path / "run", steps=2)
    assert "warmed up again" in caplog.text
    rows = CurveLog(tmp_path / "more" / "train.csv", []).read()
    assert [(row["step"], float(row["rate"])) for row in rows] == [("6", 3e-3)]


def test_phases_are_not_mixed(go, tmp_path):
    go(tmp_path / "run")
    with pytest.raises(PretrainError, match="phase 'main', not 'cooldown'"):
        go(tmp_path / "run", cooldown_steps=2)


def test_diverged_run_keeps_its_checkpoint(go, tmp_path):
    go(tmp_path / "run", steps=2)
    with pytest.raises(PretrainError, match="step 4.*training.rate"):
        go(tmp_path / "run", changes={"training.rate": "1e38"})


def test_training_learns(go, tmp_path):
    changes = {"training.log_steps": "20", "training.rate": "0.01"}
    go(tmp_path / "run", steps=60, changes=changes)
    losses = [float(r["mlm"]) for r in CurveLog(tmp_path / "run/train.csv", []).read()]
    assert losses[-1] < losses[0] - 0.3


def test_without_matplotlib_training_goes_on(go, tmp_path, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    go(tmp_path / "run", changes={"training.checkpoint_minutes": "0"})
    assert caplog.text.count("curves are not drawn") == 1
    assert steps_of(tmp_path / "run" / "valid.csv") == [1, 2, 3, 4]


def test_scores_of_a_checkpoint_and_of_a_model_to_start_from(go, tmp_path, capsys):
    run, changes = tmp_path / "run", {"training.valid_lengths": "16 32"}
    go(run, changes=changes)
    logged = CurveLog(run / "valid.csv", []).read()[-2:]
    capsys.readouterr()
    go(run, score=True, changes=changes)
    first = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["length"] for row in first] == [16, 32]
    for found, kept in zip(first, logged, strict=True):
        for name in ("mlm_loss", "top1", "top10", "nsp"):
            assert found[name] == pytest.approx(float(kept[name]), abs=1e-4)
    init = {**changes, "model.init": str(run / "model")}
    go(tmp_path / "none", score=True, changes=init)
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert again == first
    assert not (tmp_path / "none").exists()
    with pytest.raises(PretrainError, match="No checkpoint"):
        go(tmp_path / "none", score=True)
    with pytest.raises(PretrainError, match="No checkpoint"):
        go(tmp_path / "none", export=tmp_path / "untrained", changes=init)
    assert not (tmp_path / "untrained").exists()


LABELS = {
    "labels.shipped": "none",
    "labels.seeds": str(TINY.parents[1] / "tests/pretrain/data/tiny_seeds.tsv"),
    "labels.held_out": "0.3",
    "training.optimizer": "muon",
    "training.valid_tokens": "1024",
}


def test_a_run_that_asks_for_labels_resumes_and_is_scored(go, tmp_path, capsys):
    go(tmp_path / "whole", steps=6, changes=LABELS)
    go(tmp_path / "parts", steps=3, changes=LABELS)
    go(tmp_path / "parts", steps=6, changes=LABELS)
    assert same_weights(tmp_path / "whole", tmp_path / "parts")
    rows = CurveLog(tmp_path / "parts" / "train.csv", []).read()
    assert all(float(row["label"]) > 0 for row in rows)
    held_out = CurveLog(tmp_path / "parts" / "valid.csv", []).read()[-1]
    assert 0 <= float(held_out["label"]) <= 1 < float(held_out["label_loss"])
    go(tmp_path / "parts", changes=LABELS, score=True)
    scored = json.loads(capsys.readouterr().out)
    assert scored["label"] == pytest.approx(float(held_out["label"]))


def test_the_written_model_keeps_of_what_it_started_from(go, tmp_path):
    go(tmp_path / "first")
    changes = {"model.init": str(tmp_path / "first" / "model"), "model.keep": "0.5"}
    go(tmp_path / "second", changes=changes)
    start = load_file(tmp_path / "first" / "model" / "model.safetensors")
    written = load_file(tmp_path / "second" / "model" / "model.safetensors")
    trained = weights(tmp_path / "second")
    name = "bert.encoder.layer.0.output.dense.weight"
    assert not torch.equal(trained[name], start[name])
    assert torch.allclose(written[name], (trained[name] + start[name]) / 2, atol=1e-6)


def test_other_labels_want_a_run_of_their_own(go, tmp_path):
    go(tmp_path / "run", steps=2)
    go(tmp_path / "run", steps=3, changes=LABELS)  # from none to some: it goes on
    with pytest.raises(PretrainError, match=r"E434.*other labels"):
        go(tmp_path / "run", changes={**LABELS, "labels.held_out": "0.2"})
    source = tmp_path / "run" / "last"
    changes = {**LABELS, "labels.held_out": "0.2"}
    go(tmp_path / "cool", source=source, cooldown_steps=2, changes=changes)
    go(tmp_path / "cool", source=source, cooldown_steps=3, changes=changes)
    assert load_state(find_checkpoint(tmp_path / "cool")).labels
    with pytest.raises(PretrainError, match=r"E434.*other labels"):
        go(tmp_path / "cool", source=source, cooldown_steps=4, changes=LABELS)


def test_labels_leave_the_other_scores_as_they_are(go, tmp_path, capsys):
    go(tmp_path / "run")
    scores = []
    for changes in (LABELS, {"training.valid_tokens": "1024"}):
        go(tmp_path / "run", changes=changes, score=True)
        scores.append(json.loads(capsys.readouterr().out))
    assert {*scores[0]} - {*scores[1]} == {"label", "label_loss"}
    assert scores[1].items() <= scores[0].items()
