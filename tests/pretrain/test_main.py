from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from spacy_bert_unsup.cli.pretrain import PRETRAIN_CONTEXT, pretrain_cli
from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.pretrain.main import main, read_overrides

TINY = str(Path(__file__).parents[2] / "configs" / "pretrain_tiny.cfg")


def test_settings_on_the_command_line():
    found = read_overrides(["--training.rate", "-1", "--model.init=a=b"])
    assert found == {"training.rate": "-1", "model.init": "a=b"}
    with pytest.raises(ConfigError, match="--speed"):
        read_overrides(["--speed", "3"])


def run_main(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["pretrain", *arguments])
    main()


def test_module_command(monkeypatch, overrides, prepared, tmp_path):
    settings = [f"--{name}={value}" for name, value in overrides.items()]
    run_main(monkeypatch, TINY, "--out", str(tmp_path), *settings)
    assert (tmp_path / "model" / "config.json").exists()


def test_module_command_fails_with_one_line(monkeypatch, caplog):
    with pytest.raises(SystemExit) as caught:
        run_main(monkeypatch, TINY, "--training.rate", "0")
    assert caught.value.code == 1
    assert len(caplog.messages) == 1 and "rate" in caplog.messages[0]


def test_spacy_command(overrides, prepared, tmp_path):
    app = typer.Typer()
    app.command("pretrain", context_settings=PRETRAIN_CONTEXT)(pretrain_cli)
    settings = [
        part for key, value in overrides.items() for part in (f"--{key}", value)
    ]
    result = CliRunner().invoke(app, [TINY, "--out", str(tmp_path), *settings])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "model" / "config.json").exists()
