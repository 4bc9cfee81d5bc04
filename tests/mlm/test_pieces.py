from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.mlm.model import MaskedLM

SENTENCE = "John lives in Paris, and Mary works for the bank."


def test_pieces_are_those_of_the_tokenizer(toy_lm: MaskedLM) -> None:
    wanted = toy_lm._parts.tokenizer(SENTENCE, add_special_tokens=False)["input_ids"]
    assert toy_lm.tokenize([SENTENCE])[0].ids.tolist() == wanted


def test_no_special_tokens_out_of_the_text(toy_lm: MaskedLM) -> None:
    special = [toy_lm.terms[i] for i in sorted(toy_lm.special_ids)]
    text = "[MASK] <mask> [CLS]a[SEP] <s></s> " + " ".join(special)
    found = set(toy_lm.tokenize([text])[0].ids.tolist())
    assert found & toy_lm.special_ids <= {toy_lm.unk_id}


def test_bounds_show_the_piece(toy_lm: MaskedLM) -> None:
    pieces = toy_lm.tokenize([SENTENCE])[0]
    surface = toy_lm.surface()
    for i, start, end in zip(pieces.ids, pieces.starts, pieces.ends, strict=True):
        if start < end and i != toy_lm.unk_id:
            assert SENTENCE[start:end] == surface[i]


def test_bytes_of_a_character_share_its_bounds() -> None:
    from tests.toys import make_lm

    pieces = make_lm("roberta").tokenize(["a😀"])[0]
    assert pieces.starts.tolist() == [0, 1, 1, 1, 1]
    assert pieces.ends.tolist() == [1, 2, 2, 2, 2]


@given(text=st.text(max_size=60))
def test_bounds_rise_within_the_text(toy_lm: MaskedLM, text: str) -> None:
    pieces = toy_lm.tokenize([text])[0]
    starts, ends = pieces.starts.tolist(), pieces.ends.tolist()
    assert starts == sorted(starts)
    assert all(
        0 <= start <= end <= len(text) for start, end in zip(starts, ends, strict=True)
    )


def test_empty_texts(toy_lm: MaskedLM) -> None:
    assert toy_lm.tokenize([]) == []
    assert [len(pieces) for pieces in toy_lm.tokenize(["", "  "])][0] == 0


@pytest.mark.parametrize("length", [500, 3000])
def test_long_texts_are_not_cut(toy_lm: MaskedLM, length: int) -> None:
    pieces = toy_lm.tokenize(["the " * length])[0]
    assert len(pieces) >= length
