"""A tokenised text, and spans of it that somebody labelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..types import TokenSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab


class LabelledSpan(NamedTuple):
    """Tokens `start` up to, not including, `end`, and what they are."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class GoldText:
    """A tokenised text and what people labelled in it.

    words (tuple[str, ...]): T tokens.
    spans (tuple[LabelledSpan, ...]): Without overlaps, in order.
    dropped (tuple[TokenSpan, ...]): Spans whose tag the map drops: what is predicted
        over them is neither right nor wrong.
    spaces (Optional[tuple[bool, ...]]): Whether a space follows each token; None if the
        file does not say, and then a space follows every token.
    """

    words: tuple[str, ...]
    spans: tuple[LabelledSpan, ...]
    dropped: tuple[TokenSpan, ...] = ()
    spaces: tuple[bool, ...] | None = None

    def to_doc(self, vocab: Vocab) -> Doc:
        """The text as an unlabelled spaCy Doc with the same tokens.

        vocab (Vocab): Of the pipeline that shall read it.
        RETURNS (Doc): T tokens.
        """
        from spacy.tokens import Doc

        spaces = None if self.spaces is None else list(self.spaces)
        return Doc(vocab, words=list(self.words), spaces=spaces)
