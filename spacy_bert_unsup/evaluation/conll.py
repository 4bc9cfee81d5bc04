"""CoNLL files: one token and its tag a line, a blank line after each sentence.

Read are BIO tags (IOB1 too: an `I-` that continues nothing opens a span) in the last
column, the token in the first; columns are parted by tabs, or by spaces in files
without tabs. Written are `token TAB tag` with BIO tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from ..errors import Errors, InputError
from ..util import read_text
from .texts import GoldText, LabelledSpan

Row: TypeAlias = tuple[int, str, str]
"""Line number, token, tag."""

OUTSIDE = "O"
DOC_MARK = "-DOCSTART-"


def read_conll(path: str | Path) -> list[GoldText]:
    """Read the sentences of a CoNLL file.

    path (str | Path): A UTF-8 file.
    RETURNS (list[GoldText]): One for every sentence.
    RAISES (InputError): naming file and line, where a line has no tag or the tag is
        not BIO.
    """
    return [_read_sentence(rows, path) for rows in _sentences(path)]


def write_conll(words: Sequence[str], spans: Sequence[LabelledSpan]) -> str:
    """The lines of one sentence.

    words (Sequence[str]): Tokens; those that are only white space are left out.
    spans (Sequence[LabelledSpan]): Without overlaps.
    RETURNS (str): `token TAB tag` lines and a blank one; "" if no token is left.
    """
    lines = [
        f"{word}\t{tag}\n"
        for word, tag in zip(words, _bio_tags(words, spans), strict=True)
        if word.strip()
    ]
    return "".join([*lines, "\n"]) if lines else ""


def _bio_tags(words: Sequence[str], spans: Sequence[LabelledSpan]) -> list[str]:
    """A tag for each word; `B-` stands at the first one that is not white space."""
    tags = [OUTSIDE] * len(words)
    for start, end, label in spans:
        prefix = "B"
        for i in range(start, end):
            if words[i].strip():
                tags[i] = f"{prefix}-{label}"
                prefix = "I"
    return tags


def _sentences(path: str | Path) -> Iterator[list[Row]]:
    rows: list[Row] = []
    text = read_text(Path(path))
    tabs = "\t" in text
    for number, line in enumerate(text.split("\n"), 1):
        columns = line.rstrip("\r").split("\t") if tabs else line.split()
        if not line.strip() or columns[0] == DOC_MARK:
            if rows:
                yield rows
            rows = []
        elif len(columns) < 2 or not columns[0].strip():
            raise InputError(
                Errors.E501.format(path=path, number=number, line=line[:80])
            )
        else:
            rows.append((number, columns[0], columns[-1].strip()))
    if rows:
        yield rows


def _read_sentence(rows: Sequence[Row], path: str | Path) -> GoldText:
    spans: list[LabelledSpan] = []
    open_label = None
    for i, (number, _, tag) in enumerate(rows):
        if tag == OUTSIDE:
            open_label = None
            continue
        prefix, dash, label = tag.partition("-")
        if prefix not in ("B", "I") or not dash or not label:
            raise InputError(Errors.E502.format(path=path, number=number, tag=tag))
        if prefix == "I" and label == open_label:
            spans[-1] = spans[-1]._replace(end=i + 1)
        else:
            spans.append(LabelledSpan(i, i + 1, label))
        open_label = label
    return GoldText(tuple(word for _, word, _ in rows), tuple(spans))
