import time

import numpy as np
import pytest

from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.vocab.spelling import find_term, suggest_spellings
from spacy_bert_unsup.vocab.vectors import VocabVectors

TERMS = ["[MASK]", "cell", "##cell", "Cell", "cells", "##", "cell"]
WORDPIECE = VocabVectors.from_wordpieces(TERMS, np.eye(len(TERMS), dtype=np.float32))
BPE = VocabVectors(
    ["cell", "Ġcell", "Ġthe"],
    np.eye(3, dtype=np.float32),
    ["cell", "cell", "the"],
    np.array([True, False, False]),
)


@pytest.mark.parametrize(
    ("term", "row"),
    [("cell", 1), ("##cell", 2), ("Cell", 3), ("[MASK]", 0), ("##", 5)],
)
def test_entries_of_wordpieces(term, row):
    assert find_term(WORDPIECE, term) == row


@pytest.mark.parametrize(
    ("term", "row"), [("cell", 1), ("Ġcell", 1), ("##cell", 0), ("the", 2)]
)
def test_entries_of_byte_level_bpe(term, row):
    assert find_term(BPE, term) == row


def test_unknown_term_names_the_nearest_spellings():
    with pytest.raises(InputError, match=r"E240.*'CELL'.*: cell, Cell\."):
        find_term(WORDPIECE, "CELL")
    with pytest.raises(InputError, match="Nothing is near"):
        find_term(WORDPIECE, "xyz")
    with pytest.raises(InputError, match="E240"):
        find_term(WORDPIECE, "")


def test_suggestions_are_quick_in_a_large_vocabulary():
    known = [f"{i:05d}ing" for i in range(100_000)]
    start = time.perf_counter()
    assert suggest_spellings("01234inq", known)[0] == "01234ing"
    assert time.perf_counter() - start < 20  # two seconds
