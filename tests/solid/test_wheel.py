"""From a pipeline to a wheel, and into an environment that has no starter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest
import spacy

import spacy_bert_unsup
from tests.pipeline.conftest import entities

TEXT = "Ann lives in Berlin and was treated with aspirin for a fever."
READ = f"""
import json, spacy, spacy_bert_unsup
nlp = spacy.load("en_solid")
doc = nlp({TEXT!r})
first, second = (nlp.get_pipe(name).lm for name in ("ner", "again"))
print(json.dumps({{
    "entities": [[ent.text, ent.label_] for ent in doc.ents],
    "scores": [ent._.confidence for ent in doc.ents],
    "one copy": first is second,
    "package": spacy_bert_unsup.__file__,
    "requirements": nlp.meta["requirements"],
}}))
"""


def run(*command: str | Path, folder: Path) -> str:
    """Run a program without the hub, a cache or a proxy to reach one."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "no-models")}
    env |= {"SPACY_BERT_UNSUP_CACHE": str(folder / "no-assets"), "PIP_NO_INDEX": "1"}
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env=env, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def make_environment(folder: Path) -> Path:
    """An environment that sees our dependencies, and our package without its data."""
    run(sys.executable, "-m", "venv", "--without-pip", folder / "env", folder=folder)
    (site,) = (folder / "env").rglob("site-packages")
    here = sysconfig.get_paths()["purelib"]
    line = f"import site; site.addsitedir({here!r})\n"
    (site / "dependencies.pth").write_text(line)
    source = Path(spacy_bert_unsup.__file__).parent
    no_data = shutil.ignore_patterns("starter", "__pycache__")
    shutil.copytree(source, site / "spacy_bert_unsup", ignore=no_data)
    scripts = "Scripts" if os.name == "nt" else "bin"
    return folder / "env" / scripts / Path(sys.executable).name


def make_wheel(folder: Path) -> Path:
    """Package the saved pipeline as spaCy does."""
    (folder / "out").mkdir()
    options = ["--name", "solid", "--version", "1.0.0", "--build", "none"]
    spacy_cli = (sys.executable, "-m", "spacy", "package")
    run(*spacy_cli, "nlp", "out", *options, folder=folder)
    pip = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation")
    run(*pip, "-w", folder, "out/en_solid-1.0.0", folder=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The starter, twice, saved; and what it finds."""
    folder = tmp_path_factory.mktemp("wheel")
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", name="ner")
    nlp.add_pipe("bert_unsup_ner", name="again", config={"spans_key": "again"})
    nlp.to_disk(folder / "nlp")
    return folder, nlp(TEXT)


def test_a_wheel_needs_neither_network_nor_cache_nor_starter(
    pipeline: tuple[Path, Any],
):
    folder, doc = pipeline
    wheel = make_wheel(folder)
    names = zipfile.ZipFile(wheel).namelist()
    assert sum(name.endswith("weights.json") for name in names) == 1
    shutil.rmtree(folder / "nlp")
    python = make_environment(folder)
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-deps")
    run(*pip, wheel, folder=folder)
    found = json.loads(run(python, "-c", READ, folder=folder).splitlines()[-1])
    assert Path(found["package"]).is_relative_to(folder / "env")
    assert not (Path(found["package"]).parent / "starter").exists()
    assert found["entities"] == [list(pair) for pair in entities(doc)]
    assert found["scores"] == pytest.approx(
        [ent._.confidence for ent in doc.ents], abs=1e-3
    )
    assert found["one copy"]
    assert any("bert" in line for line in found["requirements"])
    assert not (folder / "no-models").exists()
