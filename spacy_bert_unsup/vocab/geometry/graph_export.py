"""The graph of tails for other programs: GraphML, JSON or DOT, through networkx."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import Errors, InputError, MissingExtraError
from ...util import write_text
from .graph import TailGraph

SUFFIXES = (".graphml", ".json", ".dot")


def to_networkx(graph: TailGraph, nodes: Iterable[int] | None = None) -> Any:
    """Hand the graph, or some nodes and the edges between them, to networkx.

    graph (TailGraph): The graph.
    nodes (Optional[Iterable[int]]): Nodes to keep; all that have an edge when None.
    RETURNS (networkx.DiGraph): Nodes are numbers with `name`, `threshold` and `kind`
        ("term" or "phrase"); edges have `weight` and `mutual`.
    RAISES (MissingExtraError): if networkx is not installed.
    """
    nx = _import_networkx()
    sources, targets = graph.sources, graph.targets
    kept = np.zeros(len(graph), bool)
    kept[np.concatenate([sources, targets]) if nodes is None else list(nodes)] = True
    found = nx.DiGraph()
    terms = len(graph.vectors)
    for i in np.flatnonzero(kept).tolist():
        facts: dict[str, Any] = {"name": graph.names[i]}
        facts["kind"] = "term" if i < terms else "phrase"
        if not np.isnan(graph.thresholds[i]):
            facts["threshold"] = round(float(graph.thresholds[i]), 6)
        found.add_node(i, **facts)
    for e in np.flatnonzero(kept[sources] & kept[targets]).tolist():
        weight = round(float(graph.weights[e]), 6)
        ends = int(sources[e]), int(targets[e])
        found.add_edge(*ends, weight=weight, mutual=bool(graph.mutual[e]))
    return found


def write_graph(
    path: str | Path, graph: TailGraph, *, nodes: Iterable[int] | None = None
) -> None:
    """Write the graph to a file, whole or not at all.

    path (str | Path): .graphml, .json (nodes and links) or .dot (Graphviz).
    graph (TailGraph): The graph.
    nodes (Optional[Iterable[int]]): Nodes to keep; all that have an edge when None.
    RAISES (InputError): if the suffix names no format.
    RAISES (MissingExtraError): if networkx is not installed.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        message = Errors.E218.format(path=path, names=", ".join(SUFFIXES))
        raise InputError(message)
    found = to_networkx(graph, nodes)
    nx = _import_networkx()
    if path.suffix == ".graphml":
        text = "\n".join(nx.generate_graphml(found)) + "\n"
    elif path.suffix == ".json":
        text = json.dumps(nx.node_link_data(found, edges="links"), ensure_ascii=False)
    else:
        text = _dot(found)
    write_text(path, text)


def _dot(found: Any) -> str:
    """Graphviz text; networkx itself would need another package for it."""
    lines = ["digraph tails {"]
    for i, facts in found.nodes(data=True):
        lines.append(f"  {i} [label={_quote(facts['name'])}];")
    for one, other, facts in found.edges(data=True):
        lines.append(f"  {one} -> {other} [weight={facts['weight']}];")
    return "\n".join([*lines, "}", ""])


def _quote(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _import_networkx() -> Any:
    try:
        return import_module("networkx")
    except ImportError as error:
        raise MissingExtraError("networkx", "graph") from error
