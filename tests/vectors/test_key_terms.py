"""Key terms of small texts, with importances set by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from spacy_bert_unsup.vectors.key_terms import KeyTermSettings, find_key_terms

RARE = {"histones": 0.9, "lipid": 0.6, "droplets": 0.7, "kill": 0.5, "bacteria": 0.6}


def find(text: str, **options):
    words = text.split()
    weights = np.array([RARE.get(word.lower(), 0.0) for word in words], np.float32)
    settings = KeyTermSettings(**options)
    return find_key_terms(words, weights, settings)


def test_rare_and_repeated_words_come_first():
    terms = find("histones bind ; the bacteria and the bacteria and the bacteria")
    assert [(term.text, term.count) for term in terms] == [
        ("histones", 1),
        ("bacteria", 3),
    ][:: -1 if terms[0].text == "bacteria" else 1]
    assert terms[0].score == 1 >= terms[1].score > 0
    alone = find("histones and the bacteria", power=1)
    assert [term.text for term in alone] == ["histones", "bacteria"]


def test_repeated_run_replaces_its_words():
    terms = find("lipid droplets kill ; Lipid droplets and droplets of lipid droplets")
    texts = [term.text for term in terms]
    assert "lipid droplets" in texts and "lipid" not in texts
    run = terms[texts.index("lipid droplets")]
    assert (run.count, run.start, run.end) == (3, 0, 2)


def test_run_that_occurs_once_is_only_its_words_unless_capitalised():
    assert {t.text for t in find("lipid droplets")} == {"lipid", "droplets"}
    assert {t.text for t in find("Lipid Droplets")} == {"Lipid Droplets"}


def test_word_that_stands_alone_more_often_is_kept():
    terms = find("lipid droplets , lipid droplets " + "the droplets " * 9)
    assert {term.text for term in terms} == {"lipid droplets", "droplets"}


def test_word_is_dropped_where_one_run_has_half_of_it():
    run = "lipid droplets ; " * 2
    half = find(run + "the droplets " * 2)  # 2 of 4 in the run
    assert {term.text for term in half} == {"lipid droplets"}
    less = find(run + "the droplets " * 3)
    assert {(t.text, t.count) for t in less} == {("lipid droplets", 2), ("droplets", 5)}
    apart = find(run + "kill droplets ; " * 2)  # two runs have half of it each
    assert {term.text for term in apart} == {"lipid droplets", "kill droplets"}


def test_longer_runs_score_more():
    text = "lipid droplets ; kill ; " * 2
    same = {"lipid": 0.5, "droplets": 0.5, "kill": 0.5}
    words = text.split()
    weights = np.array([same.get(word, 0) for word in words], np.float32)
    for bonus, score in ((0.0, 1.0), (0.25, 0.8)):
        settings = KeyTermSettings(run_bonus=bonus)
        terms = find_key_terms(words, weights, settings)
        found = {term.text: term.score for term in terms}
        assert found == {"lipid droplets": 1.0, "kill": score}


def test_run_is_dropped_inside_a_longer_one():
    longest = "kill lipid droplets ; " * 2
    terms = find(longest + "the lipid droplets ")  # "lipid droplets": 2 of 3 inside
    assert {term.text for term in terms} == {"kill lipid droplets"}
    terms = find(longest + "the lipid droplets " * 3)
    assert {term.text for term in terms} == {"kill lipid droplets", "lipid droplets"}


def test_stop_words_numbers_and_signs_are_none():
    weights = np.ones(5, np.float32)
    words = ["--", "1998", "x1", "a", "ok!"]
    assert find_key_terms(words, weights, KeyTermSettings(min_letters=2))[0].text == (
        "ok!"
    )
    assert find("the of and") == [] == find("")
    assert find("histones", min_importance=0.95) == []


def test_tags_decide_where_they_are():
    words = "lipid droplets kill bacteria".split()
    weights = np.ones(4, np.float32)
    nouns = np.array([False, True, False, True])
    adjectives = np.array([True, False, False, False])
    terms = find_key_terms(words, weights, nouns=nouns, adjectives=adjectives)
    assert {term.text for term in terms} == {"lipid droplets", "bacteria"}


@given(st.lists(st.sampled_from([*RARE, "the", ",", "Lipid"]), max_size=30))
def test_terms_are_what_stands_there(words: list[str]):
    weights = np.array([RARE.get(word.lower(), 0.0) for word in words], np.float32)
    terms = find_key_terms(words, weights, KeyTermSettings(most=5))
    assert len(terms) <= 5
    scores = [term.score for term in terms]
    assert scores == sorted(scores, reverse=True)
    assert not scores or scores[0] == 1
    for term in terms:
        key = [word.lower() for word in words[term.start : term.end]]
        assert term.text.lower().split() == key
        size, lowered = len(key), [word.lower() for word in words]
        places = range(len(words) - size + 1)
        assert term.count == sum(lowered[i : i + size] == key for i in places)
        assert (weights[term.start : term.end] >= 0.18).all()
