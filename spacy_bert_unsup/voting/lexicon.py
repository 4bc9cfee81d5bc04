"""The lexical cue: what the words of a span speak for by themselves (spec 4.1, 5.2.11).

A word votes with the row of its own vocabulary entry, or of its lower-case form; a
word that the vocabulary cuts into pieces votes with the rows of its pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..mlm.text import EncodedText
from ..types import Bools, Floats, Ints
from ..vocab.vectors import VocabVectors
from .tables import VoteTables
from .text import find_capitals, spread_ranges
from .votes import divide_rows


@dataclass(frozen=True, slots=True)
class WordLabels:
    """What the T words of a text speak for.

    voters (Floats): (T, L) shares as part of something: a word that names a kind
        ("disease") speaks for the kind.
    alone (Floats): (T, L) shares by itself: a kind word is no entity.
    known (Bools): (T,) words with an entry of their own in the vocabulary.
    is_word (Bools): (T,) tokens with a letter or digit.
    capital (Bools): (T,) capitalised words inside a sentence.
    """

    voters: Floats
    alone: Floats
    known: Bools
    is_word: Bools
    capital: Bools


@dataclass(frozen=True, slots=True)
class WordTerms:
    """The rows of the tables that T words are read with.

    ids (Ints): (N,) word after word: its own entry, or those of its pieces.
    bounds (Ints): (T + 1,) where the rows of each word start; it may have none.
    known (Bools): (T,) words with an entry of their own.
    """

    ids: Ints
    bounds: Ints
    known: Bools

    @classmethod
    def read(cls, entries: Ints, cover: Ints, pieces: Ints) -> WordTerms:
        """Take a word's own entry, or else its pieces.

        entries (Ints): (T,) own entries, -1 where a word has none.
        cover (Ints): (T, 2) first piece and one past the last piece of each word.
        pieces (Ints): (P,) vocabulary ids.
        RETURNS (WordTerms): Of the T words.
        """
        known = entries >= 0
        counts = np.where(known, 1, cover[:, 1] - cover[:, 0])
        bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        owner, place = spread_ranges(cover[:, 0], cover[:, 0] + counts)
        ids, cut = entries[owner], ~known[owner]
        ids[cut] = pieces[place[cut]]
        return cls(ids.astype(np.int32), bounds, known)

    def own(self, start: int, end: int) -> Ints:
        """The rows of the words `start` to `end` (exclusive), in order."""
        return self.ids[self.bounds[start] : self.bounds[end]]


@dataclass(frozen=True)
class Lexicon:
    """The vocabulary as a word list with labels.

    vectors (VocabVectors): V terms.
    tables (VoteTables): What each term speaks for.
    last_piece (float): Weight of the last piece of a word that has several, over the
        others, which weigh 1.
    head (float): Weight of a span's last word over the others, which weigh 1.
    number, year (str): Terms that speak for numerals without an entry of their own.
    """

    vectors: VocabVectors
    tables: VoteTables
    last_piece: float
    head: float
    number: str
    year: str

    def word_ids(self, words: Sequence[str]) -> Ints:
        """Find words in the vocabulary or the seeds, as they are or in lower case.

        words (Sequence[str]): T words.
        RETURNS (Ints): (T,) rows of the tables, -1 where a word is in neither.
        """
        return np.fromiter(map(self._find, words), np.int32, len(words))

    def spell(self, term: int) -> str:
        """The term of a row of the tables, as the vocabulary or the seeds spell it."""
        size = len(self.vectors)
        if term < size:
            return self.vectors.terms[term]
        return self._seed_words[term - size]

    @cached_property
    def _seed_words(self) -> list[str]:
        return list(self.tables.words)

    def _find(self, word: str) -> int:
        seeds = self.tables.words
        entry = self._find_entry(word)
        return entry if entry >= 0 else seeds.get(word, seeds.get(word.lower(), -1))

    def _find_entry(self, word: str) -> int:
        index = self.vectors.index
        for form in (word, word.lower()):
            if (form, False) in index:
                return index[form, False]
        return -1

    def vocabulary_ids(self, words: Sequence[str]) -> Ints:
        """(T,) as `word_ids`, but for words of the vocabulary alone."""
        return np.fromiter(map(self._find_entry, words), np.int32, len(words))

    def label_words(self, text: EncodedText) -> WordLabels:
        """Label every word of a text by itself.

        text (EncodedText): T tokens.
        RETURNS (WordLabels): Shares; rows of 0 for words without pieces or labels.
        """
        is_word = np.array([any(map(str.isalnum, w)) for w in text.words], bool)
        return self.label_terms(
            self.read_words(text), is_word, find_capitals(text.words)
        )

    def read_words(self, text: EncodedText) -> WordTerms:
        """Find the rows of the tables for every word of a text."""
        entries = self.entry_ids(text.words)
        return WordTerms.read(entries, text.cover, text.pieces.ids)

    def label_terms(
        self, terms: WordTerms, is_word: Bools, capital: Bools
    ) -> WordLabels:
        """Label words by the rows that they are read with.

        terms (WordTerms): Of T words.
        is_word, capital (Bools): (T,) as in `WordLabels`.
        RETURNS (WordLabels): Shares; rows of 0 for words without rows or labels.
        """
        counts = np.diff(terms.bounds)
        whole = np.repeat(terms.known, counts)
        weights = np.ones(len(terms.ids), np.float32)
        cut = (counts > 0) & ~terms.known
        weights[terms.bounds[1:][cut] - 1] = self.last_piece
        voters = self.tables.voters[terms.ids] * weights[:, None]
        alone = np.where(whole[:, None], self.tables.alone[terms.ids], voters)
        return WordLabels(
            divide_rows(add_parts(voters, terms.bounds)),
            divide_rows(add_parts(alone, terms.bounds)),
            terms.known,
            is_word,
            capital,
        )

    def entry_ids(self, words: Sequence[str]) -> Ints:
        """Find words, with stand-ins for unknown numerals (spec 4.1, 5.2.11).

        words (Sequence[str]): T words.
        RETURNS (Ints): (T,) vocabulary ids, -1 where a word is no entry.
        """
        ids = self.word_ids(words)
        number, year = self.word_ids([self.number, self.year]).tolist()
        for token in np.flatnonzero(ids < 0).tolist():
            if words[token].isdigit():
                is_year = len(words[token]) == 4 and words[token][0] in "12"
                ids[token] = year if is_year else number
        return ids

    def label_spans(self, spans: Ints, words: WordLabels) -> Floats:
        """Label spans by their words.

        A span none of whose words is an entity by itself is no entity either; in any
        other span kind words speak for their kind, and the last word, the head of an
        English noun phrase, weighs more.

        spans (Ints): (S, 2) first token, one past the last.
        words (WordLabels): Of the text.
        RETURNS (Floats): (S, L) shares; 0 where no word has a label.
        """
        entity = words.alone[:, self.tables.entity].max(axis=1, initial=0) > 0
        dull = (spans[:, 1] - spans[:, 0] == 1) | (count_in(spans, entity) == 0)
        sums = np.where(
            dull[:, None], sum_in(spans, words.alone), sum_in(spans, words.voters)
        )
        last = spans[:, 1] - 1
        heads = np.where(dull[:, None], words.alone[last], words.voters[last])
        return divide_rows(sums + np.float32(self.head - 1) * heads)


def add_parts(rows: Floats, bounds: Ints) -> Floats:
    """Sum stretches of rows; an empty stretch gives 0.

    rows (Floats): (N, L).
    bounds (Ints): (T + 1,) first row of each stretch, and N at the end.
    RETURNS (Floats): (T, L).
    """
    sums = np.zeros((len(bounds) - 1, rows.shape[1]), np.float32)
    full = np.diff(bounds) > 0
    if full.any():
        sums[full] = np.add.reduceat(rows, bounds[:-1][full], axis=0)
    return sums


def sum_in(spans: Ints, values: Floats) -> Floats:
    """Sum the rows of each span's tokens.

    spans (Ints): (S, 2) first token, one past the last.
    values (Floats): (T, N).
    RETURNS (Floats): (S, N).
    """
    zero = np.zeros((1, values.shape[1]))
    total = np.concatenate([zero, np.cumsum(values, axis=0, dtype=np.float64)])
    sums = total[spans[:, 1]] - total[spans[:, 0]]
    return np.maximum(sums, 0).astype(np.float32)


def count_in(spans: Ints, flags: Bools) -> Ints:
    """(S,) how many tokens of each span have a flag."""
    return sum_in(spans, flags[:, None].astype(np.float32))[:, 0].astype(np.int32)
