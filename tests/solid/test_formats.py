"""What another version wrote is refused by name, with the way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly

from spacy_bert_unsup.errors import AssetsError, BertUnsupError
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

FILES = {
    "component.json": ("format_version", "Update spacy-bert-unsup.*with the version"),
    "assets/meta.json": ("format_version", "Build the assets again"),
    "model/weights.json": ("format", "Update spacy-bert-unsup or save them again"),
}


@pytest.fixture
def saved(make_toy: MakeNLP, tmp_path: Path) -> Path:
    nlp = make_toy()
    nlp.to_disk(tmp_path)
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    ner.lm.save(tmp_path / "bert_unsup_ner/model", storage="int8")
    return tmp_path


@pytest.mark.parametrize("version", [0, 99, None])
@pytest.mark.parametrize("name", FILES)
def test_files_of_another_format(saved: Path, name: str, version: int | None):
    key, remedy = FILES[name]
    file = saved / "bert_unsup_ner" / name
    file.write_text(json.dumps({**json.loads(file.read_text()), key: version}))
    where = name if name == "component.json" else name.split("/")[0]
    with pytest.raises(BertUnsupError, match=f"(?s){where}.*{version}.*{remedy}"):
        spacy.load(saved)


@pytest.mark.parametrize("version", [0, 99, None])
def test_bytes_of_another_format(make_toy: MakeNLP, version: int | None):
    ner: Any = make_toy().get_pipe("bert_unsup_ner")
    content = srsly.msgpack_loads(ner.to_bytes())
    content["format_version"] = version
    with pytest.raises(AssetsError, match=f"'bert_unsup_ner' has format {version}"):
        ner.from_bytes(srsly.msgpack_dumps(content))


@pytest.mark.parametrize("content", ["{", "[]", '{"format_version": 1}', '"x"'])
def test_a_damaged_record(saved: Path, content: str):
    (saved / "bert_unsup_ner/component.json").write_text(content)
    with pytest.raises(AssetsError, match=r"component\.json is damaged"):
        spacy.load(saved)


def test_a_pipeline_from_before_there_were_records(make_toy: MakeNLP, tmp_path: Path):
    make_toy().to_disk(tmp_path)
    (tmp_path / "bert_unsup_ner/component.json").unlink()
    assert entities(spacy.load(tmp_path)(TOY_TEXT)) == TOY_ENTS


def test_scores_of_another_format_are_not_read(toy_nlp: spacy.Language):
    doc = toy_nlp(TOY_TEXT)
    doc.spans["bert_unsup"].attrs["bert_unsup"] = 99
    assert [ent._.confidence for ent in doc.ents] == [None] * len(TOY_ENTS)
