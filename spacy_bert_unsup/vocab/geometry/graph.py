"""The directed graph of terms: each points at the terms in its tail (spec part 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...types import Bools, Floats, Ints, Progress
from ..kinds import TermKinds
from ..spelling import find_term
from ..vectors import VocabVectors
from .cosines import Cosines, Doubles
from .neighbours import Members, find_tail_members, guess_many
from .sweep import sweep_near
from .tails import TailRule, Tails, fit_rule


@dataclass(frozen=True)
class TailGraph:
    """An edge goes from a node to every other node in its tail.

    names (list[str]): N nodes: the V terms of the vocabulary, then phrases.
    starts (NDArray[np.int64]): (N + 1,) where the edges of each node begin.
    targets (Ints): (E,) nodes that the edges lead to, nearest first.
    weights (Floats): (E,) unrounded cosines.
    thresholds (Doubles): (N,) cosine that the tail of each node is above; nan for terms
        that were left out.
    vectors (VocabVectors): The vocabulary.
    """

    names: list[str]
    starts: NDArray[np.int64]
    targets: Ints
    weights: Floats
    thresholds: Doubles
    vectors: VocabVectors

    def __len__(self) -> int:
        return len(self.names)

    def find(self, name: str) -> int:
        """The node of a phrase or term.

        name (str): A phrase as it was given, or a term.
        RETURNS (int): The node.
        RAISES (InputError): if it is neither, with the nearest spellings.
        """
        size = len(self.vectors)
        if name in self.names[size:]:
            return self.names.index(name, size)
        return find_term(self.vectors, name)

    def out(self, node: int) -> Ints:
        """The nodes in the tail of a node.

        node (int): A node.
        RETURNS (Ints): Nodes, nearest first.
        """
        return self.targets[self.starts[node] : self.starts[node + 1]]

    def weights_of(self, node: int) -> Floats:
        """The cosines of a node with those in its tail.

        node (int): A node.
        RETURNS (Floats): In the order of `out`.
        """
        return self.weights[self.starts[node] : self.starts[node + 1]]

    def into(self, node: int) -> Ints:
        """The nodes whose tails a node is in.

        node (int): A node.
        RETURNS (Ints): Nodes, ascending.
        """
        order, starts = self._backwards
        return self.sources[order[starts[node] : starts[node + 1]]]

    def is_mutual(self, one: int, other: int) -> bool:
        """Whether two nodes are in the tails of each other.

        one (int): A node.
        other (int): Another.
        RETURNS (bool): True if so.
        """
        return bool((self.out(one) == other).any() and (self.out(other) == one).any())

    @cached_property
    def sources(self) -> Ints:
        """(E,) nodes that the edges start from."""
        nodes = np.arange(len(self), dtype=np.int32)
        return np.repeat(nodes, self.out_degree)

    @cached_property
    def in_degree(self) -> Ints:
        """(N,) tails that each node is in: how general it is."""
        return np.bincount(self.targets, minlength=len(self)).astype(np.int32)

    @cached_property
    def out_degree(self) -> Ints:
        """(N,) other nodes in the tail of each."""
        return np.diff(self.starts).astype(np.int32)

    @cached_property
    def mutual(self) -> Bools:
        """(E,) edges that have a way back."""
        forth = self.sources.astype(np.int64) * len(self) + self.targets
        back = self.targets.astype(np.int64) * len(self) + self.sources
        return np.isin(forth, back)

    @property
    def asymmetry(self) -> float:
        """Share of the edges that have no way back."""
        return float(1 - self.mutual.mean()) if len(self.targets) else 0.0

    def hops(self, node: int, most: int) -> dict[int, int]:
        """The nodes that can be reached in a few steps.

        node (int): Where to start.
        most (int): Steps.
        RETURNS (dict[int, int]): Node -> least number of steps; without the start.
        """
        found = {node: 0}
        front = [node]
        for step in range(1, most + 1):
            ahead = [near for here in front for near in self.out(here).tolist()]
            front = [near for near in dict.fromkeys(ahead) if near not in found]
            found.update(dict.fromkeys(front, step))
        del found[node]
        return found

    @cached_property
    def _backwards(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Edges in order of their targets, and where those of each node begin."""
        order = np.argsort(self.targets, kind="stable")
        return order, np.concatenate([[0], np.cumsum(self.in_degree)])


def build_tail_graph(
    cosines: Cosines,
    *,
    rule: TailRule | None = None,
    filtered: bool = True,
    phrases: Mapping[str, NDArray[np.floating]] | None = None,
    progress: Progress | None = None,
) -> TailGraph:
    """Find the tails of all terms.

    Tails are those of the whole vocabulary, whatever is left out of the graph. A
    phrase points at the terms, and other phrases, above its own tail's threshold; a
    term points at a phrase above the term's.

    cosines (Cosines): The vocabulary.
    rule (Optional[TailRule]): When a tail ends.
    filtered (bool): Leave out special entries and pieces of words.
    phrases (Optional[Mapping[str, NDArray]]): Phrase -> (D,) vector, as further nodes.
    progress (Optional[Progress]): Called after each block.
    RETURNS (TailGraph): Sparse; the numbers of terms are their ids.
    RAISES (AssetsError): if a phrase's vector has another size than the vocabulary's.
    """
    rule = fit_rule(rule, cosines)
    kinds = TermKinds.read(cosines.vectors)
    nodes = kinds.first & (~kinds.filtered if filtered else ~kinds.special)
    ids = np.flatnonzero(nodes).astype(np.int32)
    rows = [cosines.normalise(vector) for vector in (phrases or {}).values()]
    added = np.concatenate([*rows, np.zeros((0, cosines.unit.shape[1]))])
    size = len(cosines.vectors)
    thresholds = np.full(size + len(added), np.nan)
    parts: list[_Edges] = []
    done = 0
    for own, left, near in sweep_near(cosines, ids, many=guess_many(rule)):
        found = find_tail_members(cosines, left, rule, near=near)
        parts.append(_find_edges(cosines, nodes, own, left, added, *found))
        thresholds[own] = found[1].limits / cosines.scale
        done += len(own)
        if progress:
            progress(done, len(ids))
    own = np.arange(size, size + len(added), dtype=np.int32)
    if len(own):
        found = find_tail_members(cosines, added, rule)
        parts.append(_find_edges(cosines, nodes, own, added, added, *found))
        thresholds[own] = found[1].limits / cosines.scale
    names = [*cosines.vectors.terms, *(phrases or {})]
    edges = _Edges(*map(np.concatenate, zip(_NO_EDGES, *parts, strict=True)))
    starts = np.searchsorted(edges.sources, np.arange(len(names) + 1))
    return TailGraph(
        names,
        starts.astype(np.int64),
        edges.targets,
        edges.weights,
        thresholds,
        cosines.vectors,
    )


class _Edges(NamedTuple):
    """E edges: where they start and lead to, and how strong they are."""

    sources: Ints
    targets: Ints
    weights: Floats


_NO_EDGES = _Edges(
    np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32)
)


def _find_edges(
    cosines: Cosines,
    nodes: Bools,
    own: Ints,
    left: Doubles,
    added: Doubles,
    members: Members,
    tails: Tails,
) -> _Edges:
    """The edges of some nodes with rows `left` and these tails."""
    rows = np.repeat(np.arange(len(own)), np.diff(members.starts))
    targets, bins = members.terms, members.bins.astype(np.int32)
    keep = nodes[targets]
    rows, targets, bins = rows[keep], targets[keep], bins[keep]
    weights = members.cosines[keep]
    if len(added):
        near = left @ added.T
        rounded = np.rint(near * cosines.scale).astype(np.int32)
        at, phrase = np.nonzero(rounded > tails.limits[:, None])
        rows = np.concatenate([rows, at])
        targets = np.concatenate([targets, len(nodes) + phrase])
        bins = np.concatenate([bins, rounded[at, phrase]])
        weights = np.concatenate([weights, near[at, phrase]])
        order = np.lexsort((targets, -bins, rows))
        rows, targets, weights = rows[order], targets[order], weights[order]
    sources = own[rows]
    keep = sources != targets
    return _Edges(
        sources[keep],
        targets[keep].astype(np.int32),
        weights[keep].astype(np.float32),
    )
