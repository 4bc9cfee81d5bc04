from __future__ import annotations

import pytest
import torch
from transformers import BertTokenizer

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.checks import find_length_limit
from spacy_bert_unsup.mlm.model import MaskedLM
from tests import toys


@pytest.mark.parametrize(
    ("family", "limit"),
    [
        ("bert", 48),
        ("distilbert", 48),
        ("roberta", 64),  # 66 positions, counted from 2
        ("albert", 96),
        ("modernbert", 64),
    ],
)
def test_length_limit(family: str, limit: int) -> None:
    model, tokenizer = toys.TOYS[family]()
    assert find_length_limit(model, tokenizer) == limit
    model(torch.arange(10, 10 + limit)[None])  # the longest sequence runs


def test_tokenizer_with_more_entries_than_rows() -> None:
    model, _ = toys.toy_bert()
    terms = list(toys.wordpiece_vocabulary()) + [f"more{i}" for i in range(9)]
    vocab = {term: i for i, term in enumerate(terms)}
    with pytest.raises(ModelError, match="E106.*231.*225"):
        MaskedLM.from_parts(model, BertTokenizer(vocab=vocab), name="wrong")


def test_tokenizer_without_mask() -> None:
    model, _ = toys.toy_roberta()
    backend = toys.byte_level_bpe(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer = toys.PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>"
    )
    with pytest.raises(ModelError, match="E105.*no mask token"):
        MaskedLM.from_parts(model, tokenizer, name="no-mask")


def test_slow_tokenizer() -> None:
    from transformers import PythonBackend

    class Slow(PythonBackend):
        def __init__(self) -> None:
            super().__init__(mask_token="[MASK]")

        def get_vocab(self) -> dict[str, int]:
            return {"[MASK]": 0}

        def _tokenize(self, text: str) -> list[str]:
            return text.split()

        def _convert_token_to_id(self, token: str) -> int:
            return 0

        def _convert_id_to_token(self, index: int) -> str:
            return "[MASK]"

        @property
        def vocab_size(self) -> int:
            return 1

    model, _ = toys.toy_bert()
    with pytest.raises(ModelError, match="E105.*fast"):
        MaskedLM.from_parts(model, Slow(), name="slow")
