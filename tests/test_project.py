"""project.yml and the Makefile: what a newcomer runs first."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_command
from weasel.cli.assets import convert_asset_url
from weasel.schemas import ProjectConfigSchema
from weasel.util.config import load_project_config

from scripts.corpus.rules import NOT_COVERED, SOURCES
from spacy_bert_unsup.cli.app import app
from spacy_bert_unsup.pretrain.settings import PretrainConfig
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
FETCHED = {str(Path(asset["dest"]).parent) for asset in CONFIG["assets"]}
STEPS = ["vectors", "cluster", "label", "build", "score", "package"]


def test_project_file_is_valid():
    ProjectConfigSchema(**CONFIG)
    assert CONFIG["workflows"]["all"] == STEPS
    assert {"demo", "evaluate", "explore", "pretrain", "starter"} <= set(
        CONFIG["workflows"]
    )
    names = {command["name"] for command in CONFIG["commands"]}
    assert not names & set(CONFIG["workflows"])
    for steps in CONFIG["workflows"].values():
        assert set(steps) <= names


def test_dependencies_exist_or_are_made():
    for command in CONFIG["commands"]:
        for path in command["deps"]:
            made = path in OUTPUTS | FETCHED
            assert made or (ROOT / path).exists(), path


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
    if words[2].startswith("scripts."):
        assert find_spec(words[2]) is not None
        return
    assert words[2] == "spacy_bert_unsup"
    command = get_command(app).commands[words[3]]
    known = {option for param in command.params for option in param.opts}
    for word in words[4:]:
        # pretrain takes every setting of its config as --section.key
        if word.startswith("--") and not (words[3] == "pretrain" and "." in word):
            assert word in known, word


def test_settings_that_the_starter_is_trained_with_exist():
    scripts = [script for name, script in SCRIPTS if name.endswith("-starter")]
    settings = re.findall(r"--(\w+)\.(\w+)", " ".join(scripts))
    assert ("corpus", "folder") in settings
    known = PretrainConfig().to_dict()
    for section, key in settings:
        assert key in known[section]


def test_the_cooled_model_is_taught_and_then_embedded():
    """Another time for the constant phase makes another branch: an old one is left."""
    changed = load_project_config(ROOT, overrides={"vars.minutes": 7})
    (cool,) = (c for c in changed["commands"] if c["name"] == "cool-starter")
    (embed,) = (c for c in changed["commands"] if c["name"] == "embed-starter")
    (teach,) = (c for c in changed["commands"] if c["name"] == "teach-starter")
    cooled, taught = (
        re.search(r"--out (\S+)", command["script"][0])[1] for command in (cool, teach)
    )
    assert cooled.endswith("-7") and taught.endswith("-7")
    assert f"--model.init {cooled}/model" in teach["script"][0]
    assert embed["script"] == [f"python -m scripts.embed_starter {taught}/model"]


def test_assets_are_archives_at_a_commit_and_fetched_on_demand():
    for asset in CONFIG["assets"]:
        found = re.fullmatch(
            r"https://codeload\.github\.com/[\w-]+/([\w.-]+)/tar\.gz/([0-9a-f]{12})",
            asset["url"],
        )
        assert found, asset["url"]
        assert asset["dest"] == f"corpus-sources/{found[1]}-{found[2]}.tar.gz"
        assert asset["extra"] is True
        # weasel rewrites addresses that it takes for pages
        assert convert_asset_url(asset["url"]) == asset["url"]


def test_every_archive_has_rules_and_every_rule_an_archive():
    fetched = [Path(asset["dest"]).name for asset in CONFIG["assets"]]
    assert len(set(fetched)) == len(fetched)
    assert set(fetched) == {f"{source.archive}.tar.gz" for source in SOURCES}
    described = " ".join(asset["description"] for asset in CONFIG["assets"])
    made = {source.corpus for source in SOURCES}
    assert not made & set(NOT_COVERED)
    for name in made | set(NOT_COVERED):
        assert re.search(rf"\b{name}\b", described), name


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
