"""`bias`: how readily the model predicts each term, whatever the place (spec 8.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ...errors import Errors, ModelError
from ...types import Floats
from ..messages import good
from ..options import JsonFlag, ModelOption
from ..plots import INK, PALETTE, QUIET, check_plot_path, open_plot
from ..terminal import format_table
from .labelled import DIGITS

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM

Record: TypeAlias = dict[str, Any]
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
BINS = 80
MARKED = 4
"""Terms at either end of the ranking that the plot names, unless terms are given."""

NEAR = 0.08
"""Share of the plot's width that a name takes."""


def bias_cli(
    terms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TERM]...", help="Show these terms instead."),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=0, help="Terms with the highest bias to show.")
    ] = 20,
    bottom: Annotated[
        int, typer.Option("--bottom", min=0, help="Terms with the lowest bias to show.")
    ] = 10,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw the distribution into a .png or .svg file."),
    ] = None,
    model: ModelOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Rank the vocabulary by the bias of the decoder.

    A high bias means that a term fits in many places: it is stop-word-like. Importance
    is 1 for the lowest bias and 0 for the highest; special tokens do not count.

    \b
    Example:
      python -m spacy bert-unsup bias --top 10 --plot bias.png
      python -m spacy bert-unsup bias the cell protein
    """
    import srsly

    from ...mlm.model import MaskedLM
    from ...pipeline.resources import STARTER

    check_plot_path(plot)
    lm = MaskedLM.load(model or STARTER)
    found = rank_by_bias(lm, terms or [], top=top, bottom=bottom)
    if plot is not None:
        draw_bias(lm, plot, [row["term"] for row in found["terms"]])
    if as_json:
        typer.echo(srsly.json_dumps(found))
    else:
        typer.echo(bias_report(found))
    if plot is not None:
        good(f"Wrote {plot}")


def rank_by_bias(
    lm: MaskedLM, terms: Sequence[str] = (), *, top: int = 20, bottom: int = 10
) -> Record:
    """Rank a vocabulary by the bias of its terms.

    lm (MaskedLM): The model.
    terms (Sequence[str]): Terms that are wanted, whatever their rank.
    top, bottom (int): How many terms of either end are wanted.
    RETURNS (dict[str, Any]): `model`, `ranked` (how many terms), `quantiles` of their
        biases, and rows of `top`, `bottom`, `special` and `terms`: `term`, `bias`, and
        unless it is special `rank` (from 1) and `importance` (spec 8.2).
    RAISES (ModelError): if the model has no bias.
    RAISES (InputError): if a term is not in the vocabulary.
    """
    import numpy as np

    from ...vectors.importance import term_importance, usable_terms
    from ...vocab.spelling import find_term
    from ...vocab.vectors import VocabVectors

    bias = _bias_of(lm)
    usable = np.flatnonzero(usable_terms(lm))
    order = usable[np.argsort(-bias[usable], kind="stable")]
    rank = {term: place for place, term in enumerate(order.tolist(), 1)}
    importance = term_importance(lm)

    def rows(ids: Sequence[int]) -> list[Record]:
        found: list[Record] = []
        for term in ids:
            row = {"term": lm.terms[term], "bias": round(float(bias[term]), DIGITS + 2)}
            if term in rank:
                weight = round(float(importance[term]), DIGITS)
                row |= {"rank": rank[term], "importance": weight}
            found.append(row)
        return found

    levels = np.quantile(bias[usable], QUANTILES).tolist()
    special = sorted(lm.special_ids, key=lambda term: -bias[term])
    vectors = VocabVectors.from_mlm(lm)
    return {
        "model": lm.name,
        "ranked": len(order),
        "quantiles": {
            str(q): round(x, DIGITS) for q, x in zip(QUANTILES, levels, strict=True)
        },
        "top": rows(order[:top].tolist()),
        "bottom": rows(order[max(0, len(order) - bottom) :].tolist()),
        "special": rows(special),
        "terms": rows([find_term(vectors, term) for term in terms]),
    }


def bias_report(found: Record) -> str:
    """The ranking for a terminal.

    found (dict[str, Any]): From `rank_by_bias`.
    RETURNS (str): Lines: only the wanted terms, if there are some.
    """
    if found["terms"]:
        return _table(found["terms"])
    levels = found["quantiles"].items()
    quantiles = [[f"{100 * float(q):g} %", f"{x:.3f}"] for q, x in levels]
    parts = [
        f"Highest of {found['ranked']} terms\n{_table(found['top'])}",
        f"Lowest\n{_table(found['bottom'])}",
        f"Special tokens\n{_table(found['special'])}",
        f"Quantiles\n{format_table(quantiles, ['below', 'bias'], numbers=[0, 1])}",
    ]
    empty = {"Highest": "top", "Lowest": "bottom"}
    kept = [p for p in parts if found.get(empty.get(p.split()[0], ""), True)]
    return "\n\n".join(kept)


def draw_bias(lm: MaskedLM, path: Path, terms: Sequence[str] = ()) -> None:
    """Draw the distribution of the bias, with some terms marked (article, figure 12).

    lm (MaskedLM): The model.
    path (Path): .png or .svg.
    terms (Sequence[str]): Terms to mark; those at either end if empty.
    RAISES (ModelError): if the model has no bias.
    """
    from ...vectors.importance import usable_terms

    found = rank_by_bias(lm, terms, top=MARKED, bottom=MARKED)
    marked = found["terms"] or [*found["top"], *found["bottom"], *found["special"]]
    values = _bias_of(lm)[usable_terms(lm)]
    with open_plot(path) as (axes,):
        axes.hist(values, bins=BINS, color=QUIET)
        low, high = axes.get_xlim()
        top = axes.get_ylim()[1]
        level, last = 0, -math.inf
        for row in sorted(marked, key=lambda row: row["bias"]):
            # Names that would lie over each other are put one above the other.
            level = level + 1 if row["bias"] - last < NEAR * (high - low) else 0
            last, y = row["bias"], top * (0.1 + 0.07 * level)
            color = PALETTE[0] if "rank" in row else PALETTE[1]
            axes.plot([last, last], [0, y], color=color, linewidth=1)
            name = (
                row["term"] if any(map(str.isalnum, row["term"])) else repr(row["term"])
            )
            axes.text(last, y, name, color=INK, fontsize=8, ha="center", va="bottom")
        axes.set_xlabel("bias of the decoder (orange: special tokens)")
        axes.set_ylabel("terms")
        axes.set_title(f"How readily {found['model']} predicts each term")


def _bias_of(lm: MaskedLM) -> Floats:
    bias = lm.bias()
    if not bias.any():
        raise ModelError(Errors.E573.format(model=lm.name))
    return bias


def _table(rows: list[Record]) -> str:
    cells = [
        [
            row["term"],
            f"{row['bias']:.3f}",
            str(row.get("rank", "")),
            f"{row['importance']:.3f}" if "importance" in row else "",
        ]
        for row in rows
    ]
    return format_table(
        cells, ["term", "bias", "rank", "importance"], numbers=[1, 2, 3]
    )
