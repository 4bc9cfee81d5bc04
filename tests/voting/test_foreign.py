from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.vocab.scheme import BROAD, COMPOUNDS
from spacy_bert_unsup.voting.candidates import Candidates
from spacy_bert_unsup.voting.facts import WordFacts
from spacy_bert_unsup.voting.foreign import KNOWN_AS, SURE, count_foreign
from spacy_bert_unsup.voting.spans import Decisions
from spacy_bert_unsup.voting.tagging import span_values, tag_texts
from spacy_bert_unsup.voting.thresholds import Thresholds
from tests.voting.words import encode_words

APART = {"DISEASE": (), "LOCATION": (), "PERSON": ()}
WORDS = ["paris", "cancer", "arthritis", "Smith", "the", "-", "red", "12", "john"]


def read(tagger, text):
    (encoded,) = encode_words(tagger.lm, text)
    return WordFacts.find(tagger, tagger.lexicon.label_words(encoded))


def decide(roots):
    none = np.zeros(len(roots), np.float32)
    return Decisions(np.array(roots, np.int32), none, none, none[:, None])


def count_by_loop(tagger, spans, words, roots):
    """Stated for one word of one span at a time."""
    names, compounds = tagger.rollup.roots, tagger.settings.compounds
    summed = tagger.rollup.sum_up(words.voters)
    bonded = [*words.bond.tolist(), False]
    counts = []
    for (start, end), root in zip(spans, roots, strict=True):
        label, found = names[root], 0
        for i in range(start, end):
            shares = {
                name: share
                for name, share, entity in zip(
                    names, summed[i], tagger.rollup.entity, strict=True
                )
                if entity
            }
            kind = max(shares, key=lambda name: shares[name])
            allowed = label not in compounds or kind in (label, *compounds[label])
            alone = not (bonded[i] or bonded[i + 1] or words.capital[i])
            alone &= bool(words.is_word[i] and not words.numeral[i])
            sure = shares[kind] >= SURE and summed[i, root] < KNOWN_AS
            found += alone and sure and not allowed
        counts.append(found)
    return counts


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=7),
    st.sampled_from([APART, {}, {"DISEASE": ("LOCATION",)}, {"PERSON": ()}]),
    st.data(),
)
def test_counts_equal_a_loop(make_tagger, words, compounds, data):
    tagger = make_tagger(cues=("lexical",), compounds=compounds)
    facts = read(tagger, " ".join(words))
    n = len(words)
    spans = [(a, b) for a in range(n) for b in range(a + 1, n + 1)]
    root = st.integers(0, len(tagger.rollup.roots) - 1)
    roots = data.draw(st.lists(root, min_size=len(spans), max_size=len(spans)))
    bounds = np.array(spans, np.int32)
    found = count_foreign(bounds, facts.foreign, np.array(roots))
    assert found.tolist() == count_by_loop(tagger, spans, facts.words, roots)


def test_two_things_side_by_side(make_tagger):
    """Split for nothing where the word before is foreign to the one behind."""
    tagger = make_tagger(cues=("lexical",), compounds=APART)
    facts = read(tagger, "paris arthritis the paris")
    assert facts.partings.tolist() == [False, True, False, False]
    roots = list(tagger.rollup.roots)
    foreign = facts.foreign
    assert foreign[:, roots.index("DISEASE")].tolist() == [True, False, False, True]
    assert foreign[:, roots.index("LOCATION")].tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("compounds", "spans"),
    [
        (APART, [(0, 1), (1, 2)]),
        ({**APART, "DISEASE": ("LOCATION",)}, [(0, 2)]),
        ({}, [(0, 2)]),  # labels that are not named take in all
    ],
)
def test_compounds_decide_about_the_split(make_tagger, compounds, spans):
    tagger = make_tagger(cues=("lexical",), compounds=compounds)
    texts = encode_words(tagger.lm, "paris arthritis")
    (tagged,) = tag_texts(tagger, texts, [Candidates([], join=True)], Thresholds(0.1))
    found = tagged.scores.spans[list(tagged.chosen), 1:]
    assert [tuple(span) for span in found.tolist()] == spans


def test_no_words(make_tagger):
    tagger = make_tagger(cues=("lexical",))
    facts = read(tagger, "")
    none = np.zeros((0, 2), np.int32)
    assert facts.partings.shape == (0,)
    assert count_foreign(none, facts.foreign, none[:, 0]).shape == (0,)


def test_numerals_begin_no_name_of_their_own(make_tagger):
    """ "chromosome 9" may be one thing: only words part for nothing."""
    tagger = make_tagger(cues=("lexical",), compounds=APART)
    facts = read(tagger, "paris arthritis")
    facts.words.numeral[1] = True
    again = WordFacts.find(tagger, facts.words)
    assert again.foreign[0].tolist() == facts.foreign[0].tolist()
    assert facts.partings.tolist() == [False, True]
    assert not again.partings.any()


def test_what_a_foreign_word_costs(make_tagger):
    """And nothing is looked for where it costs nothing."""
    spans = np.array([[0, 2], [1, 2], [0, 1]], np.int32)
    values = []
    for cost in (0.0, 1.0, 3.0):
        tagger = make_tagger(cues=("lexical",), compounds=APART, foreign_cost=cost)
        facts = read(tagger, "paris arthritis")
        assert facts.partings.any() == (cost > 0)
        decisions = decide([tagger.rollup.roots.index("DISEASE")] * 3)
        bar = np.zeros(3, np.float32)
        values.append(span_values(tagger, spans, facts, decisions, bar))
    assert (values[0] - values[1]).tolist() == pytest.approx([1, 0, 1])
    assert (values[0] - values[2]).tolist() == pytest.approx([3, 0, 3])


def test_the_shipped_table_names_broad_labels():
    """A fine label in it would never be looked up."""
    named = {*COMPOUNDS, *(label for row in COMPOUNDS.values() for label in row)}
    assert not named & set(BROAD)
    assert named >= set(BROAD.values())


@pytest.mark.parametrize(
    ("settings", "key", "label"),
    [
        ({"compounds": {"DISEAS": ()}}, "compounds", "DISEAS"),
        ({"compounds": {"DISEASE": ("CHEMCAL",)}}, "compounds", "CHEMCAL"),
        ({"heralded": ("GPE",)}, "heralded", "GPE"),  # a finer one
        ({"binomials": ("nope",)}, "binomials", "nope"),
    ],
)
def test_labels_that_are_no_roots_are_refused(make_tagger, settings, key, label):
    with pytest.raises(ConfigError, match=f"E347.*{key}.*{label}.*LOCATION"):
        make_tagger(cues=("lexical",), **settings)
