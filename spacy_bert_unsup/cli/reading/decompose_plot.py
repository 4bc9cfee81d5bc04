"""Draw what `decompose` found (the article's figures 3, 13 and 14)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ...errors import Errors, InputError
from ..plots import INK, PALETTE, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Record: TypeAlias = dict[str, Any]
BARS = 3
"""Terms drawn for each position."""
ROW = 0.2
"""Inches of a bar."""
LONGEST = 60.0
"""Inches; a longer picture could not be drawn."""


def draw_decomposition(found: Record, path: Path) -> None:
    """Draw the best terms of each position, and how near it is to the text's words.

    Left: the dot product and what the bias adds or takes, with the angle; a star marks
    a term that lengths or bias moved from its place by angle. Right: the score of each
    word of the text at each position.

    found (dict[str, Any]): From `decompose_text`.
    path (Path): .png or .svg.
    RAISES (InputError): if there are too many positions for one picture.
    """
    rows = found["positions"]
    height = 1.4 + ROW * sum(1 + len(row["terms"][:BARS]) for row in rows)
    if height > LONGEST:
        raise InputError(Errors.E576)
    with open_plot(path, size=(11, max(3.2, height)), panels=(1, 2)) as (left, right):
        _draw_bars(left, rows)
        _draw_words(right, rows, found["own_terms"])


def _draw_bars(axes: Axes, rows: list[Record]) -> None:
    y, ticks = 0.0, []
    largest = max((t["score"] for r in rows for t in r["terms"][:BARS]), default=1.0)
    for row in rows:
        axes.text(0, y, _name(row), va="center", color=INK)
        y += 1
        for rank, term in enumerate(row["terms"][:BARS], 1):
            axes.barh(y, term["dot"], color=PALETTE[5], height=0.8)
            axes.barh(y, term["bias"], left=term["dot"], color=PALETTE[1], height=0.45)
            moved = " *" if term["by_cos"] != rank else ""
            end = max(term["dot"], term["score"], 0) + 0.01 * abs(largest)
            axes.text(end, y, f"cos {term['cos']:.2f}{moved}", va="center", fontsize=7)
            ticks.append((y, term["term"]))
            y += 1
        y += 0.4
    axes.set_yticks([at for at, _ in ticks], [name for _, name in ticks])
    axes.set_ylim(y, -1)
    axes.grid(axis="y", visible=False)
    axes.set_xlim(right=1.15 * max(largest, 1e-6))
    axes.set_xlabel("dot product (blue) + bias (orange) = score")
    axes.set_title("Best terms (*: another place by angle alone)")


def _draw_words(axes: Axes, rows: list[Record], words: list[str]) -> None:
    tables = [{t["term"]: t["score"] for t in row["closest"]} for row in rows]
    axes.set_title("Score of the text's own words at each position")
    axes.grid(visible=False)
    if not words:
        axes.set_axis_off()
        return
    # nan, drawn as nothing: another window of a long text has other words.
    scores = [[table.get(word, math.nan) for word in words] for table in tables]
    image = axes.imshow(scores, aspect="auto", cmap="cividis")
    axes.set_xticks(range(len(words)), words, rotation=60, ha="right")
    axes.set_yticks(range(len(rows)), list(map(_name, rows)))
    axes.figure.colorbar(image, ax=axes, shrink=0.6)


def _name(row: Record) -> str:
    return f"{row['position']}  {row['piece']}{' (blanked)' if row['masked'] else ''}"
