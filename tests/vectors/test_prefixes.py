"""A text word by word: each beginning is a text of its own."""

from __future__ import annotations

import numpy as np

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vectors.prefixes import prefix_vectors
from spacy_bert_unsup.vectors.settings import TextVectors
from spacy_bert_unsup.vectors.texts import text_vectors
from spacy_bert_unsup.vectors.windows import split_words


def test_prefixes_equal_texts_of_their_own(toy_lm: MaskedLM):
    text = split_words(" John  visited Yorkville .")
    found = prefix_vectors(toy_lm, text)
    prefixes = ["John", "John  visited", "John  visited Yorkville"]
    wanted = text_vectors(toy_lm, [*prefixes, "John  visited Yorkville ."])
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_prefixes_are_read_in_batches(bert_lm: MaskedLM):
    bert_lm.stats.reset()
    found = prefix_vectors(bert_lm, split_words("a " * 20), TextVectors(kind="top"))
    assert found.shape == (20, 16)
    assert bert_lm.stats.rows == 20 and bert_lm.stats.forwards < 8


def test_no_words_give_no_vectors(bert_lm: MaskedLM):
    assert prefix_vectors(bert_lm, split_words("  ")).shape == (0, 16)
