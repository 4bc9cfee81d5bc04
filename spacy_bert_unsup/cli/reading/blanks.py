"""A text with `[MASK]` in it, cut into words and pieces for the commands that read it.

Words are spaCy's tokens, as in a pipeline; each `[MASK]` is one word and one piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Errors, InputError, Warnings
from ...mlm.align import align_tokens, plan_windows
from ...mlm.text import EncodedText, TokenizedText
from ...types import Ints, Pieces
from ..messages import warn
from ..texts import repair_surrogates

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM

MASK = "[MASK]"
OVERLAP = 32
_MASK = re.compile(re.escape(MASK))


def read_text_with_blanks(lm: MaskedLM, text: str) -> tuple[EncodedText, list[str]]:
    """Cut a text into words and pieces, with the model's mask for each `[MASK]`.

    lm (MaskedLM): The model.
    text (str): The text; what is no character in it is replaced.
    RETURNS (tuple[EncodedText, list[str]]): The text, and a note if it is too long to
        be read at once; the note is given on stderr, too.
    RAISES (InputError): if there is nothing in the text to read.
    """
    text = repair_surrogates(text)
    bounds = np.array(_word_bounds(text), np.int32).reshape(-1, 2)
    tokens = TokenizedText(text, bounds[:, 0], bounds[:, 1])
    pieces = _cut_pieces(lm, text)
    if not len(pieces):
        raise InputError(Errors.E570)
    size = lm.max_length - 2
    windows = plan_windows(len(pieces), size=size, overlap=min(OVERLAP, size // 2))
    cover = align_tokens(pieces, tokens.starts, tokens.ends)
    encoded = EncodedText(tokens, tokens.words(), pieces, cover, windows)
    if len(windows) == 1:
        return encoded, []
    note = Warnings.W570.format(pieces=len(pieces), size=size, windows=len(windows))
    warn(note)
    return encoded, [note]


def find_blanks(text: EncodedText) -> list[int]:
    """Which words of a text are blanks.

    text (EncodedText): As `read_text_with_blanks` gives it.
    RETURNS (list[int]): Word indices.
    """
    return [i for i, word in enumerate(text.words) if word == MASK]


def _parts(text: str) -> Iterator[tuple[int, int, bool]]:
    """First character, one past the last, and whether it is a blank, of each part."""
    done = 0
    for found in _MASK.finditer(text):
        yield done, found.start(), False
        yield found.start(), found.end(), True
        done = found.end()
    yield done, len(text), False


def make_token_splitter() -> Callable[[str], TokenizedText]:
    """Something that cuts texts into spaCy's tokens, those of white space left out.

    RETURNS (Callable[[str], TokenizedText]): It remembers words; make a new one from
        time to time.
    """
    import spacy

    tokenizer = spacy.blank("en").tokenizer

    def split(text: str) -> TokenizedText:
        tokens = [token for token in tokenizer(text) if not token.is_space]
        bounds = [(token.idx, token.idx + len(token)) for token in tokens]
        starts, ends = np.array(bounds, np.int32).reshape(-1, 2).T
        return TokenizedText(text, starts, ends)

    return split


@cache
def _splitter() -> Callable[[str], TokenizedText]:
    return make_token_splitter()


def _word_bounds(text: str) -> list[tuple[int, int]]:
    """First character and one past the last of each word."""
    split = _splitter()
    bounds: list[tuple[int, int]] = []
    for start, end, is_blank in _parts(text):
        if is_blank:
            bounds.append((start, end))
            continue
        part = split(text[start:end])
        pairs = zip(part.starts.tolist(), part.ends.tolist(), strict=True)
        bounds += [(start + first, start + last) for first, last in pairs]
    return bounds


def _cut_pieces(lm: MaskedLM, text: str) -> Pieces:
    """Pieces of the running text around the blanks, and one for each blank."""
    ids: list[Ints] = []
    bounds: list[Ints] = []
    for start, end, is_blank in _parts(text):
        if is_blank:
            ids.append(np.array([lm.mask_id], np.int32))
            bounds.append(np.array([[start], [end]], np.int32))
            continue
        # A space before the mask belongs to no piece: models were trained so.
        part = text[start:end] if end == len(text) else text[start:end].rstrip()
        if part.strip():
            pieces = lm.tokenize([part])[0]
            ids.append(pieces.ids)
            bounds.append(np.stack([pieces.starts, pieces.ends]) + np.int32(start))
    starts, ends = np.concatenate(bounds or [np.zeros((2, 0), np.int32)], axis=1)
    return Pieces(np.concatenate(ids or [np.zeros(0, np.int32)]), starts, ends)
