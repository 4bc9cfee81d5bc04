"""Tokenizers that cut words into letters, as spaCy's for Chinese does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Span

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.mlm.text import TokenizedText
from spacy_bert_unsup.pipeline.units import Units
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, entities, toy_config

MIXED = "Paris，Berlin。John Smith、London；我住在北京。"
MIXED_ENTS = [
    ("Paris", "GPE"),
    ("Berlin", "GPE"),
    ("John Smith", "PERSON"),
    ("London", "GPE"),
]


def make(folder: Path, **config: object) -> Language:
    nlp = spacy.blank("zh")
    nlp.add_pipe("bert_unsup_ner", config=toy_config(folder, **config))
    return nlp


@pytest.fixture(scope="module")
def chinese(toy_folder: Path) -> Language:
    return make(toy_folder)


def cut(text: str, starts: list[int], ends: list[int]) -> TokenizedText:
    return TokenizedText(text, np.array(starts, np.int32), np.array(ends, np.int32))


def test_letters_side_by_side_are_a_word():
    text = cut("Ab 住x1 c", [0, 1, 3, 4, 5, 7], [1, 2, 4, 5, 6, 8])
    units = Units.of(text)
    assert units.starts.tolist() == [0, 2, 3, 5, 6]
    assert units.join(text).words() == ["Ab", "住", "x1", "c"]
    assert units.to_words([(0, 1), (1, 4), (5, 6)]) == [(0, 1), (0, 3), (3, 4)]
    flags = np.array([0, 1, 0, 0, 0, 1], bool)
    assert units.any_of(flags).tolist() == [True, False, False, True]


@pytest.mark.parametrize("text", ["", "can't", "U.S. 5 km", "I'm a b"])
def test_other_tokenizers_are_left_alone(text: str):
    doc = spacy.blank("en")(text)
    starts = [token.idx for token in doc]
    found = cut(text, starts, [token.idx + len(token) for token in doc])
    assert Units.of(found).are_tokens
    assert Units.of(found).join(found) is found


def test_words_among_characters_are_found_whole(chinese: Language):
    doc = chinese(MIXED)
    assert len(doc) > 30
    assert entities(doc) == MIXED_ENTS
    assert [ent._.confidence for ent in doc.ents] == [1.0] * 4
    assert doc.ents[0]._.evidence[0]["term"] == "Paris"


def test_english_by_characters_is_tagged_as_by_words(chinese: Language):
    assert entities(chinese(TOY_TEXT)) == TOY_ENTS


def test_characters_without_words(chinese: Language):
    doc = chinese("我住在北京。王小明在北京大学学习。")
    assert entities(doc) == []


def test_entities_set_before_are_kept(chinese: Language):
    doc = chinese.make_doc("Paris，Berlin")
    doc.ents = [Span(doc, 1, 2, label="MINE")]
    assert entities(chinese(doc)) == [("a", "MINE"), ("Berlin", "GPE")]


def test_given_spans(toy_folder: Path):
    nlp = make(toy_folder, candidates="span_group")
    doc = nlp.make_doc("在Paris")
    doc.spans["sc"] = [Span(doc, 1, 6)]
    doc = nlp(doc)
    assert entities(doc) == [("Paris", "GPE")]
    ner = nlp.get_pipe("bert_unsup_ner")
    (vote,) = ner.type_spans([doc], [[(1, 6)]])[0]  # type: ignore[attr-defined]
    assert (vote.start, vote.end, vote.label) == (1, 6, "GPE")
    assert ner.find_candidates([doc]) == [[(1, 6)]]  # type: ignore[attr-defined]


def test_votes_of_letters_cannot_be_kept(toy_folder: Path):
    nlp = make(toy_folder, keep_votes=True)
    with pytest.raises(ConfigError, match="E345.*jieba"):
        nlp("在Paris")
    assert entities(nlp("在")) == []
