"""A text read word by word, as a recurrent network would (spec 7.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..mlm.text import TokenizedText
from ..types import Floats
from .settings import TextVectors
from .states import MAX_BATCH_PIECES
from .texts import text_vectors

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


def prefix_vectors(
    lm: MaskedLM,
    text: TokenizedText,
    settings: TextVectors | None = None,
    *,
    max_batch_pieces: int = MAX_BATCH_PIECES,
) -> Floats:
    """Give each beginning of a text its vector: 1 word, 2 words, ... all words.

    Nothing is carried over from one to the next: each is a text of its own.

    lm (MaskedLM): The model.
    text (TokenizedText): T words.
    settings (Optional[TextVectors]): Which vectors.
    max_batch_pieces (int): Bound on rows x length of one forward pass.
    RETURNS (Floats): (T, D) for kind "head", else (T, H).
    """
    first = int(text.starts[0]) if len(text) else 0
    prefixes = [text.text[first:end] for end in text.ends.tolist()]
    return text_vectors(lm, prefixes, settings, max_batch_pieces=max_batch_pieces)
