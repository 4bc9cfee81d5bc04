"""The lexical cue: what the words of a span speak for by themselves (spec 4.1, 5.2.11).

A word votes with the row of its own vocabulary entry, or of its lower-case form; a
word that the vocabulary cuts into pieces votes with the rows of its pieces and of its
ending, and its case says which of their labels are likely: see `spelling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..mlm.text import EncodedText
from ..types import Bools, Floats, Ints
from ..vocab.vectors import VocabVectors
from .spelling import CAPITAL, FREE, LOWER, decode_spelling, encode_spelling, find_case
from .tables import VoteTables
from .text import find_bonds, find_capitals, find_titles, spread_ranges
from .votes import divide_rows

LONGEST_INITIALS = 3
"""Words of more capitals than this may be names that were written in capitals."""


@dataclass(frozen=True, slots=True)
class WordLabels:
    """What the T words of a text speak for.

    voters (Floats): (T, L) shares as part of something: a word that names a kind
        ("disease") speaks for the kind.
    alone (Floats): (T, L) shares by itself: a kind word is no entity.
    known (Bools): (T,) words with an entry of their own in the vocabulary.
    is_word (Bools): (T,) tokens with a letter or digit.
    capital (Bools): (T,) capitalised words inside a sentence.
    title (Bools): (T,) words that begin with a capital, wherever they stand.
    unread (Bools): (T,) words in lower case without an entry, not even of the seeds.
    bond (Bools): (T,) tokens that belong to the one before them.
    numeral (Bools): (T,) words that are mostly what `number` is.
    """

    voters: Floats
    alone: Floats
    known: Bools
    is_word: Bools
    capital: Bools
    title: Bools
    unread: Bools
    bond: Bools
    numeral: Bools

    @property
    def bonded(self) -> Bools:
        """(T,) tokens that belong to the one before or behind them."""
        return self.bond | np.append(self.bond[1:], False)


@dataclass(frozen=True, slots=True)
class WordTerms:
    """The rows of the tables that T words are read with.

    ids (Ints): (N,) word after word: its own entry, or those of its pieces and then
        that of its ending, if it has one.
    bounds (Ints): (T + 1,) where the rows of each word start; it may have none.
    known (Bools): (T,) words with an entry of their own.
    ended (Bools): (T,) words whose last row is that of their ending.
    case (Ints): (T,) one of `CASES`; `FREE` for words with an entry.
    """

    ids: Ints
    bounds: Ints
    known: Bools
    ended: Bools
    case: Ints

    @classmethod
    def read(cls, entries: Ints, cover: Ints, pieces: Ints) -> WordTerms:
        """Take a word's own entry, or else its pieces.

        entries (Ints): (T,) own entries; below 0 where a word has none: -1, or what
            its spelling says (`encode_spelling`).
        cover (Ints): (T, 2) first piece and one past the last piece of each word.
        pieces (Ints): (P,) vocabulary ids.
        RETURNS (WordTerms): Of the T words.
        """
        known = entries >= 0
        ending, case = decode_spelling(entries)
        counts = np.where(known, 1, cover[:, 1] - cover[:, 0])
        ended = (ending >= 0) & (counts > 0)
        bounds = np.concatenate([[0], np.cumsum(counts + ended)]).astype(np.int32)
        owner, place = spread_ranges(cover[:, 0], cover[:, 0] + counts)
        own, cut = entries[owner], ~known[owner]
        own[cut] = pieces[place[cut]]
        ids = np.repeat(ending, counts + ended)
        last = np.zeros(len(ids), bool)
        last[bounds[1:][ended] - 1] = True
        ids[~last] = own
        return cls(ids.astype(np.int32), bounds, known, ended, case)

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
    ending (float): Weight of a word's ending over its pieces; 0 leaves it out.
    number, year (str): Terms that speak for numerals without an entry of their own.
    """

    vectors: VocabVectors
    tables: VoteTables
    last_piece: float
    head: float
    ending: float
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
        entry = self._find_form(word)
        one_case = word.isupper() or word.islower()
        if entry < 0 and one_case and len(word) > LONGEST_INITIALS:  # "PARIS", "paris"
            entry = self._find_form(word.capitalize())
        return entry

    def _find_form(self, word: str) -> int:
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
        capital = find_capitals(text.words)
        bond = find_bonds(text.words, capital)
        return self.label_terms(
            self.read_words(text),
            is_word=is_word,
            capital=capital,
            title=find_titles(text.words),
            bond=bond,
        )

    def read_words(self, text: EncodedText) -> WordTerms:
        """Find the rows of the tables for every word of a text."""
        entries = self.entry_ids(text.words)
        return WordTerms.read(entries, text.cover, text.pieces.ids)

    def label_terms(
        self,
        terms: WordTerms,
        *,
        is_word: Bools,
        capital: Bools,
        title: Bools,
        bond: Bools,
    ) -> WordLabels:
        """Label words by the rows that they are read with.

        terms (WordTerms): Of T words.
        is_word, capital, title, bond (Bools): (T,) as in `WordLabels`.
        RETURNS (WordLabels): Shares; rows of 0 for words without rows or labels.
        """
        whole = np.repeat(terms.known, np.diff(terms.bounds))
        voters = self.tables.voters[terms.ids] * self._weigh_rows(terms)[:, None]
        alone = np.where(whole[:, None], self.tables.alone[terms.ids], voters)
        # A capital at the start of a sentence says nothing.
        free = (terms.case == CAPITAL) & ~capital
        likely = self.tables.cases[np.where(free, FREE, terms.case)]
        by_itself = divide_rows(divide_rows(add_parts(alone, terms.bounds)) * likely)
        return WordLabels(
            divide_rows(divide_rows(add_parts(voters, terms.bounds)) * likely),
            by_itself,
            terms.known,
            is_word,
            capital,
            title,
            terms.case == LOWER,
            bond,
            by_itself[:, self._number_columns].sum(axis=1) > 0.5,
        )

    @cached_property
    def _number_columns(self) -> Bools:
        """(L,) the labels that the term for numerals speaks for."""
        row = self.word_ids([self.number])
        return np.asarray((self.tables.alone[row[row >= 0]] > 0).any(axis=0))

    def _weigh_rows(self, terms: WordTerms) -> Floats:
        """(N,) weights of the rows of words."""
        weights = np.ones(len(terms.ids), np.float32)
        cut = (np.diff(terms.bounds) > 0) & ~terms.known
        ends = terms.bounds[1:]
        weights[(ends - terms.ended)[cut] - 1] = self.last_piece
        weights[ends[terms.ended] - 1] = self.ending
        weights[self._find_codes(terms)] = 0
        return weights

    def _find_codes(self, terms: WordTerms) -> Bools:
        """(N,) digits beside letters that speak: "LEF-1" and "p50" are no numbers."""
        digits, letters = self._digits[terms.ids], self._letters[terms.ids]
        speaks = letters & self.tables.voting[terms.ids]
        spoken = add_parts(speaks[:, None].astype(np.float32), terms.bounds)[:, 0] > 0
        return np.asarray(digits & np.repeat(spoken, np.diff(terms.bounds)))

    @cached_property
    def _digits(self) -> Bools:
        """Rows of the tables whose terms are digits, those of the vocabulary alone.

        Seed words without an entry are whole words, which never stand beside others.
        """
        flags = np.zeros(len(self.tables.voters), bool)
        flags[: len(self.vectors)] = [s.isdigit() for s in self.vectors.surfaces]
        return flags

    @cached_property
    def _letters(self) -> Bools:
        """Rows of the tables whose terms hold a letter; seeds and endings do."""
        flags = np.ones(len(self.tables.voters), bool)
        surfaces = self.vectors.surfaces
        flags[: len(surfaces)] = [any(map(str.isalpha, s)) for s in surfaces]
        return flags

    def entry_ids(self, words: Sequence[str]) -> Ints:
        """Find words, with stand-ins for unknown numerals (spec 4.1, 5.2.11).

        words (Sequence[str]): T words.
        RETURNS (Ints): (T,) rows of the tables; below -1 where a word is in neither the
            vocabulary nor the seeds: what its spelling says (`encode_spelling`).
        """
        ids = self.word_ids(words)
        number, year = self.word_ids([self.number, self.year]).tolist()
        for token in np.flatnonzero(ids < 0).tolist():
            if words[token].isdigit():
                is_year = len(words[token]) == 4 and words[token][0] in "12"
                ids[token] = year if is_year else number
            if ids[token] < 0:
                ids[token] = self._read_spelling(words[token])
        return ids

    def _read_spelling(self, word: str) -> int:
        ending = self.tables.endings.find(word) if self.ending else -1
        return encode_spelling(ending, find_case(word))

    def label_spans(self, spans: Ints, words: WordLabels) -> Floats:
        """Label spans by their words.

        A span none of whose words is an entity by itself is no entity either, unless
        all have capitals ("State Department"); in any other span kind words speak for
        their kind, and the last word that is no numeral, the head of an English noun
        phrase, weighs more. Punctuation says nothing beside words.

        spans (Ints): (S, 2) first token, one past the last.
        words (WordLabels): Of the text.
        RETURNS (Floats): (S, L) shares; 0 where no word has a label.
        """
        entity = words.alone[:, self.tables.entity].max(axis=1, initial=0) > 0
        title = words.capital & words.voters[:, self.tables.entity].any(axis=1)
        lower = count_in(spans, words.is_word & ~words.capital) > 0
        dull = (count_in(spans, entity) == 0) & (lower | (count_in(spans, title) == 0))
        dull |= spans[:, 1] - spans[:, 0] == 1
        spoken = words.is_word[:, None]
        sums = np.where(
            dull[:, None],
            sum_in(spans, words.alone * spoken),
            sum_in(spans, words.voters * spoken),
        )
        last = find_heads(spans, words.is_word & ~words.numeral)
        heads = np.where(dull[:, None], words.alone[last], words.voters[last])
        heads *= spoken[last]
        return divide_rows(sums + np.float32(self.head - 1) * heads)


def find_heads(spans: Ints, may_be: Bools) -> Ints:
    """The last token of each span that may be its head; the last one if none may.

    spans (Ints): (S, 2) first token, one past the last.
    may_be (Bools): (T,) tokens that may be heads.
    RETURNS (Ints): (S,) tokens.
    """
    last = spans[:, 1] - 1
    places = np.where(may_be, np.arange(len(may_be)), -1)
    nearest = np.maximum.accumulate(places)[last] if len(spans) else last
    return np.where(nearest >= spans[:, 0], nearest, last).astype(np.int32)


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
