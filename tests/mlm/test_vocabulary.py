from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.mlm.model import MaskedLM
from tests.toys import make_lm


def read(family: str, term: str) -> tuple[str, bool]:
    lm = make_lm(family)
    i = lm.terms.index(term)
    return lm.surface()[i], bool(lm.is_continuation()[i])


@pytest.mark.parametrize(
    ("family", "term", "surface", "continues"),
    [
        ("bert", "##itis", "itis", True),
        ("bert", "London", "London", False),
        ("bert", "#", "#", False),
        ("bert", "[", "[", False),
        ("bert", "[MASK]", "", False),
        ("bert", "[unused1]", "", False),
        ("roberta", "Ġthe", "the", False),
        ("roberta", "ary", "ary", True),
        ("roberta", "Ã", "", True),  # half of a letter
        ("roberta", "Ġ", "", False),
        ("roberta", "<mask>", "", False),
        ("albert", "▁London", "London", False),
        ("albert", "itis", "itis", True),
        ("albert", "<unk>", "", False),
        ("modernbert", "Ġthe", "the", False),
        ("modernbert", "[MASK]", "", False),
    ],
)
def test_surface(family: str, term: str, surface: str, continues: bool) -> None:
    assert read(family, term) == (surface, continues)


def test_rows_beyond_the_tokenizer_have_no_name(bert_lm: MaskedLM) -> None:
    assert bert_lm.terms[-3:] == bert_lm.surface()[-3:] == ["", "", ""]
    assert not bert_lm.is_continuation()[-3:].any()
    assert all(bert_lm.terms[:-3])


def test_one_entry_for_each_row(toy_lm: MaskedLM) -> None:
    n_terms = len(toy_lm.rows())
    assert len(toy_lm.terms) == len(toy_lm.surface()) == n_terms
    assert toy_lm.is_continuation().shape == (n_terms,)
    assert toy_lm.is_continuation().dtype == np.bool_


def test_special_ids(toy_lm: MaskedLM) -> None:
    named = {toy_lm.mask_id, toy_lm.cls_id, toy_lm.sep_id, toy_lm.pad_id}
    assert named <= toy_lm.special_ids
    assert {toy_lm.surface()[i] for i in toy_lm.special_ids} == {""}
