"""What the entries of a model's vocabulary are, whatever kind of tokenizer spells them.

WordPiece marks the pieces that continue a word ("##itis"); byte-level BPE and unigram
mark those that start one ("Ġthe", "▁the"), and byte-level BPE writes bytes as letters.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np
from transformers import PreTrainedTokenizerBase

from ..types import Bools
from .parts import find_backend

_UNUSED = re.compile(r"[\[<]?(unused|madeupword)[ _-]?\d+[\]>]?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The V entries of a vocabulary, in the order of their ids.

    terms (list[str]): (V,) as the tokenizer spells them; "" where it has none.
    surface (list[str]): (V,) without markers; "" for special and unused entries and for
        single bytes of a longer character.
    is_continuation (Bools): (V,) True for entries that go on with a word.
    special_ids (frozenset[int]): entries with a role of their own ([CLS], [PAD], ...).
    """

    terms: list[str]
    surface: list[str]
    is_continuation: Bools
    special_ids: frozenset[int]


def read_vocabulary(tokenizer: PreTrainedTokenizerBase, n_terms: int) -> Vocabulary:
    """Read the entries that a tokenizer and the rows of a model have in common.

    tokenizer (PreTrainedTokenizerBase): a tokenizer with a fast backend.
    n_terms (int): V, the number of rows of the model's output embedding.
    RETURNS (Vocabulary): the entries; rows beyond the tokenizer's have no name.
    """
    terms = [""] * n_terms
    for term, i in tokenizer.get_vocab().items():
        if i < n_terms:
            terms[i] = term
    spec = json.loads(find_backend(tokenizer).to_str())
    added = {token["id"] for token in spec["added_tokens"]}
    special = {token["id"] for token in spec["added_tokens"] if token["special"]}
    special = special.union(tokenizer.all_special_ids)
    style = _find_style(spec)
    surface, continues = [], np.zeros(n_terms, dtype=np.bool_)
    for i, term in enumerate(terms):
        if not term or i in special or _UNUSED.fullmatch(term):
            surface.append("")
        elif i in added:
            surface.append(term.strip())
        else:
            text, continues[i] = style.read(term)
            surface.append(text)
    return Vocabulary(terms, surface, continues, frozenset(special))


@dataclass(frozen=True, slots=True)
class _Style:
    """How a vocabulary marks the place of an entry within a word."""

    continues: str = ""  # before an entry that goes on with a word
    starts: str = ""  # before an entry that starts a word
    closes: str = ""  # after an entry that ends a word
    is_bytes: bool = False

    def read(self, term: str) -> tuple[str, bool]:
        """The entry without its marker, and whether it continues a word."""
        if self.continues and term.startswith(self.continues):
            return term[len(self.continues) :] or term, term != self.continues
        if self.starts and term.startswith(self.starts):
            return self._decode(term).lstrip(self.starts + " "), False
        if self.closes:
            return term.removesuffix(self.closes), not term.endswith(self.closes)
        return self._decode(term), bool(self.starts)

    def _decode(self, term: str) -> str:
        if not self.is_bytes:
            return term
        try:
            return bytes(_BYTE_OF[letter] for letter in term).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            return ""


def _find_style(spec: dict) -> _Style:
    """Recognise the markers from the tokenizer's own description."""
    model = spec["model"]
    if model["type"] == "WordPiece":
        return _Style(continues=model["continuing_subword_prefix"])
    steps = json.dumps([spec["pre_tokenizer"], spec["decoder"], spec["normalizer"]])
    if '"ByteLevel"' in steps:
        return _Style(starts="Ġ", is_bytes=True)
    if "▁" in steps or "\\u2581" in steps:
        return _Style(starts="▁")
    if model.get("end_of_word_suffix"):
        return _Style(closes=model["end_of_word_suffix"])
    return _Style(continues=model.get("continuing_subword_prefix") or "")


def _byte_letters() -> dict[str, int]:
    """The letters that byte-level BPE writes for bytes (Radford et al. 2019).

    Printable Latin-1 characters stand for themselves, the others for the letters from
    U+0100 on, in order.
    """
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {chr(byte): byte for byte in shown}
    letters.update({chr(256 + i): byte for i, byte in enumerate(hidden)})
    return letters


_BYTE_OF = _byte_letters()
