"""A doc that fails is reported, its neighbours are not harmed, the order is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from spacy_bert_unsup.pipeline import annotation
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

TEXTS = [TOY_TEXT, "Anna works in Berlin.", "a bad one", "Peter visited Texas.", ""]
GOOD = [text for text in TEXTS if text != "a bad one"]


@pytest.fixture
def fragile(make_toy: MakeNLP, monkeypatch: pytest.MonkeyPatch) -> Language:
    """A pipeline that cannot write into one of the docs."""
    write = annotation.annotate_doc

    def fail(doc: Doc, *args: Any, **options: Any) -> None:
        if doc.text == "a bad one":
            raise RuntimeError("no pen")
        write(doc, *args, **options)

    monkeypatch.setattr(annotation, "annotate_doc", fail)
    return make_toy()


@pytest.fixture
def reports(fragile: Language) -> list[tuple[str, list[str]]]:
    """What the error handler was told."""
    told: list[tuple[str, list[str]]] = []

    def report(name: str, _: Any, docs: Sequence[Doc], error: Exception) -> None:
        assert str(error) == "no pen"
        told.append((name, [doc.text for doc in docs]))

    fragile.set_error_handler(report)
    return told


@pytest.mark.parametrize("batch_size", [1, 2, 1000])
def test_pipe_leaves_the_failing_doc_out(
    fragile: Language, reports: list, batch_size: int, toy_nlp: Language
):
    docs = list(fragile.pipe(TEXTS, batch_size=batch_size))
    assert [doc.text for doc in docs] == GOOD
    assert reports == [("bert_unsup_ner", ["a bad one"])]
    assert entities(docs[0]) == TOY_ENTS
    for doc in docs:
        assert entities(doc) == entities(toy_nlp(doc.text))
        scores = toy_nlp(doc.text).spans["bert_unsup"].attrs["scores"]
        assert doc.spans["bert_unsup"].attrs["scores"] == scores


def test_call_gives_the_failing_doc_back_as_it_was(fragile: Language, reports: list):
    doc = fragile("a bad one")
    assert reports == [("bert_unsup_ner", ["a bad one"])]
    assert doc.text == "a bad one" and not doc.ents


def test_errors_are_raised_without_a_handler(fragile: Language):
    with pytest.raises(RuntimeError, match="no pen"):
        fragile("a bad one")
    with pytest.raises(RuntimeError, match="no pen"):
        list(fragile.pipe(TEXTS))


def test_contexts_stay_with_their_docs(fragile: Language, reports: list):
    pairs = [(text, i) for i, text in enumerate(TEXTS)]
    found = list(fragile.pipe(pairs, as_tuples=True))
    assert [(doc.text, i) for doc, i in found] == [p for p in pairs if p[0] in GOOD]
