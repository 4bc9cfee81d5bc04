from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.vocab.scheme import LabelScheme
from spacy_bert_unsup.voting.lexicon import WordTerms
from spacy_bert_unsup.voting.spelling import (
    CAPITAL,
    CASES,
    FREE,
    LOWER,
    MIXED,
    Endings,
    decode_spelling,
    encode_spelling,
    find_case,
    share_cases,
    share_digits,
)
from spacy_bert_unsup.voting.text import find_bonds, find_capitals


@pytest.mark.parametrize(
    ("word", "case"),
    [
        *(("fever", LOWER), ("Kofi", CAPITAL), ("K", CAPITAL), ("MILWAUKEE", CAPITAL)),
        *(("OSCE", MIXED), ("McCain", MIXED), ("IL6", MIXED), ("well-fed", MIXED)),
        *(("1990", FREE), ("-", FREE), ("", FREE)),
    ],
)
def test_case(word, case):
    assert find_case(word) == case


def test_longest_ending():
    endings = Endings({"itis": 7, "ritis": 8, "in": 9})
    words = ["arthritis", "nephritis", "Cystitis", "itis", "Insulin", "in", "fever", ""]
    assert [endings.find(word) for word in words] == [8, 8, 7, -1, 9, -1, -1, -1]
    assert Endings({}).find("arthritis") == -1


texts = st.text("abcAB", max_size=8)


@given(texts, st.sets(st.text("abc", min_size=2, max_size=4)))
def test_endings_as_one_by_one(word, known):
    """An ending leaves at least one letter of the word before it."""
    rows = {ending: row for row, ending in enumerate(sorted(known))}
    fits = [e for e in rows if word.lower().endswith(e) and len(e) < len(word)]
    wanted = rows[max(fits, key=len)] if fits else -1
    assert Endings(rows).find(word) == wanted


@given(st.lists(st.tuples(st.integers(-1, 99999), st.sampled_from(CASES)), min_size=1))
def test_codes_can_be_read(pairs):
    codes = np.array([encode_spelling(*pair) for pair in pairs], np.int32)
    assert (codes < -1).all()
    rows, cases = decode_spelling(codes)
    assert list(zip(rows.tolist(), cases.tolist(), strict=True)) == pairs
    rows, cases = decode_spelling(np.array([-1, 0, 5]))
    assert rows.tolist() == [-1] * 3 and cases.tolist() == [FREE] * 3


def test_cases_of_labels():
    scheme = LabelScheme.collect(["PERSON", "DRUG"], {})
    seeds = {
        **dict.fromkeys(["Anna", "Peter", "McCain"], ("PERSON",)),
        **dict.fromkeys(["aspirin", "heroin"], ("DRUG", "PERSON")),
        **dict.fromkeys(["##cillin", "-", "Al"], ("DRUG",)),
    }
    shares = share_cases(seeds, scheme)
    table = dict(zip(scheme.labels, shares.T.tolist(), strict=True))
    assert table["PERSON"] == pytest.approx([1, 1 / 6, 3 / 6, 2 / 6])
    assert table["DRUG"] == pytest.approx([1, 3 / 5, 1 / 5, 1 / 5])


def test_words_take_their_ending_as_a_last_row():
    entries = np.array([3, -1, encode_spelling(50, LOWER), encode_spelling(-1, MIXED)])
    cover = np.array([(0, 1), (1, 3), (3, 5), (5, 7)])
    terms = WordTerms.read(entries, cover, np.arange(10, 17))
    assert terms.ids.tolist() == [3, 11, 12, 13, 14, 50, 15, 16]
    assert terms.bounds.tolist() == [0, 1, 3, 6, 8]
    assert terms.ended.tolist() == [False, False, True, False]
    assert terms.case.tolist() == [FREE, FREE, LOWER, MIXED]


@pytest.mark.parametrize(
    ("text", "bonds"),
    [
        ("in New York City he", [2, 3]),
        ("New York ended . St Paul did", [1, 5]),
        ("NEW YORK BEAT PARIS", []),
        ("a hepatitis B virus of A or vitamin c", [2]),
        ("an E. coli strain", [2]),
        ("an E . coli strain", [2, 3]),
        ("E . coli", [1, 2]),
        ("saw John F. Smith", [2, 3]),
        ("an IL - 6 gene", [2, 3]),
        ("5 - fluorouracil", [1, 2]),
        ("and L - dopa", [1, 2, 3]),
        ("well - known 1 - Smith 2 - 0 in 1996 - 08", []),
        ("- 6 of x -", []),
        ("Vincent van Gogh saw Ludwig van der Rohe", [1, 2]),
        ("Johnson & Johnson - Smith", [1, 2]),
        ("Years in Paris of van Gogh", []),
        ("the aspirin I saw, hepatitis B", [5]),
    ],
)
def test_tokens_that_belong_together(text, bonds):
    words = text.split()
    found = find_bonds(words, find_capitals(words))
    assert np.flatnonzero(found).tolist() == bonds


def test_capitals_after_short_forms():
    """They are names; after the end of a sentence they need not be."""
    words = (
        "He met Mr. Smith and J. Brown and J . Green . Then St. Paul ended. The".split()
    )
    found = [w for w, yes in zip(words, find_capitals(words), strict=True) if yes]
    assert found == ["Mr.", "Smith", "J.", "Brown", "J", "Green", "St.", "Paul"]


@pytest.mark.parametrize(
    ("text", "capitals"),
    [
        ("MAN SEES NEW YORK", []),
        ("CUP - PARIS BEAT LYON 2 - 0 . He saw Paris", ["Paris"]),
        ("he saw NEW YORK", ["NEW", "YORK"]),
        ("B cells grew . A cat slept . I saw vitamin A", ["B", "A"]),
        ("He . NASA . 5 -", []),
        ("Then NASA . NASA said IBM", ["NASA", "IBM"]),
    ],
)
def test_capitals_say_nothing_where_all_are(text, capitals):
    words = text.split()
    found = [w for w, yes in zip(words, find_capitals(words), strict=True) if yes]
    assert found == capitals


@given(st.lists(st.sampled_from(["A", ".", "-", "6", "coli", "Paris"]), max_size=6))
def test_the_first_token_has_none_before_it(words):
    assert not find_bonds(words, find_capitals(words))[:1].any()


def test_digits_in_the_seeds():
    """Pieces and short terms do not count, nor second labels."""
    scheme = LabelScheme(("A", "B", "C"))
    seeds = {"IL6": ("A",), "abc": ("A", "B"), "##12a": ("B",), "a1": ("B",)}
    assert share_digits(seeds, scheme).tolist() == [0.5, 0, 0]
