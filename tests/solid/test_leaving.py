"""A stream of docs that is left half-way leaves nothing behind."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from spacy_bert_unsup.mlm.encoder import ForwardStats
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

CUES = ["context", "phrase", "lexical"]
MASKINGS = ["exact", "packed", "none"]
BATCH = 10


def live_tensors() -> int:
    """Arrays of torch that somebody holds."""
    import torch

    gc.collect()
    return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())


@pytest.mark.parametrize("masking", MASKINGS)
def test_nothing_is_left_behind(make_toy: MakeNLP, masking: str):
    """Neither docs, nor threads, nor arrays; and no text was read far ahead."""
    nlp = make_toy(cues=CUES, masking=masking)
    nlp(TOY_TEXT)
    made: list[Any] = []
    make_doc = nlp.make_doc
    taken = 0

    def watch(text: Any) -> Any:
        doc = make_doc(text)
        made.append(weakref.ref(doc))
        return doc

    def texts() -> Iterator[str]:
        nonlocal taken
        for taken in range(1, 1000):
            yield f"Ann{taken} lives in Berlin{taken} with fever"

    nlp.make_doc = watch  # type: ignore[method-assign]
    threads, tensors = set(threading.enumerate()), live_tensors()
    stream = nlp.pipe(texts(), batch_size=BATCH)
    kept = [next(stream) for _ in range(BATCH + 3)]
    assert len(kept) <= taken == len(made) <= 3 * BATCH
    assert all(doc.spans["bert_unsup"] is not None for doc in kept)
    stream.close()  # type: ignore[attr-defined]
    del stream, kept
    assert set(threading.enumerate()) <= threads
    assert live_tensors() <= tensors
    assert [ref() for ref in made] == [None] * len(made)
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS


def test_an_error_in_the_stream_leaves_nothing_behind(make_toy: MakeNLP):
    nlp = make_toy(cues=CUES)
    threads = set(threading.enumerate())

    def texts() -> Iterator[str]:
        yield from [TOY_TEXT] * (BATCH + 1)
        raise KeyboardInterrupt

    docs = []
    with pytest.raises(KeyboardInterrupt):
        for doc in nlp.pipe(texts(), batch_size=BATCH):
            docs.append(weakref.ref(doc))
    del doc
    gc.collect()
    assert len(docs) == BATCH
    assert [ref() for ref in docs] == [None] * BATCH
    assert set(threading.enumerate()) <= threads
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("bound", [64, 256])
def test_no_pass_is_larger_than_allowed(
    make_toy: MakeNLP, monkeypatch: pytest.MonkeyPatch, masking: str, bound: int
):
    """Short texts, a long one and a very long word, all in one batch."""
    sizes = []
    add = ForwardStats.add

    def watch(self: ForwardStats, *, pieces: int, **counts: int) -> None:
        sizes.append(pieces)
        add(self, pieces=pieces, **counts)

    monkeypatch.setattr(ForwardStats, "add", watch)
    nlp = make_toy(cues=CUES, masking=masking, max_batch_pieces=bound)
    list(nlp.pipe([TOY_TEXT, " ".join([TOY_TEXT] * 12), "Paris", "John " * 100]))
    assert len(sizes) > 4
    assert bound / 2 < max(sizes) <= bound
