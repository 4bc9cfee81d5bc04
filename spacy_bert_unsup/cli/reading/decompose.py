"""`decompose`: what the scores of each position of a text are made of (spec 8.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ...types import Bools, Floats
from ..messages import good
from ..options import AssetsOption, JsonFlag, ModelOption
from ..plots import check_plot_path
from ..terminal import format_table
from .blanks import MASK, read_text_with_blanks
from .labelled import DIGITS, LabelledModel, LabelsFlag, UnfilteredFlag, load_labelled
from .places import (
    Place,
    choose_positions,
    masked_places,
    place_vectors,
    plain_places,
)

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...mlm.text import EncodedText
    from ...vectors.decompose import Decomposition

Record: TypeAlias = dict[str, Any]


def decompose_cli(
    text: Annotated[str, typer.Argument(help="The text; it may hold [MASK].")],
    words: Annotated[
        list[str] | None,
        typer.Option("--word", "-w", help="Only this word; may be given again."),
    ] = None,
    positions: Annotated[
        list[int] | None,
        typer.Option(
            "--position",
            "-p",
            min=0,
            help="Only this position; 0 is [CLS]. Repeatable.",
        ),
    ] = None,
    masked: Annotated[
        bool,
        typer.Option("--mask", help="Blank each word in turn instead of reading it."),
    ] = False,
    top: Annotated[
        int, typer.Option("--top", min=1, help="Terms to show for each position.")
    ] = 5,
    closest: Annotated[
        int, typer.Option("--closest", min=0, help="Words of the same text to show.")
    ] = 5,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw the scores into a .png or .svg file."),
    ] = None,
    unfiltered: UnfilteredFlag = False,
    labels: LabelsFlag = True,
    model: ModelOption = None,
    assets: AssetsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take apart the scores of each position: score = n1 x n2 x cos + bias.

    n1 is the length of the position's vector, n2 that of the term's, cos the cosine
    between them; "by cos" ranks the terms shown by the angle alone.

    \b
    Example:
      python -m spacy bert-unsup decompose "A cell phone and a cell sample" -w cell
      python -m spacy bert-unsup decompose "He likes [MASK] ." --plot scores.png
    """
    import srsly

    check_plot_path(plot)
    reader = load_labelled(model, assets, labels=labels)
    found = decompose_text(
        text,
        reader,
        words=words or [],
        positions=positions or [],
        masked=masked,
        top=top,
        allowed=reader.allowed(unfiltered=unfiltered),
    )
    if plot is not None:
        from .decompose_plot import draw_decomposition

        draw_decomposition(found, plot)
    if as_json:
        typer.echo(srsly.json_dumps(found))
    else:
        reports = [position_report(r, closest=closest) for r in found["positions"]]
        typer.echo("\n\n".join(reports))
    if plot is not None:
        good(f"Wrote {plot}")


def decompose_text(
    text: str,
    reader: LabelledModel,
    *,
    words: Sequence[str] = (),
    positions: Sequence[int] = (),
    masked: bool = False,
    top: int = 5,
    allowed: Bools | None = None,
) -> Record:
    """Take apart what a model says about positions of a text.

    text (str): It may hold `[MASK]`.
    reader (LabelledModel): The model.
    words (Sequence[str]): Only these words.
    positions (Sequence[int]): Only these positions; with no words either, all.
    masked (bool): Blank each word in turn; special tokens are then left out.
    top (int): Terms wanted for each position.
    allowed (Optional[Bools]): (V,) terms that may be shown; None is all but special
        and unused ones.
    RETURNS (dict[str, Any]): `text`, `notes`, `own_terms` (the words that the model
        reads, in text order) and `positions`: `position`, `piece`,
        `word`, `masked`, `n1`, `terms` (with `n2`, `cos`, `dot`, `bias`, `score` and
        `by_cos`, the rank by angle alone) and `closest`, the own terms by `score`
        (spec 8.4 b).
    RAISES (InputError): if a word or position is not there, or nothing to read.
    """
    from ...vectors.decompose import decompose_terms
    from ...vectors.terms import nearest_terms

    encoded, notes = read_text_with_blanks(reader.lm, text)
    wanted = choose_positions(encoded, words, positions)
    find = masked_places if masked else plain_places
    places = find(reader.lm, encoded, wanted)
    vectors = place_vectors(reader.lm, places)
    near = nearest_terms(reader.lm, vectors, top_k=top, bias="add", allowed=allowed)
    found = decompose_terms(reader.lm, vectors, near.ids)
    rows = []
    for i, place in enumerate(places):
        row = _place_record(reader.lm, encoded, place, masked=masked)
        row["n1"] = round(float(found.n1[i]), DIGITS)
        row["terms"] = _term_records(reader, found, i)
        row["closest"] = _closest(reader, place, vectors[i])
        rows.append(row)
    own = dict.fromkeys(term for place in places for term in place.ids.tolist())
    return {
        "text": encoded.tokens.text,
        "positions": rows,
        "own_terms": [reader.lm.terms[term] for term in own if reader.words[term]],
        "notes": notes,
    }


def position_report(row: Record, *, closest: int = 5) -> str:
    """One position for a terminal.

    row (dict[str, Any]): One of `positions` of `decompose_text`.
    closest (int): At most so many words of the same text.
    RETURNS (str): Lines.
    """
    of = f" of {row['word']}" if row["word"] not in (None, row["piece"]) else ""
    how = ", blanked" if row["masked"] else ""
    head = f"{row['position']}  {row['piece']}{of}{how}  (n1 = {row['n1']:.2f})"
    rows = []
    for t in row["terms"]:
        angle = math.degrees(math.acos(min(max(t["cos"], -1.0), 1.0)))
        numbers = [f"{t[key]:.2f}" for key in ("n2", "dot", "bias", "score")]
        numbers.insert(1, f"{t['cos']:.3f} ({angle:.0f}°)")
        rows.append([t["term"], *numbers, str(t["by_cos"]), "/".join(t["labels"])])
    header = ["term", "n2", "cos", "dot", "bias", "score", "by cos", "speaks for"]
    lines = [head, format_table(rows, header, numbers=range(1, 7))]
    if near := row["closest"][:closest]:
        near = ", ".join(f"{t['term']} {t['score']:.2f}" for t in near)
        lines.append(f"Closest words of the text: {near}")
    return "\n".join(lines)


def _place_record(
    lm: MaskedLM, text: EncodedText, place: Place, *, masked: bool
) -> Record:
    word = None if place.word is None else text.words[place.word]
    piece = lm.terms[int(place.ids[place.row])]
    shown = word if masked and word is not None else piece
    blanked = masked and word != MASK
    return {
        "position": place.position,
        "piece": shown,
        "word": word,
        "masked": blanked,
    }


def _term_records(
    reader: LabelledModel, found: Decomposition, row: int
) -> list[Record]:
    keys = ("n2", "cos", "dot", "bias", "score")
    numbers = {key: getattr(found, key)[row] for key in keys}
    rows = reader.term_records(found.terms[row], **numbers)
    by_cos = sorted(range(len(rows)), key=lambda i: -rows[i]["cos"])
    for rank, i in enumerate(by_cos, 1):
        rows[i]["by_cos"] = rank
    return rows


def _closest(reader: LabelledModel, place: Place, vector: Floats) -> list[Record]:
    """The words of the same sequence, by their scores at this place."""
    import numpy as np

    own = np.unique(place.ids)
    own = own[reader.words[own]]
    scores = reader.lm.rows()[own] @ vector + reader.lm.bias()[own]
    order = np.argsort(-scores, kind="stable")
    return reader.term_records(own[order], score=scores[order])
