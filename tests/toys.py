"""Tiny masked language models of five families, built in memory, always the same.

The weights are random but large, so that scores differ clearly. Nobody may change the
models: they are cached.
"""

from __future__ import annotations

import json
import string
from functools import cache
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AlbertConfig,
    AlbertForMaskedLM,
    AlbertTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    DistilBertConfig,
    DistilBertForMaskedLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaTokenizer,
)

from spacy_bert_unsup.mlm.model import MaskedLM

Toy = tuple[PreTrainedModel, PreTrainedTokenizerBase]

WORDS = """
the a of and in to was is on with for by at from that as it he she they his her who
John Mary Peter Anna Smith Jones Paris London York Berlin France Germany Texas Miami
lives lived works visited flew called treated made said born died city river company
doctor teacher king bank university team cats dog cell cells gene protein aspirin
cancer fever diabetes arthritis patient patients blood heart liver drug kinase two
three 2019 Monday January million percent red green new old small
""".split()
PIECES = ["itis", "osis", "ing", "ed", "er", "s", "ville", "land", "son", "ase"]
TEXTS = [
    "John Smith lives in Paris, and Mary Jones works for the bank of London.",
    "The patient was treated with aspirin for arthritis and fever on Monday.",
    "Peter visited the university of Berlin in January 2019.",
    "The gene made two proteins in liver cells; a kinase was called new.",
]
SIZES: dict[str, Any] = {"num_hidden_layers": 2, "num_attention_heads": 2}


def wordpiece_vocabulary() -> dict[str, int]:
    """A cased WordPiece vocabulary: specials, unused, characters, words, endings."""
    letters = string.ascii_letters + string.digits
    terms = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "é"]
    terms += [*string.punctuation, *letters, *WORDS]
    terms += [f"##{piece}" for piece in [*string.ascii_lowercase, *PIECES]]
    return {term: i for i, term in enumerate(dict.fromkeys(terms))}


def byte_level_bpe(specials: list[str]) -> Tokenizer:
    """A byte-level BPE with a few merges, as RoBERTa and ModernBERT have."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    return tokenizer


def unigram_vocabulary() -> list[tuple[str, float]]:
    """A unigram vocabulary, as ALBERT and XLM-R have: pieces and log probabilities."""
    terms = [(term, 0.0) for term in ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]")]
    terms += [(f"▁{word}", -5.0) for word in dict.fromkeys(WORDS)]
    terms += [(piece, -7.0) for piece in PIECES if len(piece) > 1]
    shown = string.ascii_letters + string.digits + string.punctuation
    return terms + [(char, -9.0) for char in ["▁", *shown]]


@cache
def toy_bert() -> Toy:
    """BERT with a cased WordPiece tokenizer, 48 positions."""
    tokenizer = BertTokenizer(vocab=wordpiece_vocabulary(), do_lower_case=False)
    config = BertConfig(
        vocab_size=len(tokenizer) + 3,  # three rows that no term names
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=48,
        **SIZES,
    )
    return make_model(BertForMaskedLM, config), tokenizer


@cache
def toy_untied_bert() -> Toy:
    """The same with vocabulary vectors of its own in the decoder."""
    model, tokenizer = toy_bert()
    config = BertConfig(**{**model.config.to_dict(), "tie_word_embeddings": False})
    return make_model(BertForMaskedLM, config), tokenizer


@cache
def toy_distilbert() -> Toy:
    """DistilBERT with the same tokenizer."""
    _, tokenizer = toy_bert()
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=16,
        hidden_dim=32,
        n_layers=2,
        n_heads=2,
        max_position_embeddings=48,
    )
    return make_model(DistilBertForMaskedLM, config), tokenizer


@cache
def toy_roberta() -> Toy:
    """RoBERTa with byte-level BPE; its positions count from 2."""
    backend = byte_level_bpe(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    merges = [line.split(" ") for line in backend_merges(backend)]
    tokenizer = RobertaTokenizer(
        vocab=backend.get_vocab(), merges=[tuple(pair) for pair in merges]
    )
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=66,
        pad_token_id=1,
        **SIZES,
    )
    return make_model(RobertaForMaskedLM, config), tokenizer


@cache
def toy_albert() -> Toy:
    """ALBERT with a unigram tokenizer; vocabulary vectors smaller than the states."""
    tokenizer = AlbertTokenizer(vocab=unigram_vocabulary(), do_lower_case=False)
    config = AlbertConfig(
        vocab_size=len(tokenizer),
        embedding_size=8,
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=96,
        **SIZES,
    )
    return make_model(AlbertForMaskedLM, config), tokenizer


@cache
def toy_modernbert() -> Toy:
    """ModernBERT: byte-level BPE, rotary positions, a sliding window of 8 pieces."""
    specials = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    roles = ["unk_token", "cls_token", "sep_token", "pad_token", "mask_token"]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=byte_level_bpe(specials),
        model_max_length=64,
        **dict(zip(roles, specials, strict=True)),
    )
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        max_position_embeddings=64,
        local_attention=8,
        layer_types=["full_attention", "sliding_attention"],
        pad_token_id=tokenizer.pad_token_id,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
        **SIZES,
    )
    return make_model(ModernBertForMaskedLM, config), tokenizer


TOYS = {
    "bert": toy_bert,
    "distilbert": toy_distilbert,
    "roberta": toy_roberta,
    "albert": toy_albert,
    "modernbert": toy_modernbert,
}


def make_lm(family: str) -> MaskedLM:
    """Wrap the toy model of a family."""
    model, tokenizer = TOYS[family]()
    return MaskedLM.from_parts(model, tokenizer, name=family)


def backend_merges(tokenizer: Tokenizer) -> list[str]:
    """The merges of a BPE, one "left right" a line."""
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [line if isinstance(line, str) else " ".join(line) for line in merges]


def make_model(
    model_class: type[PreTrainedModel], config: PretrainedConfig
) -> PreTrainedModel:
    """A model with large random weights, the same each time."""
    model = model_class(config).eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            scale = 0.5 if parameter.ndim > 1 else 0.1
            noise = torch.randn(parameter.shape, generator=generator) * scale
            parameter.copy_(noise if parameter.ndim > 1 else parameter + noise)
    return model
