"""A tiny corpus, prepared once; its sentences are made up."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from spacy_bert_unsup.pretrain.config import load_config
from spacy_bert_unsup.pretrain.data import PieceStore
from spacy_bert_unsup.pretrain.prepare import prepare_corpus
from spacy_bert_unsup.pretrain.settings import PretrainConfig

DATA = Path(__file__).parent / "data"
TINY = Path(__file__).parents[2] / "configs" / "pretrain_tiny.cfg"


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Several test processes share the machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def overrides(tmp_path_factory) -> dict[str, str]:
    """Settings that make the tiny config run in a test."""
    return {
        "corpus.folder": str(DATA),
        "corpus.prepared": str(tmp_path_factory.mktemp("pretrain") / "prepared"),
        "training.batch_tokens": "128",
        "training.log_steps": "2",
        "training.warmup_steps": "2",
        "training.decay_share": "0",
        "training.steps": "4",
        "training.valid_tokens": "64",
        "model.hidden": "16",
        "model.layers": "1",
    }


@pytest.fixture(scope="session")
def config(overrides) -> PretrainConfig:
    return load_config(TINY, overrides)


@pytest.fixture(scope="session")
def prepared(config) -> Path:
    return prepare_corpus(config)


@pytest.fixture(scope="session")
def store(prepared) -> PieceStore:
    return PieceStore(prepared, "train")
