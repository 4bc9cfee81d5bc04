from __future__ import annotations

import gzip
import json
import lzma

import pytest

from spacy_bert_unsup.errors import InputError, PretrainError
from spacy_bert_unsup.pretrain.corpus import find_files, read_documents
from spacy_bert_unsup.pretrain.settings import CorpusConfig

TEXT = "One paragraph.\nAnother one, née élan.\n\nA second document.\n"
PARAGRAPHS = [["One paragraph.", "Another one, née élan."], ["A second document."]]


def read(folder, **settings):
    return list(read_documents(CorpusConfig(folder=str(folder), **settings)))


@pytest.mark.parametrize("name", ["a.txt", "a.txt.xz", "a.txt.gz"])
def test_text_formats(tmp_path, name):
    data = TEXT.encode("utf-8")
    packed = {"xz": lzma.compress, "gz": gzip.compress}.get(name[-2:], bytes)(data)
    (tmp_path / name).write_bytes(packed)
    documents = read(tmp_path)
    assert [doc.paragraphs for doc in documents] == PARAGRAPHS
    assert {doc.source for doc in documents} == {"a"}


def test_jsonl(tmp_path):
    lines = [json.dumps({"body": "\n".join(doc)}) for doc in PARAGRAPHS]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    documents = read(tmp_path, text_key="body")
    assert [doc.paragraphs for doc in documents] == PARAGRAPHS


def test_jsonl_line_without_text_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n{"body": "y"}\n')
    with pytest.raises(InputError, match=r"a\.jsonl, line 2.*'text'"):
        read(tmp_path)


def test_file_that_is_not_utf8_is_named_with_the_offset(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"fine\n12345\xff more\n")
    with pytest.raises(InputError, match=r"bad\.txt.*byte 10 \(line 2\)"):
        read(tmp_path)


def test_paragraphs_are_read_once_over_all_files(tmp_path):
    (tmp_path / "a.txt").write_text("Same words here.\nOnly a.\n")
    (tmp_path / "b.txt").write_text("same words, HERE!\n\nOnly b.\n")
    assert [doc.paragraphs for doc in read(tmp_path)] == [
        ["Same words here.", "Only a."],
        ["Only b."],
    ]


def test_held_out_share_does_not_depend_on_other_files(tmp_path):
    texts = [f"Document number {n} of many." for n in range(400)]
    (tmp_path / "b.txt").write_text("\n\n".join(texts))
    alone = {d.paragraphs[0] for d in read(tmp_path, valid_share=0.1) if d.held_out}
    (tmp_path / "a.txt").write_text("Something else.\n")
    both = {d.paragraphs[0] for d in read(tmp_path, valid_share=0.1) if d.held_out}
    assert 20 <= len(alone) <= 60
    assert alone <= both


def test_folder_without_text_is_named(tmp_path):
    (tmp_path / "notes.md").write_text("# no")
    with pytest.raises(PretrainError, match=str(tmp_path)):
        find_files(CorpusConfig(folder=str(tmp_path)))
