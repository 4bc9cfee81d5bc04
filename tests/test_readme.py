"""The README's Python runs, and what it names exists."""

import re
from pathlib import Path

import pytest
import spacy
from typer.main import get_command
from weasel.cli.document import project_document

from spacy_bert_unsup.cli.app import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", PYTHON)
def test_python_runs(code):
    exec(code, {"spacy": spacy, "nlp": spacy.blank("en")})


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", README))
    assert named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_commands_exist():
    named = set(re.findall(r"^\| `([a-z-]+)[ `]", README, re.MULTILINE))
    assert set(get_command(app).commands) <= named


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http|#)([^)#]+)", README))
def test_linked_files_exist(link):
    assert (ROOT / link).exists()


def test_project_section_is_what_spacy_generates(tmp_path):
    copy = tmp_path / "README.md"
    copy.write_text(README, encoding="utf-8")
    project_document(ROOT, copy, no_emoji=True)
    assert copy.read_text(encoding="utf-8") == README


def test_own_labels_on_the_first_screen():
    """What README says beside the code that the test above runs."""
    assert "They play hockey and tennis." in README
    nlp = spacy.blank("en")
    seeds = {"SPORT": ["football", "basketball", "tennis"]}
    nlp.add_pipe("bert_unsup_ner", config={"seeds": seeds})
    found = nlp("They play hockey and tennis.").ents
    assert [(e.text, e.label_) for e in found] == [
        ("hockey", "SPORT"),
        ("tennis", "SPORT"),
    ]
