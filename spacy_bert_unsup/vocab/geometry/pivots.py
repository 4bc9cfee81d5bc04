"""The pivot of a set of terms: the one that is nearest to all others (spec 2.7).

Means are exactly rounded (math.fsum), so that terms with the same cosines to the others
have the same mean whatever the order, and the first of them is the pivot.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import AssetsError, Errors
from ...types import Bools, Ints
from ..spelling import find_term
from .cosines import Cosines, Doubles, Places, sum_in_order

BATCH_VALUES = 2**18
"""Numbers of sets that are measured together: 1 MB, which stays in the cache."""


@dataclass(frozen=True)
class Pivot:
    """The term in the middle of a set.

    term (Optional[str]): None only in the original's way, if no term has a mean > 0.
    mean (float): Mean cosine with the others, two decimal places.
    std (float): Standard deviation of these cosines, two decimal places.
    ranking (tuple[tuple[str, float], ...]): Terms with their means, highest first.
    """

    term: str | None
    mean: float
    std: float
    ranking: tuple[tuple[str, float], ...]


def find_pivot(
    cosines: Cosines, terms: Sequence[str | int], *, compatible: bool = False
) -> Pivot:
    """Find the pivot of a set of terms.

    cosines (Cosines): The vocabulary.
    terms (Sequence[str | int]): Terms or ids; of those with equal means the first wins.
    compatible (bool): As the original: a pivot's mean is above 0, and terms that occur
        twice are not put together.
    RETURNS (Pivot): Of the set.
    RAISES (AssetsError): if there are no terms.
    RAISES (InputError): if a term is not in the vocabulary.
    """
    if not terms:
        raise AssetsError(Errors.E229)
    ids = resolve_terms(cosines, terms)
    names = [cosines.vectors.terms[i] for i in ids]
    if len(names) == 1:
        return Pivot(names[0], 1.0, 0.0, ((names[0], 1.0),))
    if not compatible:
        once = dict(zip(names[::-1], ids[::-1], strict=True))
        names = list(dict.fromkeys(names))
        ids = [once[name] for name in names]
        if len(names) == 1:
            return Pivot(names[0], 1.0, 0.0, ((names[0], 1.0),))
    rows = cosines.rows(np.array(ids, np.int32))
    best, means = find_best(rows, names, range(len(names)), compatible=compatible)
    ranking = sorted(means.items(), key=lambda pair: -pair[1])
    if best is None:
        return Pivot(None, 0.0, 0.0, tuple(ranking))
    mean, std = measure(rows, names, best)
    return Pivot(names[best], round(mean, 2), round(std, 2), tuple(ranking))


def resolve_terms(cosines: Cosines, terms: Sequence[str | int]) -> list[int]:
    """Ids of terms.

    cosines (Cosines): The vocabulary.
    terms (Sequence[str | int]): Terms or ids.
    RETURNS (list[int]): Ids.
    RAISES (InputError): if a term is not in the vocabulary.
    """
    return [t if isinstance(t, int) else find_term(cosines.vectors, t) for t in terms]


def find_best(
    rows: Doubles, names: Sequence[str], places: Sequence[int], *, compatible: bool
) -> tuple[int | None, dict[str, float]]:
    """The first place with the highest mean.

    rows (Doubles): (m, D) vectors of length 1.
    names (Sequence[str]): (m,) terms; a term is not compared with its like.
    places (Sequence[int]): Those that may be the pivot.
    compatible (bool): The highest mean must be above 0.
    RETURNS (tuple[Optional[int], dict[str, float]]): Place, and mean of each term.
    """
    best, highest = None, 0.0 if compatible else -math.inf
    means: dict[str, float] = {}
    for place in places:
        others = _compare(rows, names, place)
        if not others:
            continue
        means[names[place]] = mean = math.fsum(others) / len(others)
        if mean > highest:
            best, highest = place, mean
    return best, means


def measure(rows: Doubles, names: Sequence[str], place: int) -> tuple[float, float]:
    """Mean and population standard deviation of one term's cosines with the others.

    rows (Doubles): (m, D) vectors of length 1.
    names (Sequence[str]): (m,) terms.
    place (int): The term.
    RETURNS (tuple[float, float]): Mean, standard deviation.
    """
    others = _compare(rows, names, place)
    mean = math.fsum(others) / len(others)
    squares = math.fsum((value - mean) ** 2 for value in others)
    return mean, math.sqrt(squares / len(others))


def _compare(rows: Doubles, names: Sequence[str], place: int) -> list[float]:
    found = sum_in_order(rows * rows[place]).tolist()
    name = names[place]
    pairs = zip(found, names, strict=True)
    return [value for value, other in pairs if other != name]


@dataclass(frozen=True)
class SetMeasures:
    """The pivots of C sets.

    places (Ints): (C,) place of the pivot in its set; -1 for none.
    means (list[float]): (C,) two decimal places.
    stds (list[float]): (C,) two decimal places.
    """

    places: Ints
    means: list[float]
    stds: list[float]


def measure_sets(
    cosines: Cosines, terms: Ints, starts: Places, *, compatible: bool = False
) -> SetMeasures:
    """Find the pivots of many sets of different terms.

    The mean of one term's cosines with the others is its product with the sum of all
    vectors, so a set of m terms takes m products, not m * m. That is done in float32;
    sets whose pivot or whose second decimal could come out otherwise are done again.

    cosines (Cosines): The vocabulary.
    terms (Ints): (n,) ids, one set after the other.
    starts (Places): (C + 1,) where the sets begin; each has a term or more.
    compatible (bool): A pivot's mean is above 0, as in the original.
    RETURNS (SetMeasures): One for each set.
    """
    sizes = np.diff(starts)
    places = np.zeros(len(sizes), np.int32)
    means, stds = np.ones(len(sizes)), np.zeros(len(sizes))
    lead = np.full(len(sizes), np.inf)
    for same in _split_by_size(sizes, cosines.unit.shape[1]):
        ids = terms[starts[same][:, None] + np.arange(sizes[same[0]])]
        places[same], means[same], stds[same], lead[same] = _measure_alike(cosines, ids)
    error = cosines.error + 2**-22 * np.sqrt(np.maximum(sizes - 1, 0))
    unsure = (lead <= 2 * error) | (means <= error)
    unsure |= _near_edge(means, error) | _near_edge(stds, 2 * error)
    means, stds = np.rint(100 * means) / 100, np.rint(100 * stds) / 100
    for i in np.flatnonzero(unsure).tolist():
        ids = terms[starts[i] : starts[i + 1]]
        places[i], mean, std = _measure_again(cosines, ids, compatible=compatible)
        means[i], stds[i] = round(mean, 2), round(std, 2)
    return SetMeasures(places, means.tolist(), stds.tolist())


def _split_by_size(sizes: Places, width: int) -> Iterator[Places]:
    """Sets of two terms or more, those of one size together, as many as fit."""
    order = np.argsort(sizes, kind="stable")
    ends = np.flatnonzero(np.diff(sizes[order], append=-1)) + 1
    for first, last in itertools.pairwise([0, *ends.tolist()]):
        size = int(sizes[order[first]])
        step = max(1, BATCH_VALUES // (size * max(1, width)))
        for start in range(first, last if size > 1 else first, step):
            yield order[start : min(last, start + step)]


def _measure_alike(
    cosines: Cosines, ids: Ints
) -> tuple[Places, Doubles, Doubles, Doubles]:
    """Measure G sets of m terms in float32.

    ids (Ints): (G, m).
    RETURNS (tuple[Places, Doubles, Doubles, Doubles]): (G,) place of each pivot, mean
        and deviation, and how much higher the mean is than any other term's.
    """
    rows, others = np.arange(len(ids)), ids.shape[1] - 1
    units = cosines.unit.take(ids, axis=0)
    sums = np.ones((1, ids.shape[1]), np.float32) @ units
    means = (units @ sums.transpose(0, 2, 1))[:, :, 0] - cosines.squares[ids]
    means /= np.float32(others)
    places = means.argmax(axis=1)
    best = means[rows, places].astype(np.float64)
    apart = (units @ units[rows, places][:, :, None])[:, :, 0] - best[:, None]
    apart[rows, places] = 0
    stds = np.sqrt(np.einsum("gm,gm->g", apart, apart) / others)
    means[rows, places] = -np.inf
    return places, best, stds, best - means.max(axis=1)


def _near_edge(values: Doubles, error: Doubles) -> Bools:
    """Whether rounding to two decimal places is not sure."""
    near: Bools = np.abs((100 * values) % 1 - 0.5) <= 100 * error
    return near


def _measure_again(
    cosines: Cosines, ids: Ints, *, compatible: bool
) -> tuple[int, float, float]:
    """The pivot of one set, exactly; only terms near the highest mean are tried."""
    rows = cosines.rows(ids)
    names = [str(i) for i in ids.tolist()]
    total = rows.sum(axis=0)
    means = rows @ total - np.einsum("md,md->m", rows, rows)
    rivals = np.flatnonzero(means >= means.max() - 1e-9 * len(ids))
    # Of equal vectors the first one speaks.
    once = {rows[place].tobytes(): place for place in rivals[::-1].tolist()}
    places = sorted(once.values())
    best, _ = find_best(rows, names, places, compatible=compatible)
    if best is None:
        return -1, 0.0, 0.0
    return best, *measure(rows, names, best)
