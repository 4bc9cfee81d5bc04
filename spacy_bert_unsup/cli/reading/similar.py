"""`similar`: the nearest sentences of each sentence of a file (spec 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ...errors import Errors, InputError
from ...types import Floats
from ...util import write_text
from ...vectors.settings import TextVectors
from ..messages import good
from ..options import JsonFlag, ModelOption
from ..terminal import bar
from ..texts import InputText, read_texts, repair_surrogates
from .vector_options import (
    KINDS,
    TextKind,
    WeightingOption,
    parse_layers,
    warn_about_model,
    warn_about_unused,
    warn_about_windows,
)

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...vectors.neighbours import Neighbours

Record: TypeAlias = dict[str, Any]
DIGITS = 4
BATCH = 256
"""Sentences between two steps of the progress bar."""


def similar_cli(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Sentences: .txt or .jsonl; '-' is stdin."),
    ],
    queries: Annotated[
        list[str] | None,
        typer.Option("--query", help="Only neighbours of this text. Repeatable."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Neighbours of each.")] = 5,
    kind: Annotated[
        TextKind,
        typer.Option("--kind", help="[CLS] of the head, of the top layer, or a mean."),
    ] = "cls",
    layers: Annotated[
        str | None,
        typer.Option(
            "--layers",
            help="For a mean, with commas: 0 is the embedding, -1 the last. By "
            "default -2.",
        ),
    ] = None,
    weighting: WeightingOption = "none",
    histogram: Annotated[
        bool,
        typer.Option("--histogram", help="Draw how near all the sentences are."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write JSON to this file; stdout by default."),
    ] = None,
    model: ModelOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Find the nearest sentences of a file, for each of its sentences or for a query.

    Sentences are compared by cosine; mean, standard deviation and histogram are over
    all the others. Empty lines are left out; the line numbers are those of the file.

    \b
    Example:
      python -m spacy bert-unsup similar sentences.txt --top 3
      python -m spacy bert-unsup similar sentences.txt --query "The bank was robbed."
      python -m spacy bert-unsup similar s.txt --kind mean --layers 0,-1 \
          --weighting importance
    """
    import srsly

    from ...mlm.loader import STARTER
    from ...mlm.model import MaskedLM

    warn_about_unused(context, kind, {"layers": ["mean"], "weighting": ["mean"]})
    asked = [InputText(repair_surrogates(query), "query") for query in queries or []]
    if not all(query.text.strip() for query in asked):
        raise InputError(Errors.E570)
    texts = list(read_texts([file]))
    if not texts:
        raise InputError(Errors.E577.format(source=file))
    settings = TextVectors(
        KINDS[kind],
        layers=parse_layers(layers) or TextVectors().layers,
        weighting=weighting,
        normalize=True,
    )
    lm = MaskedLM.load(model or STARTER)
    if kind != "mean":
        warn_about_model(lm)
    rows = find_similar(lm, texts, asked, top=top, settings=settings)
    found = {"model": lm.name, "kind": kind, "texts": rows}
    if out is not None:
        write_text(out, srsly.json_dumps(found) + "\n")
        good(f"Wrote {len(rows)} texts with their neighbours: {out}")
    elif as_json:
        typer.echo(srsly.json_dumps(found))
    else:
        for row in rows:
            typer.echo(sentence_report(row, histogram=histogram))


def find_similar(
    lm: MaskedLM,
    texts: Sequence[InputText],
    queries: Sequence[InputText] = (),
    *,
    top: int = 5,
    settings: TextVectors | None = None,
) -> list[Record]:
    """Find the nearest texts, without ever comparing all with all at once.

    lm (MaskedLM): The model.
    texts (Sequence[InputText]): n texts.
    queries (Sequence[InputText]): Texts to look up; if there are none, each of the n
        texts is looked up among the others.
    top (int): Neighbours wanted.
    settings (Optional[TextVectors]): Which vectors are compared.
    RETURNS (list[dict[str, Any]]): `text`, `line` (None for a query), `mean` and `std`
        of its cosines, `histogram` (cosine rounded to a tenth -> count) and `neighbors`
        (`line`, `text`, `cosine`).
    """
    from ...vectors.neighbours import top_neighbours

    vectors = _embed(lm, texts, settings)
    asked = _embed(lm, queries, settings) if queries else None
    found = top_neighbours(vectors, asked, top_k=top)
    return [
        _record(text, texts, found, row) for row, text in enumerate(queries or texts)
    ]


def sentence_report(row: Record, *, histogram: bool = False) -> str:
    """One sentence with its neighbours for a terminal.

    row (dict[str, Any]): As `find_similar` gives it.
    histogram (bool): Whether to draw how near all the others are.
    RETURNS (str): Lines, the last one empty.
    """
    line = "query" if row["line"] is None else row["line"]
    lines = [
        f"{line}: {row['text']}",
        f"  all: mean {row['mean']:.2f}, standard deviation {row['std']:.2f}",
    ]
    if histogram:
        most = max(row["histogram"].values(), default=1)
        for near, count in reversed(row["histogram"].items()):
            lines.append(f"  {near:>5}  {bar(count / most)} {count}")
    for near in row["neighbors"]:
        lines.append(f"  {near['cosine']:.3f}  {near['line']}: {near['text']}")
    return "\n".join([*lines, ""])


def _embed(
    lm: MaskedLM, texts: Sequence[InputText], settings: TextVectors | None
) -> Floats:
    import numpy as np
    from tqdm import tqdm

    from ...vectors.texts import count_windows, text_vectors

    parts, counts = [], []
    with tqdm(total=len(texts), unit=" texts", disable=None) as progress:
        for start in range(0, len(texts), BATCH):
            batch = [text.text for text in texts[start : start + BATCH]]
            parts.append(text_vectors(lm, batch, settings))
            counts += count_windows(lm, batch)
            progress.update(len(batch))
    pairs = zip(texts, counts, strict=True)
    warn_about_windows([text.line for text, count in pairs if count > 1])
    return np.concatenate(parts)


def _record(
    text: InputText, texts: Sequence[InputText], found: Neighbours, row: int
) -> Record:
    counts = zip(found.bins.tolist(), found.counts[row].tolist(), strict=True)
    pairs = zip(found.ids[row].tolist(), found.cosines[row].tolist(), strict=True)
    return {
        "text": text.text,
        "line": None if text.source == "query" else text.line,
        "mean": round(float(found.mean[row]), DIGITS),
        "std": round(float(found.std[row]), DIGITS),
        "histogram": {f"{cosine:.1f}": count for cosine, count in counts if count},
        "neighbors": [
            {
                "line": texts[i].line,
                "text": texts[i].text,
                "cosine": round(cosine, DIGITS),
            }
            for i, cosine in pairs
            if i >= 0
        ],
    }
