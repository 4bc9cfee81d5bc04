"""`annotate`: tag texts in bulk, from files to files, with flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import Errors, InputError
from .messages import good
from .options import AssetsOption, ConfigOption, ModelOption, PipelineOption
from .pipelines import Source, load_pipeline
from .records import find_roots
from .texts import InputText, Split, read_texts
from .writers import Format, Write, choose_format, open_writer

if TYPE_CHECKING:
    from spacy.language import Language


def annotate_cli(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT", help="Texts, or .txt and .jsonl files; '-' is stdin."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File for the result; stdout by default."),
    ] = None,
    wanted: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="Format of the result; by default from the suffix of --out.",
        ),
    ] = None,
    split: Annotated[
        Split,
        typer.Option(
            "--split", help="Whether a line of plain text is a text, or the whole file."
        ),
    ] = "line",
    jsonl_stdin: Annotated[
        bool, typer.Option("--jsonl", help="Stdin has JSON lines.")
    ] = False,
    evidence: Annotated[
        bool,
        typer.Option(
            "--evidence",
            help="Put label shares and the terms that voted into the JSON lines.",
        ),
    ] = False,
    max_docs: Annotated[
        int,
        typer.Option(
            "--max-docs",
            min=1,
            help="Texts in one .spacy file; more go to numbered files.",
        ),
    ] = 2000,
    batch_size: Annotated[
        int, typer.Option("--batch-size", min=1, help="Texts to read ahead.")
    ] = 128,
    model: ModelOption = None,
    assets: AssetsOption = None,
    config: ConfigOption = None,
    pipeline: PipelineOption = None,
) -> None:
    """Tag texts in bulk: text, .txt or .jsonl in; .jsonl, .spacy or CoNLL out.

    \b
    Example:
      python -m spacy bert-unsup annotate notes.jsonl --out tagged.spacy
      echo "Ann Lee lives in Rome." | python -m spacy bert-unsup annotate -
    """
    wanted = choose_format(wanted, out)
    texts = read_texts(inputs, split=split, jsonl_stdin=jsonl_stdin)
    nlp, ner = load_pipeline(Source(model, assets, config, pipeline))
    roots = find_roots(ner) if evidence else None
    with open_writer(out, wanted, roots=roots, max_docs=max_docs) as write:
        count = annotate(nlp, texts, write, batch_size=batch_size)
    if out is not None:
        good(f"Tagged {count} texts: {out}")


def annotate(
    nlp: Language, texts: Iterator[InputText], write: Write, *, batch_size: int = 128
) -> int:
    """Run a pipeline over a stream of texts.

    nlp (Language): The pipeline.
    texts (Iterator[InputText]): Read one at a time.
    write (Callable[[Doc, InputText], None]): Gets every Doc, in order.
    batch_size (int): Texts to read ahead.
    RETURNS (int): How many there were.
    RAISES (InputError): if a text is longer than the pipeline takes.
    """
    from tqdm import tqdm

    count = 0
    pairs = ((text.text, text) for text in _checked(texts, nlp.max_length))
    docs = nlp.pipe(pairs, as_tuples=True, batch_size=batch_size)
    for doc, text in tqdm(docs, unit=" texts", disable=None):
        if text.meta:
            doc.user_data["meta"] = text.meta
        write(doc, text)
        count += 1
    return count


def _checked(texts: Iterator[InputText], most: int) -> Iterator[InputText]:
    for text in texts:
        if len(text.text) > most:
            message = Errors.E532.format(
                source=text.source, line=text.line, length=len(text.text), most=most
            )
            raise InputError(message)
        yield text
