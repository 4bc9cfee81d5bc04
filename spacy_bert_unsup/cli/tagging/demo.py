"""`demo`: tag a few texts and show why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ... import __version__
from ...util import write_bytes
from ..messages import good
from ..options import (
    AssetsOption,
    ConfigOption,
    JsonFlag,
    ModelOption,
    PipelineOption,
)
from ..terminal import format_table
from ..texts import InputText, read_texts
from .pipelines import Source, load_pipeline
from .records import OWN_WORDS, Record, doc_record, find_roots, voters_by_cue
from .webpage import render_page

DEMO_TEXTS = Path(__file__).parent / "demo_texts"
TERMS = 3
"""Terms of each cue in the table."""


def demo_cli(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Texts or files, '-' is stdin; built-in texts by default.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write a page with the evidence as tooltips."),
    ] = None,
    model: ModelOption = None,
    assets: AssetsOption = None,
    config: ConfigOption = None,
    pipeline: PipelineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Tag a few texts: every entity, its label, and the terms that voted for it.

    \b
    Example:
      python -m spacy bert-unsup demo --html demo.html
      python -m spacy bert-unsup demo "Ann Lee lives in Rome."
    """
    import srsly

    source = Source(model, assets, config, pipeline)
    records, facts = demo(list(inputs or []), source)
    if html is not None:
        page = render_page(records, title="spacy-bert-unsup", facts=facts)
        write_bytes(html, page.encode("utf-8"))
    if as_json:
        typer.echo(srsly.json_dumps([record for _, record in records]))
    else:
        for name, record in records:
            typer.echo(f"\n{name}\n{record['text'].strip()}\n\n{entity_table(record)}")
    if html is not None:
        good(f"Wrote {html}")


def demo(inputs: list[str], source: Source) -> tuple[list[tuple[str, Record]], str]:
    """Tag texts.

    inputs (list[str]): As `read_texts` takes them; the built-in texts if empty.
    source (Source): The pipeline.
    RETURNS (tuple[list[tuple[str, Record]], str]): The name and the record of each
        text, and a line about what tagged them.
    """
    files = inputs or sorted(str(path) for path in DEMO_TEXTS.glob("*.txt"))
    nlp, ner = load_pipeline(source)
    roots = find_roots(ner)
    texts = list(read_texts(files, split="file"))
    docs = nlp.pipe([text.text for text in texts])
    records = [doc_record(doc, roots) for doc in docs]
    facts = (
        f"Model {ner.lm.name}, spacy-bert-unsup {__version__}, no labelled sentences"
    )
    return list(zip(map(_name, texts), records, strict=True)), facts


def entity_table(record: Record) -> str:
    """A table of the entities of a text.

    record (dict[str, Any]): From `doc_record`.
    RETURNS (str): Lines for a terminal.
    """
    if not record["ents"]:
        return "No entities."
    rows = [_row(ent) for ent in record["ents"]]
    header = ["entity", "label", "share", "terms that voted for it, by cue"]
    return format_table(rows, header, numbers=[2], label_column=1)


def _row(ent: Record) -> list[str]:
    agreeing = {
        cue: [voter for voter in voters if voter["agrees"]]
        for cue, voters in voters_by_cue(ent).items()
    }
    voters = "; ".join(f"{cue} {_terms(v)}" for cue, v in agreeing.items() if v)
    score = "" if ent["confidence"] is None else f"{ent['confidence']:.2f}"
    return [ent["text"], ent["label"], score, voters]


def _terms(voters: list[Record]) -> str:
    return ", ".join(
        voter["term"]
        if voter["cue"] == OWN_WORDS
        else f"{voter['term']} {voter['probability']:.2f}"
        for voter in voters[:TERMS]
    )


def _name(text: InputText) -> str:
    return text.source if text.source == "argument" else Path(text.source).stem
