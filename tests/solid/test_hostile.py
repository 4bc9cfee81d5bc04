"""Hostile text that is too large for a list of odd strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

CUES = ["context", "phrase", "lexical"]
LARGE = {
    "10,000 emojis": ["\U0001f600"] * 10_000,
    "emojis with modifiers": ["\U0001f44d\U0001f3fd", "\ufe0f"] * 2000,
    "a word of 50,000 characters": ["x" * 50_000],
    "a known word of 50,000 characters": ["Paris" * 10_000],
    "10,000 white spaces": ["\u2003"] * 10_000,
    "zero-width tokens": ["\u200b", "\ufeff"] * 2000,
    "10,000 marks": ["\u202e", "\u0301"] * 5000,
    "NUL": ["\x00"] * 1000,
    "characters": list("王小明在北京大学学习" * 100),
}


@pytest.fixture(scope="module")
def asking(make_toy: MakeNLP) -> Language:
    return make_toy(cues=CUES, voting={"context_templates": ["[MASK]"]})


@pytest.mark.parametrize("name", LARGE)
def test_large_and_odd(asking: Language, name: str):
    words = LARGE[name]
    odd = Doc(asking.vocab, words=words, spaces=[False] * len(words))
    docs = list(
        asking.pipe([asking.make_doc(TOY_TEXT), odd, asking.make_doc(TOY_TEXT)])
    )
    assert docs[1].text == "".join(words)
    group = docs[1].spans["bert_unsup"]
    assert len(group.attrs["scores"]) == len(group)
    assert all(ent.text.strip() for ent in docs[1].ents)
    assert entities(docs[0]) == entities(docs[2]) == entities(asking(TOY_TEXT))


@pytest.mark.parametrize("mark", ["[MASK]", "[CLS]", "[SEP]", "[PAD]", ":__entity__"])
def test_marks_are_not_obeyed(toy_nlp: Language, mark: str):
    found = entities(toy_nlp(f"{mark} {TOY_TEXT} {mark}"))
    assert [pair for pair in found if pair in TOY_ENTS] == TOY_ENTS


def test_lone_surrogates_fail_alone(
    toy_nlp: Language, capsys: pytest.CaptureFixture[str]
):
    """spaCy cannot make a Doc of them; the command line mends them beforehand."""
    from spacy_bert_unsup.cli.texts import read_texts

    with pytest.raises(UnicodeEncodeError):
        toy_nlp.make_doc("John \ud83d lives")
    texts = [text.text for text in read_texts(["John \ud83d lives", "\udc00 a"])]
    assert texts == ["John \ufffd lives", "\ufffd a"]
    assert capsys.readouterr().err.count("W501") == 1
    assert entities(toy_nlp(texts[0])) == [("John", "PERSON")]


Change = Callable[[Doc], Any]
CHANGES: dict[str, Change] = {
    "a token split": lambda doc: _retokenize(doc, split=True),
    "tokens merged": lambda doc: _retokenize(doc, split=False),
    "a copy": lambda doc: doc.copy(),
}


def _retokenize(doc: Doc, *, split: bool) -> None:
    with doc.retokenize() as tokens:
        if split:
            tokens.split(doc[2], ["li", "ves"], heads=[(doc[2], 0), (doc[2], 1)])
        else:
            tokens.merge(doc[2:4])


@pytest.mark.parametrize("name", CHANGES)
def test_values_are_right_or_none_after_a_change(toy_nlp: Language, name: str):
    """Never those of another span, whatever spaCy does to the group."""
    doc = toy_nlp(TOY_TEXT)
    right = {span.text: span._.label_scores for span in doc.spans["bert_unsup"]}
    doc = CHANGES[name](doc) or doc
    spans = [doc[i:j] for i in range(len(doc)) for j in range(i + 1, len(doc) + 1)]
    for span in [*doc.ents, *spans]:
        assert span._.label_scores in (None, right.get(span.text))
