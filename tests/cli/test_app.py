import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from spacy_bert_unsup.cli.app import app

COMMANDS = sorted(get_command(app).commands)


def run(*args):
    return CliRunner().invoke(app, list(args))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"python -m spacy bert-unsup {command}" in result.stdout


# `pretrain` takes any --section.key, and says itself which it does not know.
@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "pretrain"])
def test_unknown_option_is_a_usage_error(command):
    result = run(command, "--no-such-option")
    assert result.exit_code == 2


def test_unknown_command_is_a_usage_error():
    assert run("no-such-command").exit_code == 2


def test_failure_is_one_line_on_stderr_and_status_1():
    result = run("annotate", "no-such-file.txt")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert "E520" in result.stderr
    assert isinstance(result.exception, SystemExit)


def test_pipelines_cannot_be_named_twice():
    result = run("info", "--pipeline", "x", "--model", "y")
    assert result.exit_code == 1
    assert "E510" in result.stderr


def test_unknown_pipeline_and_config(tmp_path):
    for option in ("--pipeline", "--config"):
        result = run("info", option, str(tmp_path / "nowhere"))
        assert result.exit_code == 1
        assert "E511" in result.stderr


def test_pipeline_without_our_component(tmp_path):
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    result = run("info", "--pipeline", str(tmp_path / "blank"))
    assert result.exit_code == 1
    assert "E512" in result.stderr


@pytest.mark.parametrize(
    "module", [["spacy_bert_unsup"], ["spacy", "bert-unsup"]], ids=" ".join
)
def test_both_ways_to_start(module):
    if module[0] == "spacy":
        pytest.importorskip("spacy_bert_unsup.cli.spacy_plugin")
    command = [sys.executable, "-m", *module, "--help"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert name in result.stdout
