from __future__ import annotations

from collections import Counter

import pytest

from spacy_bert_unsup.errors import InputError, PretrainError
from spacy_bert_unsup.pretrain.coverage import report_coverage
from spacy_bert_unsup.pretrain.settings import VocabularyConfig
from spacy_bert_unsup.pretrain.vocabulary import (
    SPECIALS,
    make_tokenizer,
    read_terms,
    train_vocabulary,
)

TEXTS = [
    "The brown fox likes the red fox. Anaemia and asthma.",
    "The fox reads about brown bears, likely hungry, and an anaemic hare.",
    "Hares and bears run from the hunter; foxes do not.",
] * 5


def train(**settings):
    return train_vocabulary(TEXTS, VocabularyConfig(**{"size": 60, **settings}))


def test_size_is_exact_and_specials_come_first():
    tokenizer, _ = train(unused=3)
    vocab = tokenizer.get_vocab()
    assert sorted(vocab.values()) == list(range(60))
    assert [tokenizer.id_to_token(i) for i in range(5)] == list(SPECIALS)
    assert tokenizer.id_to_token(7) == "[unused2]"


def test_frequent_words_fill_their_share():
    tokenizer, words = train(size=50, whole_words=4, unused=0)
    assert {"The", "fox"} <= set(tokenizer.get_vocab())
    assert words["fox"] == 15


def test_terms_are_entries(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("# mine\nzebra\nasthma\tDISEASE\n\nzebra\n", encoding="utf-8")
    assert read_terms(path) == ["zebra", "asthma"]
    tokenizer, _ = train(terms=str(path))
    assert tokenizer.encode("zebra", add_special_tokens=False).tokens == ["zebra"]


@pytest.mark.parametrize(
    ("term", "lowercase"), [("red fox", False), ("IL-2", False), ("IL", True)]
)
def test_term_that_cannot_be_an_entry_is_named(tmp_path, term, lowercase):
    path = tmp_path / "terms.txt"
    path.write_text(f"{term}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"terms.txt.*'{term}'"):
        train(terms=str(path), lowercase=lowercase)


def test_missing_term_list_is_named(tmp_path):
    with pytest.raises(InputError, match="none.txt"):
        train(terms=str(tmp_path / "none.txt"))


def test_too_large_vocabulary_says_what_the_corpus_has():
    with pytest.raises(PretrainError, match="5000.*this corpus supports"):
        train(size=5000)
    with pytest.raises(PretrainError, match="no room"):
        train(size=60, whole_words=50)


def test_lowercase_folds():
    tokenizer, words = train(lowercase=True)
    assert words["the"] == 20 and "The" not in words
    ids = tokenizer.encode("FOX", add_special_tokens=False).ids
    assert ids == tokenizer.encode("fox", add_special_tokens=False).ids


def test_coverage_equals_counting_by_hand():
    names = [*SPECIALS, "fox", "fo", "##es", "f"]
    tokenizer = make_tokenizer({n: i for i, n in enumerate(names)}, lowercase=False)
    words = Counter({"fox": 6, "foxes": 2, "owl": 2})
    report = report_coverage(tokenizer, words, ["fox", "owl", "foxes"])
    # fox; fox ##es; [UNK]
    assert report.fertility == pytest.approx((6 + 4 + 2) / 10)
    assert report.whole_words == pytest.approx(0.6)
    assert report.unknown == pytest.approx(0.2)
    assert report.continuations == 1
    assert report.terms_whole == pytest.approx(1 / 3, abs=1e-4)
