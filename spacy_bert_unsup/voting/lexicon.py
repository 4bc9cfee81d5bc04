"""The lexical cue: what the words of a span speak for by themselves (spec 4.1, 5.2.11).

A word votes with the row of its own vocabulary entry, or of its lower-case form; a
word that the vocabulary cuts into pieces votes with the rows of its pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Bools, Floats, Ints
from ..vocab.vectors import VocabVectors
from .text import EncodedText
from .votes import divide_rows


@dataclass(frozen=True)
class Lexicon:
    """The vocabulary as a word list with labels.

    vectors (VocabVectors): V terms.
    voters (Floats): (V, L) what each term speaks for as part of something: a word that
        names a kind ("disease") speaks for the kind.
    alone (Floats): (V, L) what it is by itself: a kind word is no entity.
    entity (Bools): (L,) labels that are entities.
    """

    vectors: VocabVectors
    voters: Floats
    alone: Floats
    entity: Bools

    def word_ids(self, words: Sequence[str]) -> Ints:
        """Find words in the vocabulary, as they are or in lower case.

        words (Sequence[str]): T words.
        RETURNS (Ints): (T,) vocabulary ids, -1 where a word is no entry.
        """
        index = self.vectors.index
        found = (
            index.get((word, False), index.get((word.lower(), False), -1))
            for word in words
        )
        return np.fromiter(found, np.int32, len(words))

    def label_words(
        self, text: EncodedText, *, last_piece: float
    ) -> tuple[Floats, Floats]:
        """Label every word of a text by itself.

        text (EncodedText): T tokens.
        last_piece (float): Weight of the last piece of a word that has several, over
            the others, which weigh 1.
        RETURNS (tuple[Floats, Floats]): (T, L) as part of something, and by itself.
        """
        ids = self.word_ids(text.words)
        voters, alone = self.voters[ids], self.alone[ids]
        for token in np.flatnonzero(ids < 0).tolist():
            first, last = text.cover[token].tolist()
            pieces = text.pieces.ids[first:last]
            weights = np.ones(len(pieces), np.float32)
            weights[-1:] = last_piece
            voters[token] = divide_rows(weights @ self.voters[pieces])
            alone[token] = voters[token]
        return voters, alone

    def rules_out(self, alone: Floats, *, share: float) -> Bools:
        """Words that cannot be an entity by themselves.

        alone (Floats): (T, L) from `label_words`.
        share (float): Least share of the non-entity labels.
        RETURNS (Bools): (T,).
        """
        return alone[:, ~self.entity].sum(axis=1) >= share

    def label_spans(
        self, spans: Ints, voters: Floats, alone: Floats, *, head: float
    ) -> Floats:
        """Label spans by their words.

        A span all of whose words are no entities by themselves is none either; in any
        other span kind words speak for their kind, and the last word, the head of an
        English noun phrase, weighs more.

        spans (Ints): (S, 2) first token, one past the last.
        voters (Floats): (T, L) as part of something.
        alone (Floats): (T, L) by itself.
        head (float): Weight of the last word over the others, which weigh 1.
        RETURNS (Floats): (S, L) shares; 0 where no word has a label.
        """
        entity_in_word = alone[:, self.entity].max(axis=1, initial=0)
        shares = np.zeros((len(spans), voters.shape[1]), np.float32)
        for row, (start, end) in enumerate(spans.tolist()):
            dull = end - start == 1 or not entity_in_word[start:end].any()
            words = alone[start:end] if dull else voters[start:end]
            weights = np.ones(end - start, np.float32)
            weights[-1] = head
            shares[row] = weights @ words
        return divide_rows(shares)
