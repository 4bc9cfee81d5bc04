"""The graph of tails as plain data and for a terminal (spec part 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ...errors import Errors, InputError
from ...vocab.spelling import find_term
from ..terminal import cut, format_table
from .loading import Vocabulary

if TYPE_CHECKING:
    from ...vocab.geometry.graph import TailGraph

Record: TypeAlias = dict[str, Any]
DEGREES = ("in_degree", "out_degree", "mutual")
NAME = 40
"""Letters of a phrase in a table."""


def find_nodes(
    vocabulary: Vocabulary,
    terms: Sequence[str],
    phrases: Sequence[str],
    *,
    filtered: bool,
) -> list[int]:
    """Nodes of terms and phrases: phrases come behind the whole vocabulary.

    vocabulary (Vocabulary): V terms.
    terms (Sequence[str]): Terms.
    phrases (Sequence[str]): Phrases, in the order in which the graph gets them.
    filtered (bool): Whether the graph leaves out pieces of words, too.
    RETURNS (list[int]): Node numbers.
    RAISES (InputError): if a term is not in the vocabulary, or left out.
    """
    vectors = vocabulary.vectors
    numbers = [find_term(vectors, term) for term in terms]
    for number in numbers:
        if not vectors.surfaces[number] or (filtered and vectors.continues[number]):
            raise InputError(Errors.E547.format(term=vectors.terms[number]))
    return [*numbers, *range(len(vectors), len(vectors) + len(phrases))]


def neighbourhood(graph: TailGraph, nodes: Sequence[int], *, hops: int) -> list[int]:
    """The nodes within some steps along tails, nearest first.

    graph (TailGraph): The graph.
    nodes (Sequence[int]): Where to start.
    hops (int): Steps.
    RETURNS (list[int]): Node numbers, the first ones being `nodes`.
    """
    distance: dict[int, int] = {}
    for node in nodes:
        for other, steps in graph.hops(node, hops).items():
            distance[other] = min(steps, distance.get(other, steps))
    for node in nodes:
        distance[node] = 0
    # A stable sort: within a distance, nodes keep the order in which tails name them.
    rest = sorted(
        (n for n in distance if n not in set(nodes)), key=distance.__getitem__
    )
    return [*nodes, *rest]


def describe_graph(
    graph: TailGraph,
    nodes: Sequence[int],
    *,
    hops: int,
    top: int,
    mutual: bool = False,
) -> Record:
    """The graph, or some nodes of it, as plain data.

    graph (TailGraph): The graph.
    nodes (Sequence[int]): Which nodes; the ranking of all if there are none.
    hops (int): How far to go.
    top (int): Rows of the ranking.
    mutual (bool): Whether to rank by arrows both ways instead of arrows in.
    RETURNS (dict[str, Any]): `edges`, `asymmetry` (the share of them without the way
        back), and either `nodes` or `ranking` (`name`, `in_degree`, `out_degree`,
        `mutual`).
    """
    facts: Record = {
        "edges": len(graph.targets),
        "asymmetry": round(float(graph.asymmetry), 4),
    }
    if nodes:
        return facts | {"nodes": [_node_record(graph, node, hops) for node in nodes]}
    import numpy as np

    both = np.bincount(graph.sources[graph.mutual], minlength=len(graph))
    order = np.argsort(-(both if mutual else graph.in_degree), kind="stable")[:top]
    rows = [_degrees(graph, node) | {"mutual": int(both[node])} for node in order]
    return facts | {"ranking": rows}


def graph_report(found: Record, *, top: int) -> str:
    """The graph for a terminal.

    found (dict[str, Any]): From `describe_graph`.
    top (int): Rows of each list.
    RETURNS (str): Tables.
    """
    parts = [
        f"{found['edges']} arrows, {100 * found['asymmetry']:.0f} % of them one-way"
    ]
    if "ranking" in found:
        rows = [
            [*(str(row[key]) for key in DEGREES), row["name"]]
            for row in found["ranking"]
        ]
        header = ["in tails", "own tail", "both ways", "term"]
        return "\n\n".join([*parts, format_table(rows, header, numbers=[0, 1, 2])])
    parts += [_node_report(node, top) for node in found["nodes"]]
    return "\n\n".join(parts)


def _degrees(graph: TailGraph, node: int) -> Record:
    return {
        "name": graph.names[node],
        "in_degree": int(graph.in_degree[node]),
        "out_degree": int(graph.out_degree[node]),
    }


def _node_record(graph: TailGraph, node: int, hops: int) -> Record:
    """A node: its tail, whose tails it is in, and what is farther away."""
    out = [
        {
            "name": graph.names[other],
            "cosine": round(float(weight), 4),
            "mutual": bool(graph.is_mutual(node, other)),
        }
        for other, weight in zip(
            graph.out(node).tolist(), graph.weights_of(node), strict=True
        )
    ]
    into = [
        {"name": graph.names[other], "mutual": bool(graph.is_mutual(node, other))}
        for other in graph.into(node).tolist()
    ]
    away: dict[str, list[str]] = {}
    for other, steps in graph.hops(node, hops).items():
        if steps > 1:
            away.setdefault(str(steps), []).append(graph.names[other])
    return {
        **_degrees(graph, node),
        "threshold": round(float(graph.thresholds[node]), 4),
        "out": out,
        "in": into,
        "hops": away,
    }


def _node_report(node: Record, top: int) -> str:
    lines = [
        f"{node['name']}: a tail of {node['out_degree']} above "
        f"{node['threshold']:.2f}, itself in {node['in_degree']} tails"
    ]
    rows = [
        [cut(row["name"], NAME), f"{row['cosine']:.2f}", "both ways" * row["mutual"]]
        for row in node["out"][:top]
    ]
    if rows:
        lines.append(format_table(rows, ["points at", "cosine", ""], numbers=[1]))
    if len(node["out"]) > top:
        lines.append(f"... and {len(node['out']) - top} more (--top)")
    one_way = [row["name"] for row in node["in"] if not row["mutual"]]
    lists = [("pointed at by, one way", one_way)]
    lists += [(f"{steps} steps away", names) for steps, names in node["hops"].items()]
    for title, names in lists:
        if names:
            more = ", ..." if len(names) > top else ""
            lines.append(f"{title} ({len(names)}): {', '.join(names[:top])}{more}")
    return "\n".join(lines)
