import re

import pytest

from spacy_bert_unsup.cli.terminal import bar, cut, format_table, paint, terminal_color

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_table_aligns_columns_and_colours_labels(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    table = format_table(
        [["Rome", "LOCATION", "0.9"], ["Ann", "PERSON", "0.75"]],
        ["entity", "label", "share"],
        numbers=[2],
        label_column=1,
    )
    assert ESCAPE.search(table)
    assert ESCAPE.sub("", table).splitlines() == [
        "entity  label            share",
        "──────  ────────  ────────────",
        "Rome    LOCATION           0.9",
        "Ann     PERSON            0.75",
    ]


def test_last_column_fits_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    table = format_table([["a", "x" * 100]], ["b", "c"])
    assert max(map(len, table.splitlines())) == 40
    assert table.endswith("…")


def test_no_color(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint("x", "PERSON") == "x"


@pytest.mark.parametrize(
    ("color", "index"), [("#000000", 16), ("#ffffff", 231), ("#ff0000", 196)]
)
def test_terminal_color(color, index):
    assert terminal_color(color) == index


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0, "    "),
        (0.5, "██  "),
        (1, "████"),
        (2, "████"),
        (-1, "    "),
        (0.28, "█▏  "),
    ],
)
def test_bar(share, shown):
    assert bar(share, width=4) == shown


def test_cut():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
