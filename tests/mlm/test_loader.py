from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertForSequenceClassification
from transformers.utils import logging as hf_logging

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm import loader
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import mask_span
from tests import toys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The toy BERT, as transformers saves it."""
    model, tokenizer = toys.toy_bert()
    model.save_pretrained(tmp_path / "toy")
    tokenizer.save_pretrained(tmp_path / "toy")
    return tmp_path / "toy"


def change_weights(folder: Path, *, drop: str) -> None:
    weights = load_file(folder / "model.safetensors")
    kept = {name: w for name, w in weights.items() if drop not in name}
    assert len(kept) < len(weights)
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def test_folder_of_transformers(folder: Path, bert_lm: MaskedLM) -> None:
    lm = MaskedLM.load(folder, device="cpu")
    assert lm.name == "toy"
    assert lm.fingerprint == bert_lm.fingerprint
    ids = lm.tokenize([toys.TEXTS[0]])[0].ids
    query = mask_span(lm, ids, 2, 3)
    np.testing.assert_array_equal(lm.fill([query]).ids, bert_lm.fill([query]).ids)


def test_half_precision_is_widened(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    halves = {name: tensor.half() for name, tensor in weights.items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "dtype": "float16"}))
    lm = MaskedLM.load(folder, device="cpu")
    assert lm.rows().dtype == np.float32
    assert lm.probe.decoder_error < 1e-5


def test_old_bin_file(folder: Path, bert_lm: MaskedLM) -> None:
    weights = load_file(folder / "model.safetensors")
    torch.save(weights, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    assert MaskedLM.load(folder, device="cpu").fingerprint == bert_lm.fingerprint


def test_folder_with_vocab_txt_alone(folder: Path) -> None:
    """A cased vocabulary is not lower-cased, though nothing says so."""
    for file in folder.glob("tokenizer*"):
        file.unlink()
    terms = "\n".join(toys.wordpiece_vocabulary())
    (folder / "vocab.txt").write_text(terms, encoding="utf-8")
    lm = MaskedLM.load(folder, device="cpu")
    pieces = lm.tokenize(["John lives in Paris"])[0]
    assert [lm.terms[i] for i in pieces.ids] == ["John", "lives", "in", "Paris"]
    assert lm.max_length == 48


@pytest.mark.parametrize("part", ["predictions.transform", "predictions.bias"])
def test_missing_head(folder: Path, part: str) -> None:
    change_weights(folder, drop=part)
    with pytest.raises(ModelError, match="E103.*predictions"):
        MaskedLM.load(folder)


def test_classifier_has_no_head(folder: Path, tmp_path: Path) -> None:
    model = BertForSequenceClassification(toys.toy_bert()[0].config)
    model.save_pretrained(folder)
    with pytest.raises(ModelError, match="E103.*bert-base-cased"):
        MaskedLM.load(folder)


def test_missing_encoder_weights(folder: Path) -> None:
    change_weights(folder, drop="layer.1.output")
    with pytest.raises(ModelError, match="E102.*layer.1.output"):
        MaskedLM.load(folder)


def test_architecture_without_mlm(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ModelError, match="E103.*gpt2"):
        MaskedLM.load(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b"{"),
        ("config.json", b'{"model_type": "no-such-thing"}'),
        ("model.safetensors", b"abc"),
        ("tokenizer.json", b"{}"),
    ],
)
def test_corrupt_file(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="E102.*'toy'") as caught:
        MaskedLM.load(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match="E102"):
        MaskedLM.load(folder)


def test_missing_tokenizer(folder: Path) -> None:
    """transformers makes up a tokenizer of five entries."""
    for file in folder.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(ModelError, match="E106"):
        MaskedLM.load(folder)


def test_hub_name_offline() -> None:
    with pytest.raises(
        ModelError, match="E104.*'nobody/nothing'.*hf download"
    ) as caught:
        MaskedLM.load("nobody/nothing")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", Path("nowhere")])
def test_folder_that_is_not_there(name: str | Path) -> None:
    with pytest.raises(ModelError, match="E101.*nowhere"):
        MaskedLM.load(name)


def test_starter_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "files", lambda package: tmp_path)
    with pytest.raises(ModelError, match="E117"):
        MaskedLM.load("starter")


def test_starter_is_a_folder_of_the_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(folder, folder.with_name("starter"))
    monkeypatch.setattr(loader, "files", lambda package: folder.parent)
    assert MaskedLM.load("starter").name == "starter"


def test_transformers_talks_again_afterwards(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    verbosity = hf_logging.get_verbosity()
    MaskedLM.load(folder)
    assert capfd.readouterr() == ("", "")
    assert hf_logging.get_verbosity() == verbosity
    assert hf_logging.is_progress_bar_enabled()


def test_next_sentence_is_noticed_and_kept(folder: Path, tmp_path: Path) -> None:
    assert not MaskedLM.load(folder).next_sentence
    weights = load_file(folder / "model.safetensors")
    weights["cls.seq_relationship.weight"] = torch.zeros(2, 16)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    lm = MaskedLM.load(folder)
    assert lm.next_sentence
    lm.save(tmp_path / "again", storage="int8")
    assert MaskedLM.load(tmp_path / "again").next_sentence
