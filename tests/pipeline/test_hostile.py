"""Text that nobody expects: no crash, no neighbour harmed, nothing injected."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings, strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from tests.pipeline.conftest import (
    TOY_ENTS,
    TOY_TEXT,
    MakeNLP,
    entities,
    scored,
    toy_config,
)

ODD = {
    "empty": "",
    "white space": " \n\t \u00a0\u2003 ",
    "unknown characters": "日本語 ქართული",
    "emoji": "\U0001f600\U0001f44d\U0001f3fd\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "NUL": "a\x00b \x00",
    "control characters": "\x01\x02 \x7f\x1b[0m",
    "right to left": "\u202eelpmaxe\u202c \u200f\u05e9\u05dc\u05d5\u05dd",
    "zero width": "\u200b \u200d\ufeff \u2060",
    "combining": "e\u0301\u0301\u0301 \u0301",
    "long word": "supercali" * 600,
    "special tokens": "[MASK] [CLS] [SEP] [PAD] [UNK] [unused1] <mask> </s>",
    "marks": "John:__entity__ :__entity__ {phrase} [MASK]",
    "punctuation": "... --- ;;; ((( ''' %%% //",
    "line ends": "a\r\n\r\nb\u2028c\u0085d",
}


@pytest.fixture(scope="module")
def asking(make_toy: MakeNLP) -> Language:
    """A toy pipeline that asks the model with every cue."""
    return make_toy(cues=["context", "phrase", "lexical"], voting={"propose": 0.0})


@pytest.mark.parametrize("name", ODD)
def test_odd_text_by_the_starter(nlp: Language, name: str):
    doc = nlp(ODD[name])
    assert doc.text == ODD[name]
    check(doc)


def test_odd_text_harms_no_neighbour(nlp: Language):
    text = "Barack Obama flew to Berlin."
    alone = scored(nlp(text))
    batch = [part for odd in ODD.values() for part in (odd, text)]
    docs = list(nlp.pipe(batch))
    assert [doc.text for doc in docs] == batch
    for doc in docs[1::2]:
        found = scored(doc)
        assert [s[:3] for s in found] == [s[:3] for s in alone]
        assert [s[3] for s in found] == pytest.approx([s[3] for s in alone], abs=1e-3)


@pytest.mark.parametrize("name", ODD)
def test_odd_text_by_a_toy(asking: Language, name: str):
    check(asking(ODD[name]))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_any_text(asking: Language, texts: list[str]):
    kept = [text.encode("utf8", "replace").decode("utf8") for text in texts]
    docs = list(asking.pipe([*kept, TOY_TEXT]))
    assert [doc.text for doc in docs] == [*kept, TOY_TEXT]
    for doc in docs:
        check(doc)
    assert entities(docs[-1]) == entities(asking(TOY_TEXT))


def test_docs_without_a_text(toy_nlp: Language):
    doc = toy_nlp(Doc(toy_nlp.vocab))
    assert len(doc) == 0 and len(doc.spans["bert_unsup"]) == 0


def test_tokens_without_pieces(toy_nlp: Language):
    words = ["John", "\u200b", " ", "Smith", "\ufeff", "lives", "in", "Paris"]
    doc = toy_nlp(Doc(toy_nlp.vocab, words=words, spaces=[False] * 8))
    check(doc)
    assert ("Paris", "GPE") in entities(doc)


def test_special_tokens_in_a_text_are_text(make_toy: MakeNLP):
    """The model is not asked to fill the blank of a text that speaks of blanks."""
    nlp = make_toy(cues=["context", "lexical"], masking="exact")
    lm = nlp.get_pipe("bert_unsup_ner").lm  # type: ignore[attr-defined]
    (pieces,) = lm.tokenize(["The [MASK] of Paris [SEP]"])
    assert not set(pieces.ids.tolist()) & {lm.mask_id, lm.sep_id, lm.cls_id}
    lm.stats.reset()
    nlp("John saw the [MASK] of Paris.")
    assert lm.stats.head_positions == lm.stats.rows > 0


@pytest.mark.parametrize("lang", ["zh", "de", "ar", "xx"])
def test_other_tokenizers(toy_folder: Path, lang: str):
    nlp = spacy.blank(lang)
    nlp.add_pipe("bert_unsup_ner", config=toy_config(toy_folder))
    for text in ("我住在北京。日本語 ברלין", "Paris, 12 km"):
        check(nlp(text))
    if lang != "zh":  # cuts "Paris" into letters
        assert ("Paris", "GPE") in entities(nlp("Paris"))


def test_words_beyond_the_window(asking: Language):
    words = "(" + "-".join(["John"] * 100) + ")"
    doc = asking(f"{words} {TOY_TEXT}")
    check(doc)
    assert doc._.bert_unsup_notes


def test_ends_of_texts(toy_nlp: Language):
    assert entities(toy_nlp("Paris")) == [("Paris", "GPE")]
    assert entities(toy_nlp(f"{TOY_TEXT}\n\n")) == TOY_ENTS


def check(doc: Doc) -> None:
    """Entities and scores are well-formed."""
    group = doc.spans["bert_unsup"]
    assert len(group.attrs["scores"]) == len(group)
    assert all(0 <= score <= 1 for score in group.attrs["scores"])
    for ent in doc.ents:
        assert ent.text.strip()
        assert ent._.confidence is not None
