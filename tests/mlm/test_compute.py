from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
import torch

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm import compute
from spacy_bert_unsup.mlm.compute import choose_device, choose_dtype


def test_unknown_device() -> None:
    with pytest.raises(ModelError, match="E113.*'abacus'"):
        choose_device("abacus")


@pytest.mark.skipif(torch.cuda.is_available(), reason="has a GPU")
def test_device_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="E113.*'cuda:7'"):
        choose_device("cuda:7")


def test_auto_device_follows_thinc(monkeypatch: pytest.MonkeyPatch) -> None:
    thinc_util = SimpleNamespace(get_torch_default_device=lambda: torch.device("meta"))
    monkeypatch.setitem(sys.modules, "thinc.util", thinc_util)
    assert choose_device("auto") == "meta"


def test_auto_device_without_thinc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "thinc.util", raising=False)
    wanted = "cuda:0" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto") == wanted


@pytest.mark.parametrize(
    ("fast", "width", "wanted"),
    [(True, 768, "bfloat16"), (True, 64, "float32"), (False, 768, "float32")],
)
def test_auto_dtype(
    monkeypatch: pytest.MonkeyPatch, fast: bool, width: int, wanted: str
) -> None:
    monkeypatch.setattr(compute, "has_fast_bf16", lambda device: fast)
    assert choose_dtype("auto", device="cpu", width=width) == wanted


def test_stated_dtype_wins() -> None:
    assert choose_dtype("bfloat16", device="cpu", width=8) == "bfloat16"
    with pytest.raises(ModelError, match="E114.*float32"):
        choose_dtype("float16", device="cpu", width=8)


def test_fast_bf16_asks_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False, raising=False)
    assert not compute.has_fast_bf16("cpu")
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True)
    assert compute.has_fast_bf16("cpu")
    assert not compute.has_fast_bf16("mps")
