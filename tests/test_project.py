"""project.yml and the Makefile: what a newcomer runs first."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from weasel.schemas import ProjectConfigSchema
from weasel.util.config import load_project_config

from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.vocab.assets import ClusterAssets

ROOT = Path(__file__).parents[1]
CONFIG = load_project_config(ROOT)
SCRIPTS = [
    (command["name"], script)
    for command in CONFIG["commands"]
    for script in command["script"]
]


OUTPUTS = {
    path for command in CONFIG["commands"] for path in command.get("outputs", ())
}
STEPS = ["vectors", "cluster", "label", "build", "score", "package"]


def test_project_file_is_valid():
    ProjectConfigSchema(**CONFIG)
    assert CONFIG["workflows"]["all"] == STEPS
    assert {"demo", "evaluate", "explore", "pretrain"} <= set(CONFIG["workflows"])
    names = {command["name"] for command in CONFIG["commands"]}
    assert not names & set(CONFIG["workflows"])
    for steps in CONFIG["workflows"].values():
        assert set(steps) <= names


def test_dependencies_exist_or_are_made():
    for command in CONFIG["commands"]:
        for path in command["deps"]:
            assert path in OUTPUTS or (ROOT / path).exists(), path


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_scripts_use_commands_options_and_files_that_exist(name, script):
    words = shlex.split(script)
    # weasel puts its own interpreter for "python", and only there
    assert words[:2] == ["python", "-m"]
    assert words.count("-m") == 1
    for word in words[4:]:
        if word.startswith(("examples/", "configs/", "spacy_bert_unsup/")):
            assert (ROOT / word).exists(), word
    if words[2] == "spacy":
        assert words[3] in ("assemble", "package", "project")
        return
    assert words[2] == "spacy_bert_unsup"
    command = get_command(app).commands[words[3]]
    known = {option for param in command.params for option in param.opts}
    for word in words[4:]:
        if word.startswith("--"):
            assert word in known, word


def test_variables_of_the_second_example_exist():
    (command,) = (c for c in CONFIG["commands"] if c["name"] == "clinic")
    changed = re.findall(r"--vars\.(\w+)", command["script"][0])
    assert "labels" in changed
    assert set(changed) <= set(CONFIG["vars"])


def run_project(folder, command):
    from weasel.cli.run import project_run
    from weasel.util import working_dir

    overrides = {
        "vars.model": "model",
        "vars.labels": "seeds.tsv",
        "vars.name": "toy",
        "vars.shipped": "none",
    }
    with working_dir(folder):  # as on the command line, in the project's folder
        project_run(Path(), command, overrides=overrides, capture=True)


def test_the_first_four_steps_run_and_are_left_out_when_nothing_changed(tmp_path):
    from tests.toys import make_lm

    make_lm("bert").save(tmp_path / "model")
    seeds = tmp_path / "seeds.tsv"
    seeds.write_text("Paris\tPLACE\naspirin\tDRUG\n", encoding="utf8")
    text = (ROOT / "project.yml").read_text(encoding="utf8")
    (tmp_path / "project.yml").write_text(text, encoding="utf8")
    for step in STEPS[:4]:
        run_project(tmp_path, step)
    assets = tmp_path / "output" / "toy" / "assets"
    found = ClusterAssets.from_disk(assets)
    assert found.seeds == {"Paris": ("PLACE",), "aspirin": ("DRUG",)}
    before = {path: path.stat().st_mtime_ns for path in assets.rglob("*")}
    for step in STEPS[1:4]:
        run_project(tmp_path, step)
    assert {path: path.stat().st_mtime_ns for path in assets.rglob("*")} == before


def test_makefile_and_ci_name_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"demo", "test", "lint", "types", "install"} <= targets
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert set(re.findall(r"^make ([a-z-]+)", ci, re.MULTILINE)) <= targets
