"""`embed`: a file of lines in, vectors of the texts or of their words out (spec 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from ...vectors.settings import Merge, Pooling, Reduction
from ..messages import good
from ..options import ModelOption
from ..texts import InputText, read_texts
from .embedder import Embedder, EmbedKind, make_embedder
from .vector_files import TextRecord, check_vector_path, open_vector_file
from .vector_options import (
    WeightingOption,
    parse_layers,
    warn_about_model,
    warn_about_unused,
    warn_about_windows,
)

CLS, WORDS = ("cls", "top_cls"), ("tokens", "words", "pieces")
USERS = {
    "layers": ("mean", *WORDS),
    "reduction": WORDS,
    "merge": WORDS,
    "pooling": CLS,
    "weighting": ("mean",),
    "specials": ("mean",),
}
"""Options, and the kinds that they have an effect on."""


def embed_cli(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Lines: .txt or .jsonl; '-' is stdin."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help=".npz, .safetensors or .jsonl; JSON lines to stdout."
        ),
    ] = None,
    kind: Annotated[
        EmbedKind,
        typer.Option(
            "--kind",
            help="A vector of each text ([CLS] out of the head, [CLS] of the top "
            "layer, a mean), or of each of its words (spaCy's tokens, what stands "
            "between spaces, or the model's pieces).",
        ),
    ] = "cls",
    layers: Annotated[
        str | None,
        typer.Option(
            "--layers",
            help="For means and words, with commas: 0 is the embedding, -1 the last. "
            "By default -2 for means, the last four for words.",
        ),
    ] = None,
    reduction: Annotated[
        Reduction,
        typer.Option("--reduction", help="How layers become one vector of a word."),
    ] = "sum",
    merge: Annotated[
        Merge, typer.Option("--merge", help="Which piece speaks for a word.")
    ] = "mean",
    pooling: Annotated[
        Pooling,
        typer.Option("--pooling", help="How the windows of a long text become one."),
    ] = "mean",
    weighting: WeightingOption = "none",
    specials: Annotated[
        bool,
        typer.Option("--specials/--no-specials", help="[CLS] and [SEP] in a mean."),
    ] = True,
    normalize: Annotated[
        bool, typer.Option("--normalize", help="Give every vector length 1.")
    ] = False,
    batch_size: Annotated[
        int, typer.Option("--batch-size", min=1, help="Lines to read ahead.")
    ] = 256,
    model: ModelOption = None,
) -> None:
    """Turn every line of a file into a vector, or into one for each of its words.

    The order is kept, and record i is line i: an empty line is there, too, as the
    vector of [CLS] [SEP] or with no words; empty lines at the end are left out. Use
    vectors of texts with --normalize to compare texts, and as they are to compare a
    [CLS] out of the head with the vocabulary.

    \b
    Example:
      python -m spacy bert-unsup embed notes.txt --out notes.npz --normalize
      python -m spacy bert-unsup embed notes.txt --kind words --merge last -o w.jsonl
    """
    from ...mlm.loader import STARTER
    from ...mlm.model import MaskedLM

    check_vector_path(out)
    warn_about_unused(context, kind, USERS)
    texts = keep_empty_lines(read_texts([file]))
    lm = MaskedLM.load(model or STARTER)
    embedder = make_embedder(
        lm,
        kind,
        layers=parse_layers(layers),
        reduction=reduction,
        merge=merge,
        pooling=pooling,
        weighting=weighting,
        specials=specials,
        normalize=normalize,
    )
    if kind in CLS:
        warn_about_model(lm)
    count = 0
    long: list[int] = []
    with open_vector_file(out, embedder.facts) as write:
        for record in embed(texts, embedder, batch_size=batch_size):
            write(record)
            count += 1
            long += [record.line] if record.windows > 1 else []
    warn_about_windows(long)
    if out is not None:
        good(f"Wrote vectors of {count} lines: {out}")


def embed(
    texts: Iterable[InputText], embedder: Embedder, *, batch_size: int = 256
) -> Iterator[TextRecord]:
    """Embed a stream of texts, some at a time.

    texts (Iterable[InputText]): Read ahead by `batch_size` and no more.
    embedder (Embedder): Makes the vectors.
    batch_size (int): Texts that are embedded at once.
    YIELDS (TextRecord): In the same order.
    """
    from tqdm import tqdm

    stream = iter(texts)
    with tqdm(unit=" texts", disable=None) as progress:
        while batch := list(islice(stream, batch_size)):
            yield from embedder.embed(batch)
            progress.update(len(batch))


def keep_empty_lines(texts: Iterable[InputText]) -> Iterator[InputText]:
    """Put the empty lines of a file back in, so that record i is line i.

    texts (Iterable[InputText]): From `read_texts`, of one file.
    YIELDS (InputText): A text for each line up to the last one that is not empty.
    """
    expected = 1
    for text in texts:
        for line in range(expected, text.line):
            yield InputText("", text.source, line)
        yield text
        expected = text.line + 1
