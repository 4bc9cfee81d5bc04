"""Parts of a stream of docs."""

from __future__ import annotations

from collections.abc import Iterator

import spacy
from hypothesis import given, strategies as st
from spacy.tokens import Doc

from spacy_bert_unsup.pipeline.docs import take_parts

VOCAB = spacy.blank("en").vocab


def make_docs(lengths: list[int]) -> list[Doc]:
    return [Doc(VOCAB, words=["a"] * length) for length in lengths]


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 12), st.integers(1, 5))
def test_parts_are_full_and_nothing_is_lost(
    lengths: list[int], most_words: int, most_docs: int
):
    docs = make_docs(lengths)
    parts = list(take_parts(docs, most_words=most_words, most_docs=most_docs))
    assert [doc for part in parts for doc in part] == docs
    for part in parts:
        assert sum(len(doc) for doc in part[:-1]) < most_words
        assert 1 <= len(part) <= most_docs
    for part in parts[:-1]:
        assert sum(map(len, part)) >= most_words or len(part) == most_docs


def test_a_full_part_comes_before_the_next_doc_is_taken():
    taken: list[int] = []

    def stream() -> Iterator[Doc]:
        for i, doc in enumerate(make_docs([3, 3, 3])):
            taken.append(i)
            yield doc

    parts = take_parts(stream(), most_words=6, most_docs=10)
    assert len(next(parts)) == 2
    assert taken == [0, 1]
