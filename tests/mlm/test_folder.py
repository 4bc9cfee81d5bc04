from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoModelForMaskedLM, AutoTokenizer

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.folder import find_lossless_storage
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import mask_span
from tests import toys
from tests.toys import make_lm

STORAGES = ["float32", "float16", "int8"]
CLOSE = [("float32", 1e-6), ("float16", 0.05), ("int8", 1)]


def assert_same(one: MaskedLM, other: MaskedLM, *, atol: float) -> None:
    assert one.terms == other.terms
    assert one.surface() == other.surface()
    assert one.max_length == other.max_length
    pieces, again = one.tokenize(toys.TEXTS), other.tokenize(toys.TEXTS)
    for left, right in zip(pieces, again, strict=True):
        np.testing.assert_array_equal(left.ids, right.ids)
    query = mask_span(one, pieces[0].ids, 2, 4)
    vectors = one.head_vectors([query]), other.head_vectors([query])
    np.testing.assert_allclose(*vectors, atol=atol)


@pytest.mark.parametrize(("storage", "atol"), CLOSE)
def test_round_trip(
    toy_lm: MaskedLM, storage: str, atol: float, tmp_path: Path
) -> None:
    toy_lm.save(tmp_path / "one", storage=storage)
    loaded = MaskedLM.load(tmp_path / "one", device="cpu", dtype="float32")
    assert_same(toy_lm, loaded, atol=atol)
    assert (loaded.fingerprint == toy_lm.fingerprint) == (storage == "float32")
    assert find_lossless_storage(loaded._parts.model) == storage


@pytest.mark.parametrize("storage", STORAGES)
def test_saving_again_loses_nothing(
    toy_lm: MaskedLM, storage: str, tmp_path: Path
) -> None:
    toy_lm.save(tmp_path / "one", storage=storage)
    loaded = MaskedLM.load(tmp_path / "one")
    loaded.save(tmp_path / "two")
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert names == sorted(file.name for file in (tmp_path / "two").iterdir())
    assert MaskedLM.load(tmp_path / "two") is loaded


def test_untied_model(tmp_path: Path) -> None:
    model, tokenizer = toys.toy_untied_bert()
    lm = MaskedLM.from_parts(model, tokenizer, name="untied")
    rows = model.get_output_embeddings().weight.detach().numpy()
    np.testing.assert_array_equal(lm.rows(), rows)
    assert not np.array_equal(rows, model.get_input_embeddings().weight.detach())
    lm.save(tmp_path / "one", storage="float32")
    assert MaskedLM.load(tmp_path / "one").fingerprint == lm.fingerprint


@pytest.mark.parametrize("storage", ["float32", "float16"])
def test_transformers_reads_float_folders(storage: str, tmp_path: Path) -> None:
    make_lm("roberta").save(tmp_path / "one", storage=storage)
    model = AutoModelForMaskedLM.from_pretrained(tmp_path / "one")
    assert str(model.dtype) == f"torch.{storage}"
    assert AutoTokenizer.from_pretrained(tmp_path / "one").mask_token == "<mask>"


def test_no_part_of_an_earlier_save_stays(bert_lm: MaskedLM, tmp_path: Path) -> None:
    assets = {"seed_labels.jsonl", "entity_vectors.safetensors"}
    for name in assets:
        (tmp_path / name).write_text("mine")
    for storage in ("float16", "int8", "float32"):
        bert_lm.save(tmp_path, storage=storage)
        files = {file.name for file in tmp_path.iterdir()}
        is_int8 = storage == "int8"
        assert ("weights.json" in files) == is_int8
        assert ("model.safetensors" in files) == (not is_int8)
        assert assets <= files
    assert MaskedLM.load(tmp_path).fingerprint == bert_lm.fingerprint


def test_vocab_txt_is_written_for_wordpiece(bert_lm: MaskedLM, tmp_path: Path) -> None:
    bert_lm.save(tmp_path / "one")
    lines = (tmp_path / "one" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    assert lines == bert_lm.terms[:-3]
    make_lm("albert").save(tmp_path / "two")
    assert not (tmp_path / "two" / "vocab.txt").exists()


def test_unknown_storage(bert_lm: MaskedLM, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="E110.*int8"):
        bert_lm.save(tmp_path / "one", storage="int4")
    assert not list(tmp_path.iterdir())


def test_bytes_round_trip(toy_lm: MaskedLM) -> None:
    content = toy_lm.to_bytes()
    loaded = MaskedLM.from_bytes(content, name="again", device="cpu", dtype="float32")
    assert loaded.fingerprint == toy_lm.fingerprint
    assert_same(toy_lm, loaded, atol=1e-6)
    assert loaded.to_bytes() == content


def test_pickle_shares_the_copy_in_memory(bert_lm: MaskedLM) -> None:
    content = pickle.dumps(bert_lm)
    one, other = pickle.loads(content), pickle.loads(content)
    assert one is other
    assert one.name == "bert"
    assert one.fingerprint == bert_lm.fingerprint


@pytest.mark.parametrize("content", [b"", b"abc", b"PK\x05\x06" + 18 * b"\0"])
def test_bytes_that_are_no_model(content: bytes) -> None:
    with pytest.raises(ModelError, match="E1(15|02)"):
        MaskedLM.from_bytes(content, name="wrong")


def test_bytes_cannot_write_elsewhere() -> None:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../config.json", "{}")
    with pytest.raises(ModelError, match="E115.*unexpected"):
        MaskedLM.from_bytes(buffer.getvalue(), name="wrong")
