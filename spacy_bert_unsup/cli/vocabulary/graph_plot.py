"""A plot of a part of the graph of tails; networkx says who stands where."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..plots import INK, PALETTE, QUIET, open_plot
from ..terminal import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ...vocab.geometry.graph import TailGraph

SIZE = (7.2, 5.6)
TITLE = "Arrows point from a term to one in its tail; blue lines: both ways"
NAME = 24
"""Letters of a phrase."""
Place = tuple[float, float]
Places = dict[int, Place]


def draw_graph(
    graph: TailGraph, path: Path, nodes: Sequence[int], *, focus: Sequence[int]
) -> None:
    """Draw some nodes, and the arrows between them.

    An arrow points from a term to one in its tail; a blue line is an arrow both ways.

    graph (TailGraph): The graph.
    path (Path): .png or .svg.
    nodes (Sequence[int]): Which nodes.
    focus (Sequence[int]): Those that were asked for.
    RAISES (MissingExtraError): if networkx or matplotlib is not installed.
    """
    from ...vocab.geometry.graph_export import to_networkx

    found = to_networkx(graph, nodes)
    places = _place(found)
    with open_plot(path, size=SIZE) as (axes,):
        for node, other, facts in found.edges(data=True):
            if node < other or not facts["mutual"]:  # a line both ways once
                near = node in focus or other in focus
                ends = places[node], places[other]
                _draw_arrow(axes, *ends, mutual=facts["mutual"], faint=not near)
        for node in nodes:
            _draw_name(axes, places, node, graph.names[node], node in focus)
        axes.set_title(TITLE)
        axes.set_axis_off()
        axes.margins(0.08)


def _place(found: Any) -> Places:
    """Neighbours side by side, and room for all names.

    Springs crowd the middle, so that half of each place is its rank among the others.
    """
    import numpy as np

    springs = import_module("networkx").spring_layout(
        found, seed=0, weight=None, iterations=200
    )
    nodes = list(springs)
    places = np.array([springs[node] for node in nodes])
    ranks = places.argsort(axis=0).argsort(axis=0) / max(len(nodes) - 1, 1)
    spread = places / np.abs(places).max() + 2 * (2 * ranks - 1)
    return dict(zip(nodes, map(tuple, spread.tolist()), strict=True))


def _draw_arrow(
    axes: Axes, start: Place, end: Place, *, mutual: bool, faint: bool
) -> None:
    """An arrow, or a line both ways; faint where it is between neighbours only."""
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        zorder=1,
        arrowprops={
            "arrowstyle": "-" if mutual else "-|>",
            "color": PALETTE[0] if mutual else INK,
            "linewidth": 0.7 if faint else 1.2,
            "alpha": 0.25 if faint else 0.9,
            "shrinkA": 12,
            "shrinkB": 12,
        },
    )


def _draw_name(axes: Axes, places: Places, node: int, name: str, asked: bool) -> None:
    x, y = places[node]
    axes.plot([x], [y], alpha=0)  # text alone does not widen the view
    axes.text(
        x,
        y,
        cut(name, NAME),
        ha="center",
        va="center",
        color="white" if asked else INK,
        fontsize=9,
        zorder=3 if asked else 2,
        bbox={
            "boxstyle": "round,pad=0.25",
            "facecolor": PALETTE[1] if asked else "white",
            "edgecolor": PALETTE[1] if asked else QUIET,
            "linewidth": 0.6,
        },
    )
