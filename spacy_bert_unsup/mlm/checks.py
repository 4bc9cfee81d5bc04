"""Does a tokenizer fit its model, and a query the model? If not: what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import Errors, ModelError
from ..types import Query

# A tokenizer without files gets a vocabulary of its special tokens alone, silently.
_MIN_SHARE = 0.5
_ROLES = {
    "mask": ["mask"],
    "cls": ["cls", "bos"],
    "sep": ["sep", "eos"],
    "pad": ["pad"],
    "unk": ["unk", "mask"],
}
_NO_LIMIT = 1_000_000
_DEFAULT_LENGTH = 512


class SpecialIds(NamedTuple):
    """Ids of the tokens that frame and fill a sequence."""

    mask: int
    cls: int
    sep: int
    pad: int
    unk: int


def find_special_ids(tokenizer: PreTrainedTokenizerBase, *, name: str) -> SpecialIds:
    """Look up the special tokens, whatever the model family calls them.

    tokenizer (PreTrainedTokenizerBase): the tokenizer.
    name (str): the model, for the message.
    RETURNS (SpecialIds): their ids; a vocabulary without an unknown token (byte-level
        BPE needs none) uses its mask in that place.
    RAISES (ModelError): when the tokenizer has no fast backend or lacks one.
    """
    if not getattr(tokenizer, "is_fast", False):
        reason = "it is not a fast tokenizer"
        raise ModelError(Errors.E105.format(name=name, reason=reason))
    found: dict[str, int] = {}
    for role, names in _ROLES.items():
        ids = [getattr(tokenizer, f"{spelling}_token_id") for spelling in names]
        known = [i for i in ids if i is not None]
        if not known:
            reason = f"it has no {role} token"
            raise ModelError(Errors.E105.format(name=name, reason=reason))
        found[role] = known[0]
    return SpecialIds(**found)


def check_vocabulary(
    tokenizer: PreTrainedTokenizerBase, *, name: str, n_rows: int
) -> None:
    """Refuse a tokenizer that names rows the model lacks, or hardly any.

    tokenizer (PreTrainedTokenizerBase): the tokenizer.
    name (str): the model, for the message.
    n_rows (int): rows of the model's output embedding.
    RAISES (ModelError): when they do not belong together.
    """
    ids = tokenizer.get_vocab().values()
    if max(ids) >= n_rows or len(ids) < n_rows * _MIN_SHARE:
        n_terms = max(max(ids) + 1, len(ids))
        message = Errors.E106.format(name=name, n_terms=n_terms, n_rows=n_rows)
        raise ModelError(message)


def find_length_limit(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> int:
    """Find how many pieces a sequence may have.

    RoBERTa-like models count positions from behind the padding's, so two of their
    positions are never used.

    model (PreTrainedModel): the model.
    tokenizer (PreTrainedTokenizerBase): its tokenizer.
    RETURNS (int): pieces, special tokens included.
    """
    limit = getattr(model.config, "max_position_embeddings", None) or _DEFAULT_LENGTH
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            unused = 0 if module.padding_idx is None else module.padding_idx + 1
            limit = min(limit, module.num_embeddings - unused)
    stated = tokenizer.model_max_length
    return min(limit, int(stated)) if stated < _NO_LIMIT else limit


def check_layers(layers: Sequence[int], *, n_layers: int) -> None:
    """Refuse layers that the encoder has not.

    layers (Sequence[int]): layers; 0 is the embedding, -1 the last layer.
    n_layers (int): layers of the encoder, the embedding not counted.
    RAISES (ModelError): naming the first that is not there.
    """
    for layer in layers:
        if not -n_layers - 1 <= layer <= n_layers:
            raise ModelError(Errors.E118.format(layer=layer, last=n_layers))


def check_queries(queries: Sequence[Query], *, name: str, limit: int) -> None:
    """Refuse queries that the model cannot answer.

    queries (Sequence[Query]): the queries.
    name (str): the model, for the message.
    limit (int): pieces of the longest sequence it reads.
    RAISES (ModelError): naming the first bad query.
    """
    for number, query in enumerate(queries):
        length, places = len(query.ids), query.positions
        if length > limit:
            raise ModelError(Errors.E108.format(length=length, limit=limit, name=name))
        if not len(places) or places.min() < 0 or places.max() >= length:
            message = Errors.E109.format(
                number=number, positions=places.tolist(), length=length, last=length - 1
            )
            raise ModelError(message)
