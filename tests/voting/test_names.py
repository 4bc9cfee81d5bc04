from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.propagation import Propagation
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.voting.facts import WordFacts
from spacy_bert_unsup.voting.names import (
    count_heralds,
    find_binomials,
    find_heralds,
)
from spacy_bert_unsup.voting.settings import VotingSettings
from spacy_bert_unsup.voting.spans import Decisions
from spacy_bert_unsup.voting.tagger import SpanTagger
from spacy_bert_unsup.voting.tagging import span_values
from tests.voting.conftest import SEEDS
from tests.voting.words import encode_words


@pytest.fixture(scope="module")
def tagger(bert_lm):
    """Knows two words that say a kind, and a genus."""
    seeds = {
        **SEEDS,
        **dict.fromkeys(["President", "Vice", "bacterium"], ("PERSON", "GENERIC")),
        "Mycobacterium": ("SPECIES",),
        "mouse": ("SPECIES",),
    }
    assets = ClusterAssets.build(
        VocabVectors.from_mlm(bert_lm),
        seeds,
        model="bert",
        how=Propagation(min_cosine=0.99, components=-1),
    )
    return SpanTagger(bert_lm, assets, VotingSettings(cues=("lexical",)))


def read(tagger, text):
    (encoded,) = encode_words(tagger.lm, text)
    return tagger.lexicon.label_words(encoded)


@pytest.mark.parametrize(
    ("text", "heralds"),
    [
        ("the President Smith", [1]),
        ("Vice President Smith", [0, 1]),  # the run in front of the name
        ("the President of Texas", []),
        ("the President lives", []),
        ("the President", []),
        ("Smith President", []),
        ("the bacterium Mycobacterium", [1]),
        ("President - Smith", []),
        ("John Smith", []),  # John is no kind
        ("", []),
    ],
)
def test_words_that_say_the_kind_of_the_name_behind(tagger, text, heralds):
    assert np.flatnonzero(find_heralds(tagger, read(tagger, text))).tolist() == heralds


def test_heralds_are_no_part_of_some_names(tagger):
    words = read(tagger, "the Vice President John Smith")
    roots = list(tagger.rollup.roots)
    person, disease = roots.index("PERSON"), roots.index("DISEASE")
    cases = [((1, 5), person, 2), ((2, 5), person, 1), ((3, 5), person, 0)]
    cases += [((1, 3), person, 2), ((4, 5), person, 0), ((1, 5), disease, 0)]
    spans = np.array([span for span, _, _ in cases], np.int32)
    none = np.zeros(len(cases), np.float32)
    root = np.array([root for _, root, _ in cases], np.int32)
    decisions = Decisions(root, none, none, none[:, None])
    facts = WordFacts.find(tagger, words)
    found = count_heralds(tagger, spans, facts.heralds, root)
    assert found.tolist() == [count for _, _, count in cases]
    bar = np.zeros(len(cases), np.float32)
    worth = span_values(tagger, spans, facts, decisions, bar)
    deaf = SpanTagger(
        tagger.lm, tagger.assets, replace(tagger.settings, herald_cost=0.0)
    )
    blind = WordFacts.find(deaf, words)
    assert not blind.heralds.any()
    free = replace(blind, seams=facts.seams)
    found = (span_values(deaf, spans, free, decisions, bar) - worth) / 2
    assert tagger.settings.herald_cost == 2
    assert found.tolist() == pytest.approx([count for _, _, count in cases])


def test_a_herald_may_be_parted_from_its_name(tagger):
    words = read(tagger, "he saw President John Smith")
    assert np.flatnonzero(words.bond).tolist() == [3, 4]
    seams = WordFacts.find(tagger, words).seams
    assert np.flatnonzero(seams).tolist() == [4]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Mycobacterium zuberi lives", [1]),  # also at the start of a sentence
        ("the Mycobacterium zuberi", [2]),
        ("the Mycobacterium lives", []),  # a word with an entry
        ("the Mycobacterium Zuberi", []),
        ("the mouse zuberi", []),  # no capital
        ("the London zuberi", []),
        ("Mycobacterium - zuberi", []),
        ("", []),
    ],
)
def test_second_words_of_binomials(tagger, text, second):
    words = read(tagger, text)
    summed = tagger.rollup.sum_up(words.voters)
    assert np.flatnonzero(find_binomials(tagger, words, summed)).tolist() == second
    seams = WordFacts.find(tagger, words).seams
    assert set(second) <= set(np.flatnonzero(seams).tolist())
