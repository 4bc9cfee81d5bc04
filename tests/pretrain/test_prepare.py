from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer

from spacy_bert_unsup.errors import PretrainError
from spacy_bert_unsup.pretrain import prepare
from spacy_bert_unsup.pretrain.corpus import read_documents
from spacy_bert_unsup.pretrain.data import PieceStore
from spacy_bert_unsup.pretrain.prepare import prepare_corpus


def with_corpus(config, **settings):
    return replace(config, corpus=replace(config.corpus, **settings))


def test_ids_are_the_documents(config, prepared):
    tokenizer = Tokenizer.from_file(str(prepared / "tokenizer.json"))
    documents = list(read_documents(config.corpus))
    for part, held_out in (("train", False), ("valid", True)):
        store = PieceStore(prepared, part)
        kept = [doc for doc in documents if doc.held_out == held_out]
        assert len(store.docs) == len(kept) + 1
        for number, doc in enumerate(kept):
            text = " ".join(doc.paragraphs)
            expected = tokenizer.encode(text, add_special_tokens=False).ids
            found = store.ids[store.docs[number] : store.docs[number + 1]]
            assert found.tolist() == expected


def test_vocabulary_files_agree(prepared):
    vocab = Tokenizer.from_file(str(prepared / "tokenizer.json")).get_vocab()
    lines = (prepared / "vocab.txt").read_text(encoding="utf-8").splitlines()
    assert {line: number for number, line in enumerate(lines)} == vocab
    meta = json.loads((prepared / "meta.json").read_text(encoding="utf-8"))
    assert meta["vocabulary"]["entries"] == len(lines)
    assert np.dtype(meta["dtype"]) == np.uint16


def test_second_call_makes_nothing(config, prepared, monkeypatch):
    monkeypatch.setattr(prepare, "_write_prepared", None)
    assert prepare_corpus(config) == prepared


def test_other_settings_are_refused(config, prepared):
    with pytest.raises(PretrainError, match=str(prepared)):
        prepare_corpus(with_corpus(config, valid_share=0.2))


def test_other_text_is_noticed(config, tmp_path):
    folder = tmp_path / "texts"
    shutil.copytree(config.corpus.folder, folder)
    mine = with_corpus(config, folder=str(folder), prepared=str(tmp_path / "made"))
    made = prepare_corpus(mine)
    assert prepare_corpus(mine) == made
    with (folder / "tiny.txt").open("a", encoding="utf-8") as file:
        file.write("\nOne more paragraph.\n")
    with pytest.raises(PretrainError, match="of other text"):
        prepare_corpus(mine)
    for path in folder.iterdir():
        path.unlink()
    assert prepare_corpus(mine) == made
    shutil.rmtree(folder)  # as on a training machine
    assert prepare_corpus(mine) == made


def test_a_folder_prepared_before_sizes_were_kept(config, prepared, tmp_path):
    made = tmp_path / "made"
    shutil.copytree(prepared, made)
    meta = json.loads((made / "meta.json").read_text(encoding="utf-8"))
    del meta["bytes"]
    (made / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    assert prepare_corpus(with_corpus(config, prepared=str(made))) == made


def test_files_of_one_name_in_two_folders(config, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text(name * 3)
    mine = with_corpus(config, folder=str(tmp_path), files=["*/x.txt"])
    assert prepare.list_sizes(mine) == {"a/x.txt": 3, "b/x.txt": 3}


def test_killed_preparation_leaves_nothing(config, tmp_path, monkeypatch):
    def fail(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "encode_documents", fail)
    with pytest.raises(KeyboardInterrupt):
        prepare_corpus(with_corpus(config, prepared=str(tmp_path / "made")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [("\n\n", "empty"), ("One document only, but words enough.\n", "too small")],
)
def test_too_little_text(config, tmp_path, text, message):
    (tmp_path / "tiny.txt").write_text(text)
    few = with_corpus(config, folder=str(tmp_path), prepared=str(tmp_path / "made"))
    small = replace(
        few, vocabulary=replace(few.vocabulary, size=30, whole_words=0, min_frequency=1)
    )
    with pytest.raises(PretrainError, match=message):
        prepare_corpus(small)
