"""What setup.cfg promises: entry points, pins, cheap imports."""

import ast
import configparser
import importlib
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import spacy_bert_unsup

ROOT = Path(__file__).parents[1]
SETUP = configparser.ConfigParser(interpolation=None)
SETUP.optionxform = str
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
LIMIT = 400
"""Lines of the longest source file that anybody should have to read."""


def lines_of(section, option):
    return [line for line in SETUP[section][option].splitlines() if line.strip()]


def declared_entry_points():
    found = []
    for group in SETUP["options.entry_points"]:
        for line in lines_of("options.entry_points", group):
            name, _, target = (part.strip() for part in line.partition("="))
            found.append(pytest.param(group, name, target, id=f"{group}:{name}"))
    return found


def pinned():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return {
        normalised(line.partition("==")[0])
        for line in text.splitlines()
        if line and not line.startswith("#")
    }


def normalised(requirement):
    name = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize(("group", "name", "target"), declared_entry_points())
def test_entry_point_can_be_imported(group, name, target):
    module, _, attribute = target.partition(":")
    found = importlib.import_module(module)
    assert not attribute or getattr(found, attribute) is not None


@pytest.mark.parametrize(("group", "name", "target"), declared_entry_points())
def test_entry_point_is_installed(group, name, target):
    (found,) = entry_points(group=group, name=name)
    assert found.value == target


def test_data_files_are_in_the_wheel():
    package = ROOT / "spacy_bert_unsup"
    patterns = lines_of("options.package_data", "spacy_bert_unsup")
    shipped = {path for pattern in patterns for path in package.glob(pattern)}
    data = {
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert data == shipped
    assert package / "cli" / "tagging" / "page.html" in data


def test_registered_functions_are_named_as_promised():
    for line in lines_of("options.entry_points", "spacy_misc"):
        name, _, target = (part.strip() for part in line.partition("="))
        short, version = re.fullmatch(r"spacy-bert-unsup\.(\w+)\.v(\d+)", name).groups()
        assert target == f"spacy_bert_unsup.registry:create_{short}_v{version}"


def test_every_requirement_is_pinned_without_an_upper_bound_on_minors():
    wanted = lines_of("options", "install_requires")
    for extra in SETUP["options.extras_require"]:
        wanted += lines_of("options.extras_require", extra)
    assert {normalised(line) for line in wanted} <= pinned()
    for line in wanted:
        assert not re.search(r"<\s*\d+\.|==|~=", line), line


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import spacy_bert_unsup", ["spacy", "torch", "transformers", "numpy"]),
        ("import spacy; spacy.blank('en')", ["transformers", "spacy_bert_unsup.mlm"]),
        ("import spacy_bert_unsup.cli.app", ["spacy", "torch", "transformers"]),
        (
            "import spacy_bert_unsup.pipeline.factories",
            ["transformers", "spacy_bert_unsup.mlm"],
        ),
        (
            "import spacy_bert_unsup.pipeline.vector_factories",
            ["transformers", "spacy_bert_unsup.mlm"],
        ),
    ],
)
def test_imports_stay_cheap(statement, forbidden):
    listing = f"print([m for m in {forbidden} if m in sys.modules])"
    code = f"{statement}; import sys; {listing}"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("name", spacy_bert_unsup.__all__)
def test_public_names_exist(name):
    assert getattr(spacy_bert_unsup, name) is not None
    assert name in dir(spacy_bert_unsup)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = spacy_bert_unsup.no_such_name


def sources():
    return sorted((ROOT / "spacy_bert_unsup").rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_source_file_is_short_and_documented(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LIMIT
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
            assert ast.get_docstring(node), node.name


FLOORS = {
    "mlm": {"mlm"},
    "vocab": {"vocab", "mlm"},
    "voting": {"voting", "vocab", "mlm"},
    "vectors": {"vectors", "vocab", "mlm"},
    "pipeline": {"pipeline", "registry", "voting", "vectors", "vocab", "mlm"},
    "evaluation": {"evaluation", "pipeline", "voting", "vocab", "mlm"},
    "pretrain": {"pretrain", "vocab", "mlm"},
}
SHARED = {"types", "errors", "util", "attrs", "__version__"}


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_go_down_the_floors(floor):
    for path in (ROOT / "spacy_bert_unsup" / floor).rglob("*.py"):
        found = imported_parts(path)
        assert found <= FLOORS[floor] | SHARED, path


def imported_parts(path):
    """The parts of our package that a module imports, anywhere in it."""
    package = path.relative_to(ROOT).parent.parts
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = package[: len(package) - node.level + 1] if node.level else ()
        full = [*base, *(node.module or "").split(".")]
        if full[0] == "spacy_bert_unsup":
            names = [alias.name for alias in node.names]
            parts |= {full[1]} if len(full) > 1 and full[1] else set(names)
    return parts
