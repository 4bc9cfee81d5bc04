from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tokenizers import Tokenizer

from spacy_bert_unsup.errors import InputError, PretrainError
from spacy_bert_unsup.pretrain.kept import folds_case, keep_vocabulary
from spacy_bert_unsup.pretrain.prepare import prepare_corpus, save_vocabulary
from spacy_bert_unsup.pretrain.settings import VocabularyConfig
from spacy_bert_unsup.pretrain.vocabulary import SPECIALS, make_tokenizer


def save(folder, entries, *, lowercase=False):
    vocab = {entry: number for number, entry in enumerate([*SPECIALS, *entries])}
    save_vocabulary(make_tokenizer(vocab, lowercase=lowercase), folder)
    return vocab


@pytest.mark.parametrize("lowercase", [False, True])
def test_entries_and_case_stay(tmp_path, lowercase):
    vocab = save(tmp_path, ["fox", "##es", "F"], lowercase=lowercase)
    tokenizer, words = keep_vocabulary(["Foxes, FOX fox."], tmp_path)
    assert tokenizer.get_vocab() == vocab
    assert folds_case(tokenizer) is lowercase
    assert words["fox"] == (2 if lowercase else 1)
    pieces = tokenizer.encode("Foxes", add_special_tokens=False).tokens
    assert pieces == (["fox", "##es"] if lowercase else ["[UNK]"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        ("{", "Expecting"),
        ("{}", "model"),
        ('{"model": {"type": "BPE", "vocab": {}}}', "it is a BPE"),
        ('{"model": {"type": "WordPiece", "vocab": {"[PAD]": 0}}}', r"lacks \[UNK\]"),
        ('{"model": {"type": "WordPiece", "vocab": 3}}', "int"),
        ("[]", "list"),
    ],
)
def test_what_is_no_such_tokenizer_is_refused(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=reason) as caught:
        keep_vocabulary([], tmp_path)
    assert "vocabulary.tokenizer" in str(caught.value)


def test_corpus_in_a_kept_vocabulary(config, prepared, tmp_path):
    made = tmp_path / "made"
    kept = replace(
        config,
        corpus=replace(config.corpus, prepared=str(made)),
        vocabulary=VocabularyConfig(size=7, tokenizer=str(prepared)),
    )
    assert prepare_corpus(kept) == made
    for name in ("train.ids", "valid.ids", "vocab.txt"):
        assert (made / name).read_bytes() == (prepared / name).read_bytes()
    old, new = (json.loads((f / "meta.json").read_text()) for f in (prepared, made))
    assert old.pop("settings") != new.pop("settings")
    assert old == new
    assert Tokenizer.from_file(str(made / "tokenizer.json")).get_vocab_size() > 7
    again = replace(kept, vocabulary=replace(kept.vocabulary, size=8))
    assert prepare_corpus(again) == made
    with pytest.raises(PretrainError, match=str(made)):
        prepare_corpus(replace(kept, vocabulary=config.vocabulary))
