"""German, with three kinds of vocabularies, as docs/languages.md shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AlbertConfig,
    AlbertForMaskedLM,
    AlbertTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaTokenizer,
)

from spacy_bert_unsup.mlm.model import MaskedLM
from tests.pipeline.conftest import entities
from tests.toys import SIZES, Toy, backend_merges, make_model

PAGE = (Path(__file__).parents[2] / "docs/languages.md").read_text("utf8")
(EXAMPLE,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WORDS = """
der die das in und mit gegen von wohnt lebt arbeitet nahm wurde behandelt wie zum
Beispiel andere zwei Anna Peter Maria Schmidt Müller Berlin Hamburg Deutschland Köln
Fieber Krebs Grippe Aspirin Insulin
""".split()
LETTERS = sorted({*"".join(WORDS), *"abcdefghijklmnopqrstuvwxyzäöüß.,-"})
WANTED = [
    ("Maria Müller", "PERSON"),
    ("Köln", "ORT"),
    ("Aspirin", "ARZNEI"),
    ("Fieber", "KRANKHEIT"),
]


def wordpiece() -> Toy:
    """Whole words, and letters to spell others with."""
    terms = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *WORDS]
    terms += [f"##{letter}" for letter in LETTERS]
    vocabulary = {term: i for i, term in enumerate(dict.fromkeys(terms))}
    tokenizer = BertTokenizer(
        vocab=vocabulary, do_lower_case=False, strip_accents=False
    )
    sizes: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 32, **SIZES}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **sizes)
    return make_model(BertForMaskedLM, config), tokenizer


def byte_level_bpe() -> Toy:
    """Bytes and merges, learnt until every word is one entry."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=900,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator([f" {word}" for word in WORDS * 5] + WORDS, trainer)
    merges = [tuple(line.split(" ")) for line in backend_merges(backend)]
    tokenizer = RobertaTokenizer(vocab=backend.get_vocab(), merges=merges)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=66,
        pad_token_id=1,
        **SIZES,
    )
    return make_model(RobertaForMaskedLM, config), tokenizer


def unigram() -> Toy:
    """Pieces with the probabilities that they have alone."""
    terms = [(term, 0.0) for term in ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]")]
    terms += [(f"▁{word}", -5.0) for word in WORDS]
    terms += [(letter, -9.0) for letter in ["▁", *LETTERS]]
    tokenizer = AlbertTokenizer(vocab=terms, do_lower_case=False)
    config = AlbertConfig(
        vocab_size=len(tokenizer),
        embedding_size=8,
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=64,
        **SIZES,
    )
    return make_model(AlbertForMaskedLM, config), tokenizer


@pytest.mark.parametrize("build", [wordpiece, byte_level_bpe, unigram])
def test_the_worked_example(
    build: Callable[[], Toy], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The toys' answers are random: in the second run only a word's own entry votes."""
    model, tokenizer = build()
    MaskedLM.from_parts(model, tokenizer, name="german").save(tmp_path / "model")
    names: dict[str, Any] = {"MODEL": str(tmp_path / "model"), "spacy": spacy}
    exec(EXAMPLE, names)
    assert capsys.readouterr().out.startswith("[")
    config = {**names["config"], "cues": ["lexical"]}
    nlp = spacy.blank("de")
    nlp.add_pipe("bert_unsup_ner", config=config)
    assert entities(nlp(names["doc"].text)) == WANTED
    nlp.to_disk(tmp_path / "nlp")
    (tmp_path / "model").rename(tmp_path / "gone")
    loaded = spacy.load(tmp_path / "nlp")
    assert entities(loaded(names["doc"].text)) == WANTED
    assert set(loaded.get_pipe("bert_unsup_ner").labels) == {  # type: ignore[attr-defined]
        *("PERSON", "ORT", "KRANKHEIT", "ARZNEI")
    }
