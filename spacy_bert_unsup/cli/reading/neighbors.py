"""`neighbors`: the vocabulary terms nearest to a term, or to a phrase (spec 7.5)."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer

from ...errors import Errors, InputError
from ...types import Bools
from ..options import AssetsOption, JsonFlag, ModelOption
from ..terminal import format_table
from ..texts import repair_surrogates
from .labelled import LabelledModel, LabelsFlag, UnfilteredFlag, load_labelled
from .vector_options import warn_about_model, warn_about_windows

Record: TypeAlias = dict[str, Any]
COLUMNS = {
    "head": "head [CLS]",
    "weighted": "weighted by importance",
    "top_layer": "top layer's [CLS]",
}
"""Titles of the three ways to look at a phrase."""


def neighbors_cli(
    term: Annotated[
        str | None,
        typer.Argument(metavar="[TERM]", help="A vocabulary entry, '##itis' too."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", help="A phrase or sentence instead, by its [CLS]."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Neighbours to show.")] = 15,
    unfiltered: UnfilteredFlag = False,
    labels: LabelsFlag = True,
    model: ModelOption = None,
    assets: AssetsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the vocabulary terms nearest to a term, or to a phrase.

    Terms are compared by the cosine of their vectors. A phrase is compared by the dot
    product of its [CLS] vector out of the MLM head; beside it, the same weighted by
    the inverse bias of the terms, and the [CLS] of the top layer, for comparison.

    \b
    Example:
      python -m spacy bert-unsup neighbors kidney
      python -m spacy bert-unsup neighbors --text "epidermal growth factor receptor"
    """
    import srsly

    if (term is None) == (text is None):
        raise typer.BadParameter("give a TERM, or a phrase with --text")
    reader = load_labelled(model, assets, labels=labels)
    allowed = reader.allowed(unfiltered=unfiltered)
    if term is not None:
        found = near_term(term, reader, top=top, allowed=allowed)
    else:
        found = near_text(text or "", reader, top=top, allowed=allowed)
    if as_json:
        typer.echo(srsly.json_dumps(found))
    else:
        typer.echo(term_table(found) if term is not None else text_table(found))


def near_term(
    term: str, reader: LabelledModel, *, top: int = 15, allowed: Bools | None = None
) -> Record:
    """Find the neighbours of a vocabulary entry.

    term (str): As `find_term` takes it.
    reader (LabelledModel): The model.
    top (int): How many.
    allowed (Optional[Bools]): (V,) terms that may be shown.
    RETURNS (dict[str, Any]): `term`, `labels` and `neighbors` (`term`, `labels`,
        `cosine`), nearest first.
    RAISES (InputError): if there is no such entry, with the nearest spellings.
    """
    from ...vectors.terms import nearest_terms
    from ...vocab.spelling import find_term

    own = find_term(reader.vectors, term)
    others = reader.allowed(unfiltered=True) if allowed is None else allowed
    others = others.copy()
    others[own] = False
    vector = reader.vectors.matrix[[own]]
    near = nearest_terms(reader.lm, vector, top_k=top, measure="cosine", allowed=others)
    rows = reader.term_records(near.ids[0], cosine=near.scores[0])
    return {**reader.describe(own), "neighbors": rows}


def near_text(
    text: str, reader: LabelledModel, *, top: int = 15, allowed: Bools | None = None
) -> Record:
    """Find the vocabulary terms nearest to a text (article, figures 9a and 9b).

    text (str): A phrase or more.
    reader (LabelledModel): The model.
    top (int): How many.
    allowed (Optional[Bools]): (V,) terms that may be shown.
    RETURNS (dict[str, Any]): `text`, and three lists of `term`, `labels` and `score`:
        `head`, `weighted` and `top_layer`; the last is None where the top layer lies
        in another space than the vocabulary.
    RAISES (InputError): if there is nothing in the text to read.
    """
    from ...vectors.settings import TextVectors
    from ...vectors.terms import BiasUse, nearest_terms
    from ...vectors.texts import count_windows, text_vectors

    lm, text = reader.lm, repair_surrogates(text)
    if not text.strip():
        raise InputError(Errors.E570)
    warn_about_model(lm)
    if count_windows(lm, [text])[0] > 1:
        warn_about_windows([1])
    head, state = (
        text_vectors(lm, [text], TextVectors(kind=kind)) for kind in ("head", "top")
    )

    def rank(vector: Any, bias: BiasUse = "none") -> list[Record]:
        near = nearest_terms(lm, vector, top_k=top, bias=bias, allowed=allowed)
        return reader.term_records(near.ids[0], score=near.scores[0])

    return {
        "text": text,
        "head": rank(head),
        "weighted": rank(head, "weight"),
        "top_layer": rank(state) if state.shape == head.shape else None,
    }


def term_table(found: Record) -> str:
    """Neighbours of a term for a terminal.

    found (dict[str, Any]): From `near_term`.
    RETURNS (str): What the term speaks for, and a table.
    """
    spoken = f" speaks for {'/'.join(found['labels'])}" if found["labels"] else ""
    rows = [
        [row["term"], f"{row['cosine']:.3f}", "/".join(row["labels"])]
        for row in found["neighbors"]
    ]
    table = format_table(rows, ["term", "cosine", "speaks for"], numbers=[1])
    return f"{found['term']}{spoken}\n\n{table}"


def text_table(found: Record) -> str:
    """Neighbours of a phrase for a terminal.

    found (dict[str, Any]): From `near_text`.
    RETURNS (str): A table with the three ways side by side.
    """
    ways = [way for way in COLUMNS if found[way] is not None]
    columns = [
        [f"{row['term']} {row['score']:.2f}" for row in found[way]] for way in ways
    ]
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    return format_table(rows, [COLUMNS[way] for way in ways])
