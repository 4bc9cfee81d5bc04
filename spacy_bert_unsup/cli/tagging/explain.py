"""`explain`: why each span of a text got its label, or none."""

from __future__ import annotations

from typing import Annotated

import typer

from ..options import (
    AssetsOption,
    ConfigOption,
    JsonFlag,
    ModelOption,
    PipelineOption,
)
from ..terminal import bar, paint
from ..texts import repair_surrogates
from .pipelines import Source, load_pipeline
from .records import (
    OWN_WORDS,
    Record,
    doc_record,
    find_roots,
    near_misses,
    span_record,
    voters_by_cue,
)

SHARES = 5
"""Labels whose shares are drawn for each span."""


def explain_cli(
    text: Annotated[str, typer.Argument(help="The text.")],
    misses: Annotated[
        int,
        typer.Option(
            "--misses",
            min=0,
            help="How many spans to show that did not become entities.",
        ),
    ] = 3,
    terms: Annotated[
        int, typer.Option("--terms", min=1, help="How many terms to show for each cue.")
    ] = 8,
    model: ModelOption = None,
    assets: AssetsOption = None,
    config: ConfigOption = None,
    pipeline: PipelineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say why: label shares and, for each cue, the terms with their labels.

    \b
    Example:
      python -m spacy bert-unsup explain "He was given aspirin in Oslo."
    """
    import srsly

    found = explain(text, Source(model, assets, config, pipeline), misses=misses)
    if as_json:
        typer.echo(srsly.json_dumps(found))
        return
    if not found["ents"]:
        typer.echo("No entities.")
    for record in found["ents"]:
        typer.echo(span_report(record, terms=terms))
    if found["near_misses"]:
        typer.echo("Near misses: scored, but no entities\n")
    for record in found["near_misses"]:
        typer.echo(span_report(record, terms=terms))
    for note in found["notes"]:
        typer.echo(f"Note: {note}")


def explain(text: str, source: Source, *, misses: int) -> Record:
    """Tag a text and collect the reasons.

    text (str): The text.
    source (Source): The pipeline.
    misses (int): How many spans that did not become entities are wanted.
    RETURNS (dict[str, Any]): `text`, `ents`, `near_misses` and `notes`.
    """
    nlp, ner = load_pipeline(source)
    doc = nlp(repair_surrogates(text))
    missed = near_misses(doc, ner.spans_key)[:misses]
    roots = find_roots(ner)
    near = [span_record(span, roots) for span in missed]
    return {**doc_record(doc, roots), "near_misses": near}


def span_report(record: Record, *, terms: int) -> str:
    """The reasons for one span in lines for a terminal.

    record (dict[str, Any]): From `span_record`.
    terms (int): At most so many for each cue.
    RETURNS (str): Lines, the last one empty.
    """
    lines = [f"{record['text']}  {paint(' ' + record['label'] + ' ', record['label'])}"]
    shares = list(record["label_scores"].items())[:SHARES]
    width = max((len(label) for label, _ in shares), default=0)
    lines += [f"  {label:<{width}}  {bar(s)} {s:.2f}" for label, s in shares]
    for cue, voters in voters_by_cue(record).items():
        lines.append(f"  {cue}: {', '.join(map(_term, voters[:terms]))}")
    return "\n".join([*lines, ""])


def _term(voter: Record) -> str:
    labels = "/".join(voter["labels"]) or "no label"
    share = "" if voter["cue"] == OWN_WORDS else f" {voter['probability']:.3f}"
    return f"{voter['term']}{share} ({labels})"
