"""A plot of a part of the graph of tails; networkx, an extra, says who stands where."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MissingExtraError
from .plots import INK, PALETTE, QUIET, open_plot
from .terminal import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..vocab.graph import TailGraph

SIZE = (8.0, 6.4)
NAME = 24
"""Letters of a phrase."""
Places = dict[int, tuple[float, float]]


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
    if find_spec("networkx") is None:
        raise MissingExtraError("networkx", "graph")
    import networkx

    kept = set(nodes)
    edges = {
        (node, int(other)): float(weight)
        for node in nodes
        for other, weight in zip(graph.out(node), graph.weights_of(node), strict=True)
        if int(other) in kept
    }
    layout = networkx.Graph()
    layout.add_nodes_from(nodes)
    layout.add_weighted_edges_from((*pair, max(w, 0.01)) for pair, w in edges.items())
    places = networkx.spring_layout(layout, seed=0, k=2.2 / len(nodes) ** 0.5)
    with open_plot(path, size=SIZE) as (axes,):
        for node, other in edges:
            if (other, node) not in edges:
                _draw_arrow(axes, places, node, other, mutual=False)
            elif node < other:
                _draw_arrow(axes, places, node, other, mutual=True)
        for node in nodes:
            _draw_name(axes, places, node, graph.names[node], node in focus)
        axes.set_title("Arrows point from a term to one in its tail; blue: both ways")
        axes.set_axis_off()
        axes.margins(0.08)


def _draw_arrow(
    axes: Axes, places: Places, node: int, other: int, *, mutual: bool
) -> None:
    axes.annotate(
        "",
        xy=places[other],
        xytext=places[node],
        zorder=1,
        arrowprops={
            "arrowstyle": "-" if mutual else "-|>",
            "color": PALETTE[0] if mutual else QUIET,
            "linewidth": 1.0 if mutual else 0.7,
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
        zorder=2,
        bbox={
            "boxstyle": "round,pad=0.25",
            "facecolor": PALETTE[1] if asked else "white",
            "edgecolor": PALETTE[1] if asked else QUIET,
            "linewidth": 0.6,
        },
    )
