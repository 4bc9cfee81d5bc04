"""Keeps the vocabulary of a trained model, so that it can be trained on."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer

from ..errors import Errors, InputError
from ..mlm.loader import STARTER, find_source
from .vocabulary import SPECIALS, count_words, make_tokenizer


def keep_vocabulary(
    paragraphs: Iterable[str], folder: str | Path
) -> tuple[Tokenizer, Counter[str]]:
    """Take a vocabulary as it is, instead of training one.

    With `model.init`, a model goes on with its own entries on other text
    (domain-adaptive pretraining, Gururangan et al. 2020), and labels of its
    vocabulary stay what they are.

    paragraphs (Iterable[str]): The training text; read once, to count words.
    folder (str | Path): Holds the tokenizer.json of a WordPiece model; or "starter".
    RETURNS (tuple[Tokenizer, Counter[str]]): The tokenizer, and how often each word
        occurs.
    RAISES (InputError): If there is none, one without BERT's special entries, or one
        that changes the text in another way than BERT's do.
    """
    path = find_folder(folder) / "tokenizer.json"
    try:
        found = json.loads(Tokenizer.from_file(str(path)).to_str())
    except Exception as error:  # tokenizers raises nothing narrower
        raise InputError(Errors.E425.format(path=path, reason=error)) from error
    kind, vocab = found["model"]["type"], found["model"]["vocab"]
    if kind != "WordPiece":
        raise InputError(Errors.E425.format(path=path, reason=f"it is a {kind}"))
    if lacking := [entry for entry in SPECIALS if entry not in vocab]:
        reason = f"it lacks {', '.join(lacking)}"
        raise InputError(Errors.E425.format(path=path, reason=reason))
    normalizer = found["normalizer"] or {}
    lowercase = bool(normalizer.get("lowercase"))
    if normalizer.get("strip_accents") is None:
        normalizer["strip_accents"] = lowercase
    tokenizer = make_tokenizer(vocab, lowercase=lowercase)
    if normalizer != json.loads(tokenizer.to_str())["normalizer"]:
        reason = f"its normalizer is not BERT's: {json.dumps(found['normalizer'])}"
        raise InputError(Errors.E425.format(path=path, reason=reason))
    words: Counter[str] = Counter()
    for _ in count_words(paragraphs, words, lowercase):
        pass
    return tokenizer, words


def find_folder(model: str | Path) -> Path:
    """RETURNS (Path): A model's folder; that of the package for "starter"."""
    return Path(find_source(STARTER).place) if model == STARTER else Path(model)


def hash_tokenizer(folder: str | Path) -> str:
    """RETURNS (str): Changes with the tokenizer.json of a folder.

    RAISES (InputError): If there is none.
    """
    path = find_folder(folder) / "tokenizer.json"
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(Errors.E425.format(path=path, reason=error)) from error


def folds_case(tokenizer: Tokenizer) -> bool:
    """RETURNS (bool): Whether it reads text in lower case."""
    return bool(json.loads(tokenizer.to_str())["normalizer"]["lowercase"])
