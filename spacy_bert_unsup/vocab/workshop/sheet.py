"""A sheet of units to label, for a spreadsheet: written as TSV or JSONL, read back.

People fill the column `labels` ("A", or "A/B" for several; "-" takes away what people
said before; empty leaves the terms as they are) and may delete from `terms` what does
not belong. The other columns are there to read, and nobody reads them back.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ...errors import AssetsError, Errors
from ...util import read_text, write_text
from ..labels import SeedLabels, find_missing_seeds, spell_term
from ..spelling import suggest_spellings
from ..vectors import VocabVectors

COLUMNS = (
    "key",
    "labels",
    "suggestion",
    "share",
    "mass",
    "terms",
    "labelled",
    "neighbours",
)
NEEDED = ("labels", "terms")
REMOVE = "-"
DIGITS = 4


@dataclass(frozen=True)
class SheetRow:
    """One unit: a cluster's unlabelled terms, or a single term.

    key (str): Name of the unit: the pivot of its cluster, or the term.
    terms (tuple[str, ...]): Who gets the labels, as seed files spell them.
    labels (tuple[str, ...]): What people said; for a cluster empty, since its terms
        are those of which nobody said anything.
    suggestion (str): The label that the vote would give; "" if nobody votes.
    share (float): Its share of the vote, 0 to 1.
    mass (float): Share of running text that the terms make up, 0 to 1.
    labelled (tuple[str, ...]): Terms of the cluster with labels, as "term:A/B".
    neighbours (tuple[str, ...]): Terms nearby, nearest first.
    """

    key: str
    terms: tuple[str, ...]
    labels: tuple[str, ...] = ()
    suggestion: str = ""
    share: float = 0.0
    mass: float = 0.0
    labelled: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What somebody wrote in one line.

    line (int): Of the file, from 1.
    terms (tuple[str, ...]): The terms it speaks of.
    labels (tuple[str, ...]): Their labels; none takes away what was said before.
    """

    line: int
    terms: tuple[str, ...]
    labels: tuple[str, ...]


def write_sheet(path: str | Path, rows: Iterable[SheetRow]) -> int:
    """Write a sheet; the file is there whole, or not at all.

    path (str | Path): A .tsv or .jsonl file.
    rows (Iterable[SheetRow]): Units, in the order of work.
    RETURNS (int): How many there were.
    RAISES (AssetsError): if the suffix is another one.
    """
    path = _check_suffix(path)
    records = [row_record(row) for row in rows]
    if path.suffix == ".jsonl":
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        write_text(path, "".join(line + "\n" for line in lines))
    else:
        buffer = io.StringIO()
        writer = csv.writer(buffer, "excel-tab", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(record) for record in records)
        write_text(path, buffer.getvalue())
    return len(records)


def row_record(row: SheetRow) -> dict[str, Any]:
    """One unit as plain data.

    row (SheetRow): The unit.
    RETURNS (dict[str, Any]): By column; lists and rounded numbers.
    """
    found: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    for name, value in found.items():
        if isinstance(value, tuple):
            found[name] = list(value)
        elif isinstance(value, float):
            found[name] = round(float(value), DIGITS + 2 * (name == "mass"))
    return found


def read_sheet(path: str | Path) -> list[Answer]:
    """Read the answers out of a sheet.

    path (str | Path): A .tsv file with a header line, or a .jsonl file; columns other
        than `labels` and `terms` are not needed.
    RETURNS (list[Answer]): Filled lines, in order.
    RAISES (InputError): if the file is missing or not UTF-8.
    RAISES (AssetsError): naming the line, if one cannot be read, or its label cannot
        be one.
    """
    path = _check_suffix(path)
    parse = _parse_tsv if path.suffix == ".tsv" else _parse_jsonl
    answers = []
    for number, terms, labels in parse(read_text(path), path):
        if not labels:
            continue
        wanted = () if labels == [REMOVE] else tuple(dict.fromkeys(labels))
        for label in wanted:
            if not label or label == REMOVE or "/" in label or label != label.strip():
                _refuse(Errors.E232, path=path, number=number, label=label)
        if not terms:
            _refuse(Errors.E233, path=path, number=number)
        answers.append(Answer(number, tuple(terms), wanted))
    return answers


def apply_answers(
    seeds: SeedLabels,
    answers: Sequence[Answer],
    *,
    path: str | Path,
    vectors: VocabVectors,
) -> SeedLabels:
    """Make answers part of what people wrote.

    A term gets the labels of all lines that name it, in order, instead of those it had
    before. Nothing is changed if anything is wrong.

    seeds (SeedLabels): What people wrote before.
    answers (Sequence[Answer]): From `read_sheet`.
    path (str | Path): The sheet, for messages.
    vectors (VocabVectors): The vocabulary.
    RETURNS (SeedLabels): A new dict: old terms in their places, new ones behind.
    RAISES (AssetsError): if a term is not in the vocabulary, or one line labels it
        and another one takes its labels away.
    """
    first = {term: a.line for a in reversed(answers) for term in a.terms}
    for term in find_missing_seeds(dict.fromkeys(first, ()), vectors):
        entries = (spell_term(i, vectors) for i in range(len(vectors)))
        near = ", ".join(suggest_spellings(term, entries))
        hint = f" Near to it: {near}." if near else ""
        line = first[term]
        _refuse(Errors.E234, path=path, number=line, term=term, hint=hint)
    said: dict[str, Answer] = {}
    labels: SeedLabels = {}
    for answer in answers:
        for term in answer.terms:
            other = said.setdefault(term, answer)
            if bool(other.labels) != bool(answer.labels):
                facts = {"number": answer.line, "term": term, "other": other.line}
                _refuse(Errors.E235, path=path, **facts)
            joined = (*labels.get(term, ()), *answer.labels)
            labels[term] = tuple(dict.fromkeys(joined))
    merged = {**seeds, **labels}
    return {term: names for term, names in merged.items() if names}


def _check_suffix(path: str | Path) -> Path:
    path = Path(path)
    if path.suffix not in (".tsv", ".jsonl"):
        raise AssetsError(Errors.E230.format(path=path))
    return path


def _cells(record: dict[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if isinstance(value, list):
            yield ("/" if name == "labels" else " ").join(value)
        else:
            yield str(value)


def _parse_tsv(text: str, path: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    lines = _read_cells(text, path)
    _, header = next(lines, (1, []))
    header = [name.strip() for name in header]
    lacking = [name for name in NEEDED if header.count(name) != 1]
    if lacking:
        _refuse(Errors.E231, path=path, number=1, reason=f"no column {lacking[0]!r}")
    for number, cells in lines:
        row = dict(zip(header, cells, strict=False))
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header) or not set(NEEDED) <= set(row):
            reason = f"{len(cells)} cells under {len(header)} columns"
            _refuse(Errors.E231, path=path, number=number, reason=reason)
        labels = row["labels"].strip()
        names = [name.strip() for name in labels.split("/")] if labels else []
        yield number, row["terms"].split(), names


def _read_cells(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    # Spreadsheets put quotes around cells that hold quotes; strict, because a quote
    # that nobody closes would swallow the lines below it.
    reader = csv.reader(io.StringIO(text, newline=""), "excel-tab", strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        _refuse(Errors.E231, path=path, number=reader.line_num, reason=error)


def _parse_jsonl(text: str, path: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found = [row["terms"], row["labels"]]
        except (ValueError, KeyError, TypeError):
            found = [None]
        if not all(isinstance(names, list) for names in found) or not all(
            isinstance(name, str) for names in found for name in names
        ):
            reason = 'expected {"terms": ["..."], "labels": ["..."]}'
            _refuse(Errors.E231, path=path, number=number, reason=reason)
        yield number, found[0], found[1]


def _refuse(message: str, **facts: Any) -> NoReturn:
    raise AssetsError(message.format(**facts))
