"""Write annotated Docs one at a time: JSON lines or CoNLL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias

import typer

from ...errors import Errors, InputError
from ...evaluation.conll import write_conll
from ...evaluation.texts import LabelledSpan
from ...util import atomic_path
from ..texts import InputText
from .records import doc_record
from .shards import open_shards

if TYPE_CHECKING:
    from spacy.tokens import Doc

Format: TypeAlias = Literal["jsonl", "spacy", "conll"]
Roots: TypeAlias = Mapping[str, str] | None
Write: TypeAlias = Callable[["Doc", InputText], None]
SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".spacy": "spacy",
    ".conll": "conll",
    ".tsv": "conll",
}


def choose_format(wanted: Format | None, out: Path | None) -> Format:
    """The format that was asked for, by name or by suffix.

    wanted (Optional[Literal["jsonl", "spacy", "conll"]]): By name.
    out (Optional[Path]): The file; None is stdout.
    RETURNS (Literal["jsonl", "spacy", "conll"]): JSON lines if nobody says otherwise.
    RAISES (InputError): if a suffix says nothing, or .spacy shall go to stdout.
    """
    if wanted is None and out is not None:
        wanted = SUFFIXES.get(out.suffix)
        if wanted is None:
            raise InputError(Errors.E530.format(path=out))
    if wanted == "spacy" and out is None:
        raise InputError(Errors.E531)
    return wanted or "jsonl"


@contextmanager
def open_writer(
    out: Path | None, wanted: Format, *, roots: Roots, max_docs: int
) -> Iterator[Write]:
    """Something to give Docs to; files appear when everything went well.

    out (Optional[Path]): The file; None is stdout.
    wanted (Literal["jsonl", "spacy", "conll"]): The format.
    roots (Optional[Mapping[str, str]]): As in `span_record`: with it, JSON lines hold
        the reasons.
    max_docs (int): Docs in one .spacy file; more files are numbered.
    YIELDS (Callable[[Doc, InputText], None]): Writes one Doc.
    """
    if wanted == "spacy" and out is not None:
        with open_shards(out, max_docs=max_docs) as add:
            yield lambda doc, _: add(doc)
        return

    def line(doc: Doc, text: InputText) -> str:
        if wanted == "conll":
            return conll_lines(doc)
        return json_line(doc, text, roots)

    if out is None:
        yield lambda doc, text: typer.echo(line(doc, text), nl=False)
        return
    with atomic_path(out) as beside:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            yield lambda doc, text: _write(file, line(doc, text))


def json_line(doc: Doc, text: InputText, roots: Roots = None) -> str:
    """A Doc as a line of JSON.

    doc (Doc): Annotated.
    text (InputText): Where it came from; its other fields go to `meta`.
    roots (Optional[Mapping[str, str]]): As in `span_record`.
    RETURNS (str): The line.
    """
    record = doc_record(doc, roots)
    record["source"] = {"name": text.source, "line": text.line}
    if text.start is not None:
        record["source"]["start"] = text.start
    if text.meta:
        record["meta"] = text.meta
    return json.dumps(record, ensure_ascii=False) + "\n"


def conll_lines(doc: Doc) -> str:
    """A Doc in CoNLL lines, by sentences where the pipeline knows them.

    doc (Doc): Annotated.
    RETURNS (str): Lines; a sentence that would cut an entity is joined to the next.
    """
    inside = {i for ent in doc.ents for i in range(ent.start + 1, ent.end)}
    starts = [t.i for t in doc if t.i == 0 or (t.is_sent_start and t.i not in inside)]
    parts = []
    for start, end in pairwise([*starts, len(doc)]):
        spans = [
            LabelledSpan(ent.start - start, ent.end - start, ent.label_)
            for ent in doc.ents
            if start <= ent.start < end
        ]
        parts.append(write_conll([t.text for t in doc[start:end]], spans))
    return "".join(parts)


def _write(file: TextIO, line: str) -> None:
    file.write(line)
