from __future__ import annotations

import sys

import pytest

from spacy_bert_unsup.errors import MissingExtraError
from spacy_bert_unsup.pretrain.history import (
    TRAIN_COLUMNS,
    VALID_COLUMNS,
    open_logs,
    plot_curves,
)


def fill(run, step=0):
    train, valid = open_logs(run, step)
    for number in (2, 4):
        row = {"step": number, "phase": "main", "length": 32}
        for log, columns in ((train, TRAIN_COLUMNS), (valid, VALID_COLUMNS)):
            log.append({**{name: 0.5 * number for name in columns}, **row, "tokens": 9})
    return train, valid


def test_resumed_log_drops_what_is_done_again(tmp_path):
    train, _ = fill(tmp_path)
    assert [row["step"] for row in train.read()] == ["2", "4"]
    train, valid = open_logs(tmp_path, 3)
    assert [row["step"] for row in train.read()] == ["2"]
    assert valid.read()[0]["mlm_loss"] == "1.0"


def test_a_row_cut_by_a_kill_is_dropped(tmp_path):
    train, _ = fill(tmp_path)
    whole = train.path.read_text(encoding="utf-8")
    train.path.write_text(whole + "5,100,0.", encoding="utf-8")
    assert [row["step"] for row in train.read()] == ["2", "4"]


def test_curves_are_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    fill(tmp_path)
    picture = plot_curves(tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(MissingExtraError, match=r"spacy-bert-unsup\[plot\]"):
        plot_curves(tmp_path)
