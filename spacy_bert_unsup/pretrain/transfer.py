"""Starts a model from a trained one with another vocabulary."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import BertForPreTraining

from ..errors import Errors, ModelError, PretrainError
from ..mlm.storage import WEIGHTS_HEADER, read_weights
from .kept import find_folder
from .model import make_model
from .quiet import no_weight_bars
from .settings import ModelConfig

WORDS = "bert.embeddings.word_embeddings.weight"
POSITIONS = "bert.embeddings.position_embeddings.weight"
BIAS = "cls.predictions.bias"
NEXT_SENTENCE = ("bert.pooler.", "cls.seq_relationship.")
TIED = ("cls.predictions.decoder.weight", "cls.predictions.decoder.bias")

logger = logging.getLogger(__name__)


def transfer_weights(
    model: BertForPreTraining, source: str | Path, vocab: Mapping[str, int]
) -> int:
    """Fill a model with the weights of a trained one.

    Rows and biases of entries that both vocabularies have are copied; a new entry gets
    the mean over the pieces that the old vocabulary splits it into. A longer position
    table repeats the old one, so that near places keep their distances. The rest
    (encoder, both heads) is copied.

    model (BertForPreTraining): Changed in place.
    source (str | Path): Folder with the trained BERT and its WordPiece tokenizer, or
        "starter". Without the parts for next-sentence prediction, those start anew.
    vocab (Mapping[str, int]): Entry -> id of the new model.
    RETURNS (int): How many entries are new.
    RAISES (PretrainError): If the folder has no such model, or its shapes differ.
    """
    old, old_vocab = _load_source(source)
    state = model.state_dict()
    names = [entry for entry, _ in sorted(vocab.items(), key=lambda pair: pair[1])]
    _check_shapes(source, old, state)
    for key in state:
        if key in (WORDS, BIAS):
            state[key] = map_rows(old[key], old_vocab, names)
        elif key == POSITIONS:
            repeats = -(-len(state[key]) // len(old[key]))
            state[key] = old[key].repeat(repeats, 1)[: len(state[key])]
        elif key not in TIED and key in old:
            state[key] = old[key]
    for key in TIED:
        state.pop(key, None)
    model.load_state_dict(state, strict=False)
    model.tie_weights()
    new = sum(name not in old_vocab for name in names)
    logger.info("%d of %d entries start from %s", len(names) - new, len(names), source)
    return new


@torch.no_grad()
def keep_share(
    model: BertForPreTraining, config: ModelConfig, vocab: Mapping[str, int]
) -> BertForPreTraining:
    """Mix a trained model with the one it started from.

    model (BertForPreTraining): Left as it is.
    config (ModelConfig): `keep` is the share of `init`.
    RETURNS (BertForPreTraining): The mean of the weights, on the processor.
    """
    mixed = make_model(config, entries=len(vocab), device="cpu")
    trained = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    mixed.load_state_dict(trained)  # what `init` lacks stays as it was trained
    transfer_weights(mixed, config.init, vocab)
    means = {  # all before the first is written: some share their memory
        name: torch.lerp(trained[name], tensor, config.keep)
        for name, tensor in mixed.state_dict().items()
    }
    mixed.load_state_dict(means)
    return mixed


def _check_shapes(
    source: str | Path, old: Mapping[str, Tensor], state: Mapping[str, Tensor]
) -> None:
    """Refuse what lacks a part; those for next-sentence prediction may be missing."""
    anew = [key for key in state if key.startswith(NEXT_SENTENCE) and key not in old]
    if anew:
        logger.info("%s cannot predict next sentences: that starts anew", source)
    for key in state:
        if key in TIED or key in anew:
            continue
        rows = 1 if key in (WORDS, POSITIONS, BIAS) else 0  # their number may differ
        if key not in old or old[key].shape[rows:] != state[key].shape[rows:]:
            reason = f"its weights have no {key} of {tuple(state[key].shape)}"
            raise PretrainError(Errors.E431.format(path=source, reason=reason))


def _load_source(source: str | Path) -> tuple[dict[str, Tensor], dict[str, int]]:
    try:
        folder = find_folder(source)
        file = folder / "tokenizer.json"
        data = json.loads(file.read_text(encoding="utf-8"))["model"]
        if data.get("type") != "WordPiece":
            raise ValueError("its tokenizer is no WordPiece")
        weights = _read_weights(folder)
    except (OSError, ValueError, KeyError, ModelError) as error:
        raise PretrainError(Errors.E431.format(path=source, reason=error)) from error
    return weights, data["vocab"]


def _read_weights(folder: Path) -> dict[str, Tensor]:
    """What the files hold; transformers fills what they lack with noise."""
    if (folder / WEIGHTS_HEADER).exists():
        return read_weights(folder)
    with no_weight_bars():
        loaded: Any = BertForPreTraining.from_pretrained(
            folder, dtype=torch.float32, output_loading_info=True
        )
    model, info = loaded
    lacking = set(info["missing_keys"]) - set(TIED)
    state = model.state_dict()
    return {name: state[name] for name in state if name not in lacking}


def map_rows(old: Tensor, old_vocab: Mapping[str, int], names: list[str]) -> Tensor:
    """Rows (or biases) of a new vocabulary out of those of an old one.

    old (Tensor): (V_old, ...) by old id.
    names (list[str]): The new entries, by new id.
    RETURNS (Tensor): (V_new, ...).
    """
    rows = []
    for name in names:
        pieces = [name] if name in old_vocab else split_piece(name, old_vocab)
        rows.append(old[[old_vocab[piece] for piece in pieces]].mean(dim=0))
    return torch.stack(rows)


def split_piece(piece: str, vocab: Mapping[str, int]) -> list[str]:
    """Split an entry greedily, longest first, into entries of another vocabulary.

    RETURNS (list[str]): At least one entry; [UNK] if a character is unknown.
    """
    prefix, rest = ("##", piece[2:]) if piece.startswith("##") else ("", piece)
    pieces: list[str] = []
    while rest:
        cuts = range(len(rest), 0, -1)
        cut = next((end for end in cuts if prefix + rest[:end] in vocab), 0)
        if not cut:
            return ["[UNK]"]
        pieces.append(prefix + rest[:cut])
        prefix, rest = "##", rest[cut:]
    return pieces or ["[UNK]"]
