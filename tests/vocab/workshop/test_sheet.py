"""Sheets for a spreadsheet: what is written, what may be wrong with what comes back."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import AssetsError, InputError
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.vocab.workshop.sheet import (
    Answer,
    SheetRow,
    apply_answers,
    read_sheet,
    write_sheet,
)

VECTORS = VocabVectors.from_wordpieces(
    ["leek", "Leek", "pan", "egg", '"', "##ing"], np.eye(6, dtype=np.float32)
)
words = st.text(st.characters(exclude_categories=["Cs", "Z", "C"]), min_size=1)
terms = st.lists(words, min_size=1, max_size=4).map(tuple)
labels = words.filter(lambda name: "/" not in name and name != "-")
names = st.lists(labels, max_size=3, unique=True).map(tuple)
rows = st.lists(st.builds(SheetRow, key=words, terms=terms, labels=names), max_size=5)


@pytest.mark.parametrize("suffix", ["tsv", "jsonl"])
@given(rows=rows)
def test_what_is_written_is_read_back(tmp_path_factory, suffix, rows):
    path = tmp_path_factory.mktemp("sheet") / f"sheet.{suffix}"
    assert write_sheet(path, rows) == len(rows)
    wanted = [(row.terms, row.labels) for row in rows if row.labels]
    assert [(a.terms, a.labels) for a in read_sheet(path)] == wanted


def test_columns_are_for_people(tmp_path):
    row = SheetRow("pan", ("pan", '"'), ("A", "B"), "TOOL", 0.5, 1e-4, ("pot:A",))
    write_sheet(tmp_path / "s.tsv", [row])
    text = (tmp_path / "s.tsv").read_text(encoding="utf8")
    (found,) = csv.DictReader(text.splitlines(), dialect="excel-tab")
    assert found["labels"] == "A/B"
    assert found["terms"] == 'pan "'
    assert (found["suggestion"], found["share"], found["mass"]) == (
        "TOOL",
        "0.5",
        "0.0001",
    )
    write_sheet(tmp_path / "s.jsonl", [row])
    record = json.loads((tmp_path / "s.jsonl").read_text(encoding="utf8"))
    assert record["labels"] == ["A", "B"]
    assert record["labelled"] == ["pot:A"]


def test_a_spreadsheet_may_move_and_drop_columns(tmp_path):
    path = tmp_path / "s.tsv"
    path.write_bytes(
        '\ufeffterms\tnote\tlabels\r\n"leek ""egg"""\t\tA / B\r\n\t\t\r\n'
        "pan\tkeep\t\r\negg\t\t-\r\n".encode()
    )
    assert read_sheet(path) == [
        Answer(2, ("leek", '"egg"'), ("A", "B")),
        Answer(5, ("egg",), ()),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("terms\tlabel\nleek\tA\n", "E231", 1),
        ("", "E231", 1),
        ("terms\tlabels\nleek\tA\textra\n", "E231", 2),
        ("terms\tlabels\nleek\n", "E231", 2),
        ('terms\tlabels\nleek\tA\n"pan\tB\negg\tC\n', "E231", 4),
        ('labels\tterms\nA\t"leek\nB\tegg\n', "E231", 3),
        ("terms\tlabels\n\nleek\tA//B\n", "E232", 3),
        ("terms\tlabels\nleek\tA/-\n", "E232", 2),
        ("terms\tlabels\n\tA\n", "E233", 2),
    ],
)
def test_a_bad_line_of_a_tsv_is_named(tmp_path, text, code, line):
    path = tmp_path / "s.tsv"
    path.write_text(text, encoding="utf8")
    with pytest.raises(AssetsError, match=rf"\[{code}\] .*s\.tsv, line {line}:"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "E231"),
        ("3", "E231"),
        ('{"terms": ["leek"]}', "E231"),
        ('{"terms": "leek", "labels": ["A"]}', "E231"),
        ('{"terms": ["leek"], "labels": [1]}', "E231"),
        ('{"terms": ["leek"], "labels": ["A/B"]}', "E232"),
        ('{"terms": ["leek"], "labels": [" A"]}', "E232"),
        ('{"terms": [], "labels": ["A"]}', "E233"),
    ],
)
def test_a_bad_line_of_a_jsonl_is_named(tmp_path, text, code):
    path = tmp_path / "s.jsonl"
    path.write_text(f'{{"terms": ["pan"], "labels": []}}\n\n{text}\n', encoding="utf8")
    with pytest.raises(AssetsError, match=rf"\[{code}\] .*line 3:"):
        read_sheet(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(AssetsError, match="E230"):
        read_sheet(tmp_path / "s.xlsx")
    with pytest.raises(AssetsError, match="E230"):
        write_sheet(tmp_path / "s.csv", [])
    with pytest.raises(InputError, match="E002"):
        read_sheet(tmp_path / "missing.tsv")


SEEDS = {"leek": ("PLANT",), "egg": ("FOOD",)}


def apply(*answers):
    return apply_answers(SEEDS, answers, path="s.tsv", vectors=VECTORS)


def test_answers_replace_what_was_said_and_lines_add_up():
    found = apply(
        Answer(2, ("leek", "pan"), ("A",)),
        Answer(3, ("pan",), ("B", "A")),
        Answer(4, ("egg",), ()),
    )
    assert list(found.items()) == [("leek", ("A",)), ("pan", ("A", "B"))]
    assert SEEDS == {"leek": ("PLANT",), "egg": ("FOOD",)}


def test_the_same_sheet_twice_changes_nothing_more():
    answers = [Answer(2, ("leek", "pan"), ("A",)), Answer(3, ("egg",), ())]
    once = apply(*answers)
    assert apply_answers(once, answers, path="s", vectors=VECTORS) == once


def test_unknown_terms_are_refused_with_their_nearest_spellings():
    with pytest.raises(AssetsError, match=r"E234.*line 7: .*'leeks'.*leek"):
        apply(Answer(2, ("pan",), ("A",)), Answer(7, ("leeks",), ("A",)))
    assert apply(Answer(2, ("LEEK", "##ing"), ("A",)))["LEEK"] == ("A",)


def test_contradictions_are_refused():
    with pytest.raises(AssetsError, match=r"E235.*line 3: .*line 2.*'pan'"):
        apply(Answer(2, ("pan",), ("A",)), Answer(3, ("pan",), ()))
