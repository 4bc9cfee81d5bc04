from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from tokenizers import Tokenizer, normalizers
from tokenizers.models import BPE, WordPiece

from spacy_bert_unsup.errors import InputError, PretrainError
from spacy_bert_unsup.pretrain.kept import folds_case, keep_vocabulary
from spacy_bert_unsup.pretrain.prepare import (
    prepare_corpus,
    save_vocabulary,
    settings_digest,
)
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
        ("{", "EOF"),
        ("{}", "Model missing"),
        (Tokenizer(BPE()).to_str(), "it is a BPE"),
        (Tokenizer(WordPiece({"[PAD]": 0})).to_str(), r"lacks \[UNK\]"),
        ('{"model": {"type": "WordPiece", "vocab": 3}}', "expected a map"),
        ("[]", "expected struct Tokenizer"),
    ],
)
def test_what_is_no_such_tokenizer_is_refused(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=reason) as caught:
        keep_vocabulary([], tmp_path)
    assert "vocabulary.tokenizer" in str(caught.value)


def change(folder, update):
    path = folder / "tokenizer.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    update(found)
    path.write_text(json.dumps(found), encoding="utf-8")


@pytest.mark.parametrize("lowercase", [False, True])
def test_as_old_files_of_the_hub_are(tmp_path, lowercase):
    vocab = save(tmp_path, ["fox"], lowercase=lowercase)
    change(tmp_path, lambda found: found["model"].pop("type"))
    change(tmp_path, lambda found: found["normalizer"].update(strip_accents=None))
    tokenizer, _ = keep_vocabulary([], tmp_path)
    assert tokenizer.get_vocab() == vocab
    assert folds_case(tokenizer) is lowercase


@pytest.mark.parametrize(
    "normalizer",
    [
        normalizers.BertNormalizer(strip_accents=False, lowercase=True),
        normalizers.BertNormalizer(handle_chinese_chars=False),
        normalizers.Sequence([normalizers.NFC(), normalizers.BertNormalizer()]),
        normalizers.Lowercase(),
        None,
    ],
)
def test_a_normalizer_that_would_be_dropped_is_refused(tmp_path, normalizer):
    tokenizer = make_tokenizer({e: i for i, e in enumerate(SPECIALS)}, lowercase=True)
    tokenizer.normalizer = normalizer
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(InputError, match="E425.*its normalizer"):
        keep_vocabulary([], tmp_path)


def test_the_digest_knows_the_tokenizer_and_not_its_place(config, tmp_path):
    def digest(folder):
        kept = replace(config.vocabulary, tokenizer=str(folder))
        return settings_digest(replace(config, vocabulary=kept))

    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    save(one, ["fox"])
    shutil.copytree(one, two)
    before = digest(one)
    assert digest(two) == before
    save(one, ["dog"])
    assert digest(one) != before
    with pytest.raises(InputError, match="E425"):
        digest(tmp_path / "none")


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
