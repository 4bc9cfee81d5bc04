"""Memory: bounded batches, bounded caches, nothing left behind."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from spacy.language import Language

from spacy_bert_unsup.mlm.encoder import Encoder
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

CUES = ["context", "phrase", "lexical"]


def container_sizes(root: object) -> dict[str, int]:
    """Sizes of all containers that can be reached from a component, by type and path.

    Modules, classes and the vocabulary of spaCy are not entered.
    """
    sizes: dict[str, int] = {}
    seen: set[int] = set()
    waiting = [("", root)]
    while waiting:
        path, thing = waiting.pop()
        if id(thing) in seen or path.count(".") > 8:
            continue
        seen.add(id(thing))
        if isinstance(thing, dict | list | set | frozenset | tuple):
            sizes[path] = len(thing)
        if isinstance(thing, dict):
            waiting += [(f"{path}[{k!r}]"[:200], v) for k, v in [*thing.items()][:200]]
        elif type(thing).__module__.startswith("spacy_bert_unsup"):
            names = [*getattr(thing, "__dict__", {}), *getattr(thing, "__slots__", ())]
            parts = [(name, getattr(thing, name, None)) for name in names]
            waiting += [(f"{path}.{name}", part) for name, part in parts]
    return sizes


def new_texts(first: int, count: int) -> list[str]:
    """Texts with words that were not seen before."""
    return [
        f"Ann{i} lives in Berlin{i} with fever" for i in range(first, first + count)
    ]


def test_no_container_grows_with_the_docs(make_toy: MakeNLP):
    """After what may be kept has been kept: the bound of the answers is set low."""
    nlp = make_toy(cues=CUES, voting={"context_templates": ["[MASK]"]})
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    list(nlp.pipe(new_texts(0, 50)))
    before = container_sizes(ner)
    assert len(before) > 20
    list(nlp.pipe(new_texts(100, 300)))
    after = container_sizes(ner)
    grown = {
        path: (before.get(path), size)
        for path, size in after.items()
        if size > before.get(path, 0) and "answers" not in path
    }
    assert grown == {}


def test_docs_are_let_go(make_toy: MakeNLP):
    nlp = make_toy(cues=CUES, voting={"context_templates": ["[MASK]"]})
    watched = [weakref.ref(d) for d in nlp.pipe(new_texts(0, 50), batch_size=10)]
    gc.collect()
    assert [ref() for ref in watched] == [None] * 50


@pytest.mark.parametrize("masking", ["exact", "none"])
def test_forwards_are_bounded_whatever_the_docs(
    make_toy: MakeNLP, monkeypatch: pytest.MonkeyPatch, masking: str
):
    bound, sizes = 128, []
    states = Encoder.last_states

    def count(self: Encoder, rows: Any, *args: Any, **options: Any) -> Any:
        sizes.append(len(rows) * max(map(len, rows)))
        return states(self, rows, *args, **options)

    monkeypatch.setattr(Encoder, "last_states", count)
    nlp = make_toy(cues=CUES, max_batch_pieces=bound, masking=masking)
    texts = [TOY_TEXT, " ".join([TOY_TEXT] * 20), "Paris", "John " * 300]
    list(nlp.pipe(texts))
    assert len(sizes) > 20 and max(sizes) <= bound


def test_a_zone_leaves_nothing_but_the_labels(make_toy: MakeNLP):
    nlp = make_toy()  # loaded in the zone
    before = set(nlp.vocab.strings)
    lexemes = len(list(nlp.vocab))  # its len() counts those of zones
    with nlp.memory_zone():
        docs = list(nlp.pipe([TOY_TEXT, "Xyzzy lives in Plugh."]))
        assert entities(docs[0]) == TOY_ENTS
        assert "Xyzzy" in nlp.vocab.strings
    del docs
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    assert set(nlp.vocab.strings) - before <= set(ner.labels)
    assert all(label in nlp.vocab.strings for label in ner.labels)
    assert len(list(nlp.vocab)) == lexemes
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS


def test_a_label_that_is_a_word_of_a_zone(make_toy: MakeNLP):
    """spaCy keeps what it has: a word of the zone must not be first."""
    nlp = make_toy(seeds={"CITY": ["Paris"]})
    with nlp.memory_zone():
        nlp("CITY and DISEASE are words here")
    assert {"CITY", "DISEASE"} <= set(nlp.vocab.strings)
    assert ("Paris", "CITY") in entities(nlp(TOY_TEXT))
    with nlp.memory_zone():
        assert ("Paris", "CITY") in entities(nlp(TOY_TEXT))


def test_zones_one_after_the_other(toy_nlp: Language):
    for _ in range(3):
        with toy_nlp.memory_zone():
            assert entities(toy_nlp(TOY_TEXT)) == TOY_ENTS
