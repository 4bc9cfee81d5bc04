"""Running text to word pieces, with special tokens read as ordinary text."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerBase

from ..types import Pieces
from .align import trim_pieces
from .parts import find_backend

# Put before the special entries of the splitter's vocabulary: a character that is in no
# text, so that they match nothing.
_HIDDEN = "\ufdd0"


def make_splitter(tokenizer: PreTrainedTokenizerBase) -> Tokenizer:
    """Copy a tokenizer's backend without its special tokens.

    A text with "[MASK]" in it must not be read as a mask. The copy never truncates nor
    pads, so that threads may share it.

    tokenizer (PreTrainedTokenizerBase): a tokenizer with a fast backend.
    RETURNS (Tokenizer): cuts running text into the same pieces, adds nothing.
    """
    spec = json.loads(find_backend(tokenizer).to_str())
    special = {token["content"] for token in spec["added_tokens"] if token["special"]}
    special |= set(tokenizer.all_special_tokens)
    spec["added_tokens"] = [t for t in spec["added_tokens"] if not t["special"]]
    spec["post_processor"] = spec["truncation"] = spec["padding"] = None
    model = spec["model"]
    if isinstance(model["vocab"], list):  # unigram: pairs of entry and log probability
        model["vocab"] = [
            [_HIDDEN + term if term in special else term, score]
            for term, score in model["vocab"]
        ]
    else:
        special.discard(model.get("unk_token") or "")
        model["vocab"] = {
            _HIDDEN + term if term in special else term: i
            for term, i in model["vocab"].items()
        }
    return Tokenizer.from_str(json.dumps(spec))


def split_texts(splitter: Tokenizer, texts: Sequence[str]) -> list[Pieces]:
    """Cut texts into pieces with the characters that each covers.

    splitter (Tokenizer): as `make_splitter` gives it.
    texts (Sequence[str]): running texts of any length.
    RETURNS (list[Pieces]): the pieces of each text, white space trimmed off.
    """
    split = []
    for text, cut in zip(texts, splitter.encode_batch(list(texts)), strict=True):
        bounds = np.asarray(cut.offsets, dtype=np.int32).reshape(-1, 2)
        ids = np.asarray(cut.ids, dtype=np.int32)
        split.append(trim_pieces(Pieces(ids, bounds[:, 0], bounds[:, 1]), text))
    return split
