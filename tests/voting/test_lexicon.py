from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.voting.lexicon import Lexicon, WordLabels, count_in, sum_in
from spacy_bert_unsup.voting.spelling import LOWER
from tests.voting.words import encode_words

TEXT = "the old Paris fever PARIS osteoarthritis nephritis cancer x , zz"
ENTITY = np.array([True, True, False])


@pytest.fixture(scope="module")
def labelled(word_tagger):
    lexicon = word_tagger.lexicon
    (text,) = encode_words(word_tagger.lm, TEXT)
    words = lexicon.label_words(text)
    names = word_tagger.assets.scheme.labels

    def shares(table, word):
        row = getattr(words, table)[TEXT.split().index(word)]
        return {
            n: pytest.approx(x) for n, x in zip(names, row.tolist(), strict=True) if x
        }

    return words, shares


def test_word_ids(word_tagger):
    lm = word_tagger.lm
    found = word_tagger.lexicon.word_ids(
        ["Paris", "THE", "paris", "itis", "[MASK]", ""]
    )
    paris, the = lm.terms.index("Paris"), lm.terms.index("the")
    assert found.tolist() == [paris, the, paris, *[-1] * 3]
    assert word_tagger.lexicon.word_ids([]).shape == (0,)


def test_words_of_the_vocabulary(labelled):
    words, shares = labelled
    assert shares("voters", "the") == shares("alone", "the") == {"FUNCTION": 1.0}
    assert shares("voters", "Paris") == {"GPE": 1.0}
    assert shares("voters", "fever") == {}  # nobody labelled it
    known = dict(zip(TEXT.split(), words.known.tolist(), strict=True))
    assert known["fever"] and known["Paris"] and known[","]
    assert not known["nephritis"]


def test_names_in_capitals(labelled):
    """A shouted name is that name."""
    words, shares = labelled
    assert shares("voters", "PARIS") == shares("voters", "Paris")
    assert words.known[TEXT.split().index("PARIS")]


def test_kind_word(labelled):
    _, shares = labelled
    assert shares("voters", "cancer") == {"DISEASE": 1.0}
    assert shares("alone", "cancer") == {"GENERIC": 1.0}


def test_word_in_pieces(labelled):
    """Pieces without labels do not vote; the last one weighs more."""
    _, shares = labelled
    assert shares("voters", "nephritis") == {"DISEASE": 1.0}
    assert shares("alone", "nephritis") == {"DISEASE": 1.0}
    assert shares("voters", "zz") == {}


def label_citis(tagger, **weights):
    """c ##itis: the first piece is made to speak for GENERIC."""
    voters = tagger.tables.voters.copy()
    terms, labels = tagger.lm.terms, tagger.assets.scheme.labels
    voters[terms.index("c"), labels.index("GENERIC")] = 1
    tables = replace(tagger.tables, voters=voters, cases=np.ones_like(voters[:4]))
    lexicon = replace(tagger.lexicon, tables=tables, **weights)
    (text,) = encode_words(tagger.lm, "citis")
    found = lexicon.label_words(text).voters[0]
    return found[[labels.index("DISEASE"), labels.index("GENERIC")]].tolist()


def test_last_piece_weighs_more(word_tagger):
    found = label_citis(word_tagger, last_piece=3.0, ending=0.0)
    assert found == pytest.approx([0.75, 0.25])


def test_ending_weighs_more_than_pieces(word_tagger):
    """DISEASE by the last piece and by the ending, which is the same seed."""
    found = label_citis(word_tagger, last_piece=3.0, ending=6.0)
    assert found == pytest.approx([0.9, 0.1])


def test_digits_in_codes_are_no_numbers(word_tagger):
    """Beside letters that speak the digits do not; else they do."""
    voters = word_tagger.tables.voters.copy()
    terms, labels = word_tagger.lm.terms, word_tagger.assets.scheme.labels
    voters[terms.index("3"), labels.index("GENERIC")] = 1
    tables = replace(word_tagger.tables, voters=voters, cases=np.ones_like(voters[:4]))
    lexicon = replace(word_tagger.lexicon, tables=tables)
    (text,) = encode_words(word_tagger.lm, "3itis 3zz")
    words = lexicon.label_words(text)
    found = words.voters[:, [labels.index("DISEASE"), labels.index("GENERIC")]]
    assert found.tolist() == [[1, 0], [0, 1]]


def test_case_makes_labels_unlikely(word_tagger):
    """Seeds in lower case are no persons: a cut word in lower case is hardly one."""
    tables, lm = word_tagger.tables, word_tagger.lm
    labels = word_tagger.assets.scheme.labels
    person, disease = labels.index("PERSON"), labels.index("DISEASE")
    assert tables.cases[LOWER, disease] > 3 * tables.cases[LOWER, person]
    voters = tables.voters.copy()
    voters[lm.terms.index("c"), [person, disease]] = 0.5
    voters[lm.terms.index("##itis")] = 0
    lexicon = replace(word_tagger.lexicon, tables=replace(tables, voters=voters))
    (text,) = encode_words(lm, "citis")
    found = lexicon.label_words(text).voters[0]
    assert found[disease] > 3 * found[person] > 0


def test_which_tokens_are_words(labelled):
    words, _ = labelled
    assert [
        w for w, yes in zip(TEXT.split(), words.is_word, strict=True) if not yes
    ] == [","]


def test_text_without_tokens(word_tagger):
    (text,) = encode_words(word_tagger.lm, "")
    words = word_tagger.lexicon.label_words(text)
    assert (
        words.voters.shape == words.alone.shape == (0, len(word_tagger.tables.entity))
    )
    spans = np.zeros((0, 2), np.int32)
    assert word_tagger.lexicon.label_spans(spans, words).shape == words.voters.shape


shares = st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=3, max_size=3)
flags = st.booleans()
word = st.tuples(shares, shares, flags, flags, flags)
tokens = st.lists(word, min_size=1, max_size=7)


@given(tokens, st.sampled_from([1.0, 2.0]))
def test_spans_equal_a_loop(rows, head):
    """Stated for one span at a time; labels are entity, entity, not."""
    names = ("voters", "alone", "capital", "numeral", "is_word")
    values = [np.array(column) for column in zip(*rows, strict=True)]
    voters, alone, capital, numeral, is_word = values
    capital &= is_word
    table = {field.name: np.ones(len(rows), bool) for field in fields(WordLabels)}
    words = WordLabels(**table | dict(zip(names, values, strict=True)))
    n = len(rows)
    spans = [(a, b) for a in range(n) for b in range(a + 1, n + 1)]
    lexicon = Lexicon(
        None,
        SimpleNamespace(entity=ENTITY),
        last_piece=2.0,
        head=head,
        ending=0.0,
        number="two",
        year="1999",
    )
    found = lexicon.label_spans(np.array(spans), words)
    for (start, end), row in zip(spans, found, strict=True):
        holds_entity = any(alone[i, ENTITY].max() > 0 for i in range(start, end))
        whole = np.array([i for i in range(start, end) if is_word[i]], int)
        titles = capital[whole].all() and voters[whole][:, ENTITY].any()
        holds_entity = holds_entity or titles
        table = voters if end - start > 1 and holds_entity else alone
        others = [i for i in whole if not numeral[i]]
        last = others[-1] if others else end - 1
        total = np.zeros(3)
        for i in range(start, end):
            total += table[i] * is_word[i] * (1 + (head - 1) * (i == last))
        wanted = total / total.sum() if total.any() else total
        np.testing.assert_allclose(row, wanted, atol=1e-5)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12))
def test_sums_and_counts(values):
    table = np.array(values, np.float32)[:, None] * [1, 0.001]
    n = len(values)
    spans = np.array([(a, b) for a in range(n) for b in range(a, n + 1)])
    found = sum_in(spans, table)
    counts = count_in(spans, table[:, 0] > 500)
    for (start, end), row, count in zip(spans.tolist(), found, counts, strict=True):
        np.testing.assert_allclose(row, table[start:end].sum(axis=0), rtol=1e-5)
        assert count == sum(x > 500 for x in values[start:end])
