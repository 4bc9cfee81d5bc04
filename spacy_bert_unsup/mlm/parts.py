"""A transformers model with its tokenizer, and what types do not say about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..types import Floats


@dataclass(frozen=True, slots=True)
class Parts:
    """A model with its tokenizer, read and checked.

    model (PreTrainedModel): the MLM model, float32, in eval mode.
    tokenizer (PreTrainedTokenizerBase): its tokenizer.
    next_sentence (bool): whether it was pretrained on sentence pairs too.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    next_sentence: bool


def find_decoder(model: PreTrainedModel) -> nn.Linear:
    """Find the layer that scores the vocabulary.

    model (PreTrainedModel): a model with an MLM head.
    RETURNS (nn.Linear): the decoder; its rows are the vocabulary vectors, its bias may
        be None.
    """
    return cast(nn.Linear, model.get_output_embeddings())


def find_backend(tokenizer: PreTrainedTokenizerBase) -> Tokenizer:
    """Find the tokenizer of the tokenizers library inside a fast tokenizer.

    tokenizer (PreTrainedTokenizerBase): a fast tokenizer.
    RETURNS (Tokenizer): its backend.
    """
    return cast(Tokenizer, tokenizer.backend_tokenizer)


def view_read_only(tensor: Tensor) -> Floats:
    """Look at a parameter as an array.

    tensor (Tensor): a float32 parameter.
    RETURNS (Floats): an array over its memory (a copy if it is on a GPU).
    """
    array = tensor.detach().cpu().numpy()
    array.flags.writeable = False
    return array
