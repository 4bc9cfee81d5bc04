from __future__ import annotations

import copy
import gc
import os
import shutil
import weakref
from pathlib import Path

import pytest
import torch

from spacy_bert_unsup.mlm.model import MaskedLM
from tests import toys


@pytest.fixture
def folder(tmp_path: Path, bert_lm: MaskedLM) -> Path:
    bert_lm.save(tmp_path / "toy")
    return tmp_path / "toy"


def test_two_loads_share_one_copy(folder: Path) -> None:
    assert MaskedLM.load(folder) is MaskedLM.load(str(folder))


def test_copies_of_a_folder_share_one_copy(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name("other"))
    lm = MaskedLM.load(folder)
    assert MaskedLM.load(folder.with_name("other")) is lm


def test_other_precision_is_another_copy(folder: Path) -> None:
    lm = MaskedLM.load(folder, dtype="float32")
    assert MaskedLM.load(folder, dtype="bfloat16") is not lm


def test_changed_folder_is_read_again(folder: Path, bert_lm: MaskedLM) -> None:
    lm = MaskedLM.load(folder)
    bert_lm.save(folder, storage="int8")
    assert MaskedLM.load(folder).fingerprint != lm.fingerprint


def test_same_vocabulary_with_another_encoder(folder: Path, tmp_path: Path) -> None:
    model, tokenizer = toys.toy_bert()
    trained = copy.deepcopy(model)
    with torch.no_grad():
        trained.bert.encoder.layer[0].output.dense.weight += 0.1
    other = MaskedLM.from_parts(trained, tokenizer, name="trained")
    other.save(tmp_path / "trained")
    first, second = MaskedLM.load(folder), MaskedLM.load(tmp_path / "trained")
    assert first.fingerprint == second.fingerprint
    assert first is not second


def test_model_is_freed_with_its_last_user(folder: Path) -> None:
    lm = MaskedLM.load(folder)
    watch = weakref.ref(lm)
    del lm
    gc.collect()
    assert watch() is None
    assert MaskedLM.load(folder).max_length == 48


def test_touched_folder_gives_the_same_copy(folder: Path) -> None:
    """Read again, found equal."""
    lm = MaskedLM.load(folder)
    os.utime(folder / "config.json", (1, 1))
    assert MaskedLM.load(folder) is lm
