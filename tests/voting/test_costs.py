from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spacy_bert_unsup.voting.costs import (
    count_cuts,
    count_odd_numbers,
    find_seams,
    weigh_lower_case,
)
from spacy_bert_unsup.voting.spans import Decisions
from tests.voting.words import encode_words


def decide(roots):
    """Decisions for nothing but these roots."""
    none = np.zeros(len(roots), np.float32)
    return Decisions(np.array(roots, np.int32), none, none, none[:, None])


def test_cuts_through_bonds():
    """The words 1 to 3 and 5 to 6 belong together."""
    bond = np.array([False, False, True, True, False, False, True])
    spans = [(0, 1), (1, 4), (1, 2), (2, 3), (3, 6), (5, 7), (0, 7)]
    assert count_cuts(np.array(spans), bond).tolist() == [0, 0, 1, 2, 2, 0, 0]


def test_numbers_where_they_do_not_belong(make_tagger):
    tagger = make_tagger(cues=("lexical",))
    (text,) = encode_words(tagger.lm, "2 Paris 3 fever 5 - x")
    words = tagger.lexicon.label_words(text)
    assert words.bond.tolist() == [False] * 5 + [True] * 2
    roots = list(tagger.rollup.roots)
    number, time, place = map(roots.index, ("FUNCTION", "PERSON", "LOCATION"))
    tagger.number_roots = number, time
    # FUNCTION stands in for NUMBER, which the toy scheme does not have.
    words.voters[[0, 2, 4]] = tagger.rollup.matrix[:, number]
    words.numeral[[0, 2, 4]] = True
    spans = [(0, 2, place), (0, 2, time), (1, 3, place), (0, 1, number), (4, 7, place)]
    spans += [(1, 3, number), (0, 4, number)]
    bounds, root = np.split(np.array(spans, np.int32), [2], axis=1)
    summed = tagger.rollup.sum_up(words.voters)
    found = count_odd_numbers(tagger, bounds, words, summed, decide(root[:, 0]))
    # In "Paris 3" as far as all seeds of LOCATION have capitals and none a digit.
    inside = (2 / 6) ** 2
    assert found.tolist() == pytest.approx([1, 0, inside, 0, 0, 1, 2])


def test_words_that_only_start_a_sentence(make_tagger):
    """They have a capital whatever they are, and belong to no name behind them."""
    tagger = make_tagger(cues=("lexical",))
    (text,) = encode_words(tagger.lm, "The Smith . Mary Smith saw New York")
    words = tagger.lexicon.label_words(text)
    assert np.flatnonzero(words.bond).tolist() == [1, 4, 7]
    none = np.zeros(len(words.bond), bool)
    assert np.flatnonzero(find_seams(tagger, words, none)).tolist() == [4, 7]


@pytest.mark.parametrize(
    ("text", "span", "count"),
    [
        ("he saw coach Smith", (2, 4), 1),
        ("he saw old coach Smith", (2, 5), 2),
        ("he saw Smith coach", (2, 4), 1),
        ("he saw Smith", (2, 3), 0),
        ("he saw the coach", (2, 4), 0),  # no capitals at all
        ("he saw Mary of Paris", (2, 5), 0),
        ("he saw of Paris", (2, 4), 1),
        ("he saw E. coli", (2, 4), 0),  # one name
        ("Mary Smith saw", (0, 2), 0),  # capitals, if not by the flag
        ("he saw - Smith", (2, 4), 0),
    ],
)
def test_lower_case_beside_capitals(make_tagger, text, span, count):
    tagger = make_tagger(cues=("lexical",))
    (read,) = encode_words(tagger.lm, text)
    words = tagger.lexicon.label_words(read)
    roots = [tagger.rollup.roots.index(name) for name in ("PERSON", "DISEASE")]
    spans = np.array([span, span], np.int32)
    found = weigh_lower_case(tagger, spans, words, decide(roots))
    assert found.dtype == np.float32
    # Four of four seeds of PERSON, none of DISEASE's one whole word; see `share_cases`.
    assert found.tolist() == pytest.approx([count * (5 / 7) ** 2, count * (1 / 5) ** 2])


def test_a_root_without_seeds_of_its_own_costs_nothing(make_tagger):
    tagger = make_tagger(cues=("lexical",))
    tagger.rollup = replace(tagger.rollup, roots=("X", *tagger.rollup.roots[1:]))
    assert tagger.capital_shares[0] == 0
    assert (tagger.capital_shares[1:] > 0).all()
