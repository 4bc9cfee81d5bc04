"""Words of a doc whose tokenizer cuts words into letters.

spaCy's default for Chinese makes a token of every character, of Latin letters too:
`P a r i s`. Nothing can be said about a letter, so such letters are read as one word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ..mlm.text import TokenizedText
from ..types import Bools, Ints, TokenSpan
from ..voting.evidence import SpanVote


@dataclass(frozen=True)
class Units:
    """How U words lie over the T tokens of a doc.

    starts (Ints): (U + 1,) first token of each word, and T.
    """

    starts: Ints

    @classmethod
    def of(cls, text: TokenizedText) -> Self:
        """Find single letters and digits that stand side by side.

        text (TokenizedText): T tokens.
        RETURNS (Units): One word for each token, but for those.
        """
        single = text.ends - text.starts == 1
        beside = np.flatnonzero(
            single[:-1] & single[1:] & (text.ends[:-1] == text.starts[1:])
        )
        first = np.ones(len(text) + 1, bool)
        for i in beside.tolist():
            place = int(text.starts[i])
            first[i + 1] = not all(map(is_cased, text.text[place : place + 2]))
        return cls(np.flatnonzero(first).astype(np.int32))

    @property
    def are_tokens(self) -> bool:
        """Whether every word is one token, as almost always."""
        return len(self.starts) == self.starts[-1] + 1

    def join(self, text: TokenizedText) -> TokenizedText:
        """The text with words for tokens."""
        if self.are_tokens:
            return text
        sents = tuple(dict.fromkeys(self.to_word(i) for i in text.sent_starts))
        starts = text.starts[self.starts[:-1]]
        return TokenizedText(text.text, starts, text.ends[self.starts[1:] - 1], sents)

    def to_word(self, token: int) -> int:
        """The word that a token belongs to."""
        return int(np.searchsorted(self.starts, token, side="right")) - 1

    def to_words(self, spans: Iterable[TokenSpan]) -> list[TokenSpan]:
        """Spans of tokens as spans of words; one that cuts a word gets all of it."""
        if self.are_tokens:
            return list(spans)
        return [
            (self.to_word(s), self.to_word(e - 1) + 1 if e > s else self.to_word(s))
            for s, e in spans
        ]

    def to_tokens(self, vote: SpanVote) -> SpanVote:
        """A vote on words as one on tokens."""
        if self.are_tokens:
            return vote
        ((start, end),) = self.to_token_spans([(vote.start, vote.end)])
        return replace(vote, start=start, end=end)

    def to_token_spans(self, spans: Iterable[TokenSpan]) -> list[TokenSpan]:
        """Spans of words as spans of tokens."""
        return [(int(self.starts[s]), int(self.starts[e])) for s, e in spans]

    def any_of(self, flags: Bools) -> Bools:
        """(U,) words of which a token is flagged, from (T,) flags."""
        if self.are_tokens:
            return flags
        return np.logical_or.reduceat(flags, self.starts[:-1])


def is_cased(char: str) -> bool:
    """Whether a character is a digit, or a letter of a script that has capitals."""
    return char.isdigit() or char.lower() != char.upper()
