"""Texts whose tokens stand between white space."""

from __future__ import annotations

import re

import numpy as np

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.text import EncodedText, TokenizedText, encode_texts


def tokenize_words(text: str) -> TokenizedText:
    """Find the words and where they stand."""
    found = [match.span() for match in re.finditer(r"\S+", text)]
    bounds = np.array(found, np.int32).reshape(-1, 2)
    return TokenizedText(text, bounds[:, 0], bounds[:, 1])


def encode_words(lm: MaskedLM, *texts: str, window: int = 40) -> list[EncodedText]:
    """Read texts as a model does."""
    tokens = [tokenize_words(text) for text in texts]
    return encode_texts(lm, tokens, window=window, overlap=window // 4)
