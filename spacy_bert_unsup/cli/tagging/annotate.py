"""`annotate`: tag texts in bulk, from files to files, with flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import Errors, InputError
from ..messages import good
from ..options import AssetsOption, ConfigOption, ModelOption, PipelineOption
from ..texts import InputText, Split, read_texts, split_long
from .pipelines import Source, load_pipeline
from .records import find_roots
from .writers import Format, Write, choose_format, open_writer

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MAX_CHARS = 50_000
"""About 10,000 words, with which half a gigabyte is used beside the model."""
BATCH_CHARS = 50_000
"""Texts that are held together have no more, unless one alone has."""


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
    keep_votes: Annotated[
        bool,
        typer.Option(
            "--keep-votes",
            help="Keep all answers in the .spacy file, so that `revote` can label it "
            "anew.",
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
    max_chars: Annotated[
        int,
        typer.Option(
            "--max-chars",
            min=1,
            help="Longer texts are split at ends of sentences, to bound the memory.",
        ),
    ] = MAX_CHARS,
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
    if keep_votes and wanted != "spacy":
        raise InputError(Errors.E550)
    texts = read_texts(inputs, split=split, jsonl_stdin=jsonl_stdin)
    nlp, ner = load_pipeline(Source(model, assets, config, pipeline))
    if keep_votes:
        ner.options = replace(ner.options, keep_votes=True)
    roots = find_roots(ner) if evidence else None
    with open_writer(out, wanted, roots=roots, max_docs=max_docs) as write:
        count = annotate(nlp, texts, write, batch_size=batch_size, max_chars=max_chars)
    if out is not None:
        good(f"Tagged {count} texts: {out}")


def annotate(
    nlp: Language,
    texts: Iterator[InputText],
    write: Write,
    *,
    batch_size: int = 128,
    max_chars: int = MAX_CHARS,
) -> int:
    """Run a pipeline over a stream of texts, each batch in a memory zone of its own.

    nlp (Language): The pipeline.
    texts (Iterator[InputText]): Read one at a time.
    write (Callable[[Doc, InputText], None]): Gets every Doc, in order;
        a Doc lives no longer than the call.
    batch_size (int): Texts to read ahead.
    max_chars (int): Longer texts, and those that the pipeline would refuse, are split;
        every part is a Doc.
    RETURNS (int): How many Docs were written.
    """
    from tqdm import tqdm

    count = 0
    parts = split_long(texts, min(max_chars, nlp.max_length))
    with tqdm(unit=" texts", disable=None) as progress:
        for batch in batch_texts(parts, batch_size):
            with nlp.memory_zone():  # words of old texts are forgotten
                pairs = [(text.text, text) for text in batch]
                for doc, text in nlp.pipe(pairs, as_tuples=True, batch_size=batch_size):
                    write_origin(doc, text)
                    write(doc, text)
                    progress.update()
                    count += 1
    return count


def batch_texts(texts: Iterable[InputText], most: int) -> Iterator[list[InputText]]:
    """Collect texts that are held in memory together.

    texts (Iterable[InputText]): Texts.
    most (int): Texts of a batch; few, if they are long.
    YIELDS (list[InputText]): Batches, in order.
    """
    batch: list[InputText] = []
    chars = 0
    for text in texts:
        if batch and (len(batch) >= most or chars + len(text.text) > BATCH_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(text)
        chars += len(text.text)
    if batch:
        yield batch


def write_origin(doc: Doc, text: InputText) -> None:
    """Keep what a Doc should know of its text.

    doc (Doc): Gets `user_data["meta"]`, and `user_data["start"]` if it is a part.
    text (InputText): Where it comes from.
    """
    if text.meta:
        doc.user_data["meta"] = text.meta
    if text.start is not None:
        doc.user_data["start"] = text.start
