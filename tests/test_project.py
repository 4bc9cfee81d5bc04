"""project.yml and the Makefile: what a newcomer runs first."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from weasel.schemas import ProjectConfigSchema
from weasel.util.config import load_project_config

from spacy_bert_unsup.cli.app import app

ROOT = Path(__file__).parents[1]
CONFIG = load_project_config(ROOT)
SCRIPTS = [
    (command["name"], script)
    for command in CONFIG["commands"]
    for script in command["script"]
]


def test_project_file_is_valid():
    ProjectConfigSchema(**CONFIG)
    assert {"demo", "evaluate"} <= set(CONFIG["workflows"])
    names = {command["name"] for command in CONFIG["commands"]}
    for steps in CONFIG["workflows"].values():
        assert set(steps) <= names


def test_dependencies_exist():
    for command in CONFIG["commands"]:
        for path in command["deps"]:
            assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_scripts_use_commands_options_and_files_that_exist(name, script):
    words = shlex.split(script)
    # weasel puts its own interpreter for "python", and only there
    assert words[:3] == ["python", "-m", "spacy_bert_unsup"]
    assert words.count("-m") == 1
    command = get_command(app).commands[words[3]]
    known = {option for param in command.params for option in param.opts}
    for word in words[4:]:
        if word.startswith("--"):
            assert word in known, word
        if word.startswith("examples/"):
            assert (ROOT / word).exists(), word


def test_makefile_and_ci_name_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"demo", "test", "lint", "types", "install"} <= targets
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert set(re.findall(r"^make ([a-z-]+)", ci, re.MULTILINE)) <= targets
