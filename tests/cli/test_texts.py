import io
import json
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.cli.texts import InputText, read_texts, repair_surrogates
from spacy_bert_unsup.errors import InputError


def texts_of(*inputs, **settings):
    return [found.text for found in read_texts(inputs, **settings)]


@pytest.fixture
def stdin(monkeypatch):
    def fill(content):
        fake = SimpleNamespace(buffer=io.BytesIO(content))
        monkeypatch.setattr("sys.stdin", fake)

    return fill


def test_what_is_no_file_and_has_white_space_is_a_text():
    assert texts_of("Ann lives in Rome.") == ["Ann lives in Rome."]
    assert texts_of("word " * 1000) == ["word " * 1000]


def test_an_input_may_come_twice():
    assert texts_of("a text", "a text") == ["a text", "a text"]


def test_lines_of_a_file_keep_their_numbers(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffone \r\n\n  \ntwo".encode())
    assert list(read_texts([str(path)])) == [
        InputText("one ", str(path), 1),
        InputText("two", str(path), 4),
    ]


def test_whole_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")
    assert texts_of(str(path), split="file") == ["one\ntwo\n"]


def test_json_lines_keep_other_fields(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one", "id": 7}\n\n{"text": "two"}\n')
    assert list(read_texts([str(path)])) == [
        InputText("one", str(path), 1, {"id": 7}),
        InputText("two", str(path), 3),
    ]


def test_stdin_as_lines_and_as_json(stdin):
    stdin(b"one\ntwo\n")
    assert texts_of("-") == ["one", "two"]
    stdin(b'{"text": "one\\ntwo"}\n')
    assert texts_of("-", jsonl_stdin=True) == ["one\ntwo"]


def test_inputs_are_read_lazily(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"good\n\xff\n")
    found = read_texts([str(path)])
    assert next(found).text == "good"
    with pytest.raises(InputError, match=r"a\.txt, line 2: byte 0 .* is not UTF-8"):
        next(found)


@pytest.mark.parametrize("item", ["notes", "notes.txt", "my notes.jsonl", ""])
def test_missing_file_is_noticed_before_anything_is_read(item):
    with pytest.raises(InputError, match="There is no file"):
        read_texts(["a good text", item])


def test_file_of_another_kind(tmp_path):
    path = tmp_path / "notes.pdf"
    path.write_text("x")
    with pytest.raises(InputError, match=r"notes\.pdf is neither \.txt nor \.jsonl"):
        texts_of(str(path))


@pytest.mark.parametrize("line", ["{", "[]", '"a"', '{"txt": "a"}', '{"text": 1}', "1"])
def test_bad_json_line_is_named(tmp_path, line):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one"}\n' + line + "\n")
    with pytest.raises(InputError, match=r"a\.jsonl, line 2: expected a JSON object"):
        texts_of(str(path))


def test_lone_surrogates_are_replaced_and_said_once(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    rows = ["good \ud83d\ude00", "bad \ud83d", "worse \ude00 \ud800"]
    path.write_text("".join(json.dumps({"text": row}) + "\n" for row in rows))
    assert texts_of(str(path)) == ["good 😀", "bad \ufffd", "worse \ufffd \ufffd"]
    assert capsys.readouterr().err.count("W501") == 1


@given(st.text(st.characters()))
def test_repaired_text_can_be_written_and_good_text_is_kept(text):
    repaired = repair_surrogates(text)
    repaired.encode("utf-8")
    if not any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        assert repaired == text
