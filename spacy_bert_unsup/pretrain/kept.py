"""Keeps the vocabulary of a trained model, so that it can be trained on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer

from ..errors import Errors, InputError
from .vocabulary import SPECIALS, count_words, make_tokenizer


def keep_vocabulary(
    paragraphs: Iterable[str], folder: str | Path
) -> tuple[Tokenizer, Counter[str]]:
    """Take a vocabulary as it is, instead of training one.

    With `model.init`, a model goes on with its own entries on other text
    (domain-adaptive pretraining, Gururangan et al. 2020), and labels of its
    vocabulary stay what they are.

    paragraphs (Iterable[str]): The training text; read once, to count words.
    folder (str | Path): Holds the tokenizer.json of a WordPiece model.
    RETURNS (tuple[Tokenizer, Counter[str]]): The tokenizer, and how often each word
        occurs.
    RAISES (InputError): If there is none, or one without BERT's special entries.
    """
    path = Path(folder) / "tokenizer.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        vocab = dict(found["model"]["vocab"])
        kind = found["model"].get("type")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(Errors.E425.format(path=path, reason=error)) from error
    if kind != "WordPiece":
        raise InputError(Errors.E425.format(path=path, reason=f"it is a {kind}"))
    if lacking := [entry for entry in SPECIALS if entry not in vocab]:
        reason = f"it lacks {', '.join(lacking)}"
        raise InputError(Errors.E425.format(path=path, reason=reason))
    lowercase = bool((found.get("normalizer") or {}).get("lowercase"))
    tokenizer = make_tokenizer(vocab, lowercase=lowercase)
    words: Counter[str] = Counter()
    for _ in count_words(paragraphs, words, lowercase):
        pass
    return tokenizer, words


def folds_case(tokenizer: Tokenizer) -> bool:
    """RETURNS (bool): Whether it reads text in lower case."""
    return bool(json.loads(tokenizer.to_str())["normalizer"]["lowercase"])
