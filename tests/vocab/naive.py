"""Seed 000 as spec parts 2 to 4 and 9 tell it: loops over Python numbers, no arrays.

`upstream` keeps what the spec calls BUG, and tells terms apart by their spelling;
without it the spec's corrections are made. Slow on purpose: each function can be read
beside its part of the spec.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

LabelCounts = dict[str, int]


def r2(value: float) -> float:
    """Two decimals by numpy's rule: half to even on the scaled value."""
    return round(100 * value) / 100


class Naive:
    """A vocabulary; its routines as loops."""

    def __init__(
        self,
        terms: Sequence[str],
        rows: Sequence[Sequence[float]],
        *,
        upstream: bool = False,
    ) -> None:
        self.terms = list(terms)
        self.upstream = upstream
        self.units = [unit(row) for row in rows]
        self.rank = {t: i for i, t in reversed(list(enumerate(self.terms)))}

    @cached_property
    def exact(self) -> list[list[float]]:
        """2.1: all cosines."""
        size = len(self.terms)
        table = [[0.0] * size for _ in range(size)]
        for i in range(size):
            for j in range(i, size):
                table[i][j] = table[j][i] = dot(self.units[i], self.units[j])
        return table

    @cached_property
    def rounded(self) -> list[list[float]]:
        return [[r2(value) for value in row] for row in self.exact]

    # --- terms ----------------------------------------------------------------------

    def special(self, term: str) -> bool:
        if self.upstream:
            return term.startswith("[")
        return term == "" or (len(term) > 2 and term[0] + term[-1] == "[]")

    def subword(self, term: str) -> bool:
        if self.upstream:
            return term.startswith("#")
        return term.startswith("##") and len(term) > 2

    def filtered(self, term: str) -> bool:
        return self.special(term) or self.subword(term)

    def each(self) -> Iterable[tuple[int, str]]:
        """Entries spelled like an earlier one are no terms of their own."""
        return ((i, t) for i, t in enumerate(self.terms) if self.rank[t] == i)

    # --- 2.2 to 2.5 -----------------------------------------------------------------

    def histogram(self, i: int) -> dict[float, int]:
        counts: dict[float, int] = {}
        for value in self.rounded[i]:
            counts[value + 0.0] = counts.get(value + 0.0, 0) + 1
        return dict(sorted(counts.items()))

    def zero_terms(self, i: int) -> list[int]:
        return [j for j, b in enumerate(self.rounded[i]) if round(b * 100) in ZEROS]

    def tail(self, i: int) -> tuple[int, float]:
        return tail_of(self.histogram(i))

    def above(self, i: int, threshold: float) -> list[int]:
        row = self.rounded[i]
        found = [j for j, b in enumerate(row) if b > threshold]
        return sorted(found, key=lambda j: -row[j])

    # --- 2.3 ------------------------------------------------------------------------

    def distribution(self, *, subwords: bool = False) -> dict[str, object]:
        total: dict[float, int] = {}
        occupied: dict[float, int] = {}
        tails, zeros, picked = [], [], 0
        for i, term in self.each():
            if self.special(term) or (self.subword(term) and not subwords):
                continue
            picked += 1
            zero = 0
            histogram = self.histogram(i)
            for b, count in histogram.items():
                v = round(b, 1) + 0.0
                total[v] = total.get(v, 0) + count
                occupied[v] = occupied.get(v, 0) + 1
                if v == 0:
                    zero = count if self.upstream else zero + count
            tails.append((term, tail_of(histogram)[0]))
            zeros.append((term, zero))
        return {
            "picked": picked,
            "means": {v: round(total[v] / occupied[v], 0) for v in sorted(total)},
            "tails": sorted(tails, key=lambda pair: -pair[1]),
            "zeros": sorted(zeros, key=lambda pair: -pair[1]),
        }

    # --- 2.7 ------------------------------------------------------------------------

    def pivot(
        self, ids: Sequence[int]
    ) -> tuple[int | None, float, float, list[tuple[str, float]]]:
        names = [self.terms[i] for i in ids]
        if len(ids) > 1 and not self.upstream:
            ids = [i for n, i in enumerate(ids) if names.index(names[n]) == n]
            names = [self.terms[i] for i in ids]
        if len(ids) == 1:
            return ids[0], 1.0, 0.0, [(names[0], 1.0)]
        best, highest, spread = None, 0.0 if self.upstream else -math.inf, 0.0
        means: dict[str, float] = {}
        for i, name in zip(ids, names, strict=True):
            others = [
                self.exact[i][j]
                for j, other in zip(ids, names, strict=True)
                if other != name
            ]
            if not others:
                continue
            means[name] = mean = math.fsum(others) / len(others)
            if mean > highest:
                best, highest = i, mean
                squares = math.fsum((value - mean) ** 2 for value in others)
                spread = math.sqrt(squares / len(others))
        ranking = sorted(means.items(), key=lambda pair: -pair[1])
        if best is None:
            return None, 0.0, 0.0, ranking
        return best, round(highest, 2), round(spread, 2), ranking

    # --- 2.6 ------------------------------------------------------------------------

    def greedy(
        self, threshold: float | None, preserve: Iterable[str] = ()
    ) -> tuple[list[dict], list[str], list[str]]:
        kept = set(preserve)
        picked: set[str] = set()
        keys: set[str | None] = set()
        clusters: list[dict] = []
        singletons: list[str] = []
        empty: list[str] = []
        for i, term in self.each():
            if self.filtered(term) or term in picked or len(term) <= 2:
                continue
            picked.add(term)
            limit = self.tail(i)[1] if threshold is None else threshold
            members = []
            for j in self.above(i, limit):
                other = self.terms[j]
                if self.rank[other] != j:
                    continue
                picked.add(other)
                short = len(other) <= 2 and other not in kept
                if not self.filtered(other) and not short:
                    members.append(j)
            if len(members) > 1:
                cluster = self.cluster(term, members, lambda p: p in keys)
                keys.add(cluster["key"])
                clusters.append(cluster)
            else:
                (singletons if members else empty).append(term)
        return clusters, singletons, empty

    def cluster(
        self, seed: str, members: list[int], taken: Callable[[str | None], bool]
    ) -> dict:
        best, mean, std, _ = self.pivot(members)
        pivot = None if best is None else self.terms[best]
        return {
            "key": f"{pivot}++{seed}" if taken(pivot) else pivot,
            "pivot": pivot,
            "seed": seed,
            "mean": mean,
            "std": std,
            "terms": [self.terms[j] for j in members],
        }

    # --- 3.2 to 3.5 -----------------------------------------------------------------

    def neighbours(
        self,
        bootstrap: Mapping[str, Sequence[str]],
        *,
        threshold: float = 0.2,
        picks: int = 20,
    ) -> tuple[list[dict], list[str], list[str]]:
        clusters: list[dict] = []
        empty: list[str] = []
        processed: set[str] = set()
        for i, term in self.each():
            if self.special(term) or len(term) < 2:
                continue
            members, met = [], 0
            for j in self.above(i, threshold):
                other = self.terms[j]
                if self.rank[other] != j:
                    continue
                if self.special(other) and not self.upstream:
                    continue
                members.append(j)
                labels = bootstrap.get(other.lower(), ())
                met += len(labels) >= 2 or list(labels) not in ([], [UNTAGGED])
                if met == picks:
                    break
            if members:
                clusters.append(self.cluster(term, members, processed.__contains__))
            else:
                empty.append(term)
            processed.add(term)
        return clusters, [], empty

    def label(
        self,
        clusters: list[dict],
        bootstrap: Mapping[str, Sequence[str]],
        *,
        restrict: bool = False,
    ) -> tuple[dict[str, LabelCounts], dict[str, LabelCounts]]:
        """Adds labels to the clusters; gives those of all terms, and inferred ones."""
        sums: dict[str, LabelCounts] = {}
        inferred: dict[str, LabelCounts] = {}
        for cluster in clusters:
            counts: LabelCounts = {}
            for term in cluster["terms"]:
                for label in bootstrap.get(term.lower(), ()):
                    counts[label] = counts.get(label, 0) + 1
            cluster["labels"] = in_order(counts)
            for term in cluster["terms"]:
                own = bootstrap.get(term.lower(), ())
                for label, count in cluster["labels"].items():
                    if restrict and label not in own:
                        continue
                    row = sums.setdefault(term, {})
                    row[label] = row.get(label, 0) + count
        if restrict:
            inferred = self.infer(clusters, bootstrap)
        table: dict[str, LabelCounts] = {}
        for _, term in self.each():
            own = bootstrap.get(term.lower(), ("OTHER",))
            table[term] = in_order(sums.get(term) or dict.fromkeys(own, 0))
        return table, inferred

    def infer(
        self, clusters: list[dict], bootstrap: Mapping[str, Sequence[str]]
    ) -> dict[str, LabelCounts]:
        """What terms would have got of which people said nothing, highest first."""
        rows: dict[str, LabelCounts] = {}
        for _, term in self.each():
            counts: LabelCounts = {}
            for cluster in clusters:
                if term in cluster["terms"] and term.lower() not in bootstrap:
                    for label, count in cluster["labels"].items():
                        counts[label] = counts.get(label, 0) + count
            for label, count in in_order(counts).items():
                row = rows.setdefault(term.lower(), {})
                row[label] = row.get(label, 0) + count
        ranked = sorted(rows.items(), key=lambda pair: -sum(pair[1].values()))
        return {term: in_order(row) for term, row in ranked}

    # --- 4 and 9 --------------------------------------------------------------------

    def strength(
        self, left: Sequence[int], right: Sequence[int], *, mean: bool = False
    ) -> tuple[float, float]:
        pairs = [self.exact[i][j] for i in left for j in right]
        total = math.fsum(pairs) / (len(pairs) if mean else 1)
        highest = max([0.0, *pairs] if self.upstream else pairs)
        return round(total, 2), round(highest, 2)

    def edges(self, *, filtered: bool = True) -> dict[int, list[int]]:
        """Node -> nodes of its tail."""
        known = {
            i: True
            for i, t in self.each()
            if not self.special(t) and not (filtered and self.subword(t))
        }
        return {
            i: [j for j in self.above(i, self.tail(i)[1]) if j != i and j in known]
            for i in known
        }


UNTAGGED = "UNTAGGED_ENTITY"
ZEROS = range(-5, 6)
"""Hundredths that numpy rounds to 0.0."""


def unit(row: Sequence[float]) -> list[float]:
    norm = math.sqrt(dot(row, row))
    return [value / norm for value in row] if norm else list(row)


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    total = 0.0
    for one, other in zip(left, right, strict=True):
        total += one * other
    return total


def tail_of(histogram: Mapping[float, int]) -> tuple[int, float]:
    """2.4."""
    previous, previous_bin, length = 0, 0.0, 0
    for place, count in sorted(histogram.items(), reverse=True):
        if count >= 20:
            if previous >= 10:
                return length - previous, previous_bin
            return length, place
        if count >= 10 and previous >= 10:
            return length - previous, previous_bin
        previous, previous_bin, length = count, place, length + count
    return length, 0.0


def in_order(counts: Mapping[str, int]) -> LabelCounts:
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def look_up(
    word: str,
    labels: Mapping[str, LabelCounts],
    consolidated: Mapping[str, LabelCounts],
) -> LabelCounts:
    """4.1."""
    lower = word.lower()
    if lower.isdigit():
        return {"MEASURE": 1}
    found = labels.get(word) or labels.get(lower) or consolidated.get(lower)
    if not found or list(found) == ["OTHER"]:
        return {UNTAGGED: 1}
    return dict(found)


def merge_cases(labels: Mapping[str, LabelCounts]) -> dict[str, LabelCounts]:
    """3.5."""
    found: dict[str, LabelCounts] = {}
    for term, counts in labels.items():
        row = found.setdefault(term.lower(), {})
        for label, count in counts.items():
            row[label] = row.get(label, 0) + count
    return {term: in_order(row) for term, row in found.items()}
