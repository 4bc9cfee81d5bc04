"""An untrained encoder of any shape around the entries that a model has learned.

From nothing, an hour of a processor goes into the entries of the vocabulary, and
encoders cannot be told apart before. So every trial of `benchmarks/trials.py` is given
those of the starter, brought to its own width.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from torch import Tensor

from spacy_bert_unsup.mlm.storage import read_weights
from spacy_bert_unsup.pretrain.kept import find_folder
from spacy_bert_unsup.pretrain.model import make_model
from spacy_bert_unsup.pretrain.quiet import no_weight_bars
from spacy_bert_unsup.pretrain.settings import ModelConfig
from spacy_bert_unsup.pretrain.transfer import BIAS, POSITIONS, WORDS

TABLES = (WORDS, POSITIONS, "bert.embeddings.token_type_embeddings.weight")
FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt")


def write_start(config: ModelConfig, folder: Path, *, seed: int = 0) -> None:
    """Write a model whose tables are the starter's and whose encoder is untrained.

    config (ModelConfig): Its shape.
    folder (Path): Where to; made.
    seed (int): Of the encoder's first weights.
    """
    starter = find_folder("starter")
    old = read_weights(starter)
    torch.manual_seed(seed)
    model = make_model(config, entries=len(old[WORDS]), device="cpu")
    axes = main_axes(old[WORDS])
    tables = {name: resize(old[name] @ axes, config.hidden) for name in TABLES}
    tables[POSITIONS] = tables[POSITIONS][: config.positions]
    found = model.load_state_dict({**tables, BIAS: old[BIAS]}, strict=False)
    assert not found.unexpected_keys, found.unexpected_keys
    model.tie_weights()
    with no_weight_bars():
        model.save_pretrained(folder)
    for name in FILES:
        if (starter / name).exists():
            shutil.copy(starter / name, folder / name)


def main_axes(table: Tensor) -> Tensor:
    """RETURNS (Tensor): (H, H) a rotation; what varies most comes first."""
    return torch.linalg.svd(table.T @ table)[0]


def resize(table: Tensor, width: int) -> Tensor:
    """Leave out the last columns, or add some of small noise.

    table (Tensor): (N, H).
    RETURNS (Tensor): (N, width).
    """
    more = max(0, width - table.shape[1])
    noise = 0.02 * torch.randn(len(table), more)  # as BERT's first weights
    return torch.cat([table, noise], dim=1)[:, :width]
