"""How much of a vocabulary, and of running text, has labels, and which ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...types import Bools, Floats


@dataclass(frozen=True)
class Portion:
    """A part of the vocabulary.

    terms (int): How many usable terms.
    share (float): Of all usable terms, 0 to 1.
    mass (float): Share of running text that they make up, 0 to 1.
    """

    terms: int
    share: float
    mass: float


@dataclass(frozen=True)
class LabelPortion:
    """A label's part of the vocabulary; a term belongs to its first or best label.

    label (str): The label.
    by_people (int): Terms that people gave it.
    by_vote (int): Other terms for which it has the most votes.
    mass (float): Share of running text that both make up, 0 to 1.
    """

    label: str
    by_people: int
    by_vote: int
    mass: float


@dataclass(frozen=True)
class Coverage:
    """What is labelled.

    people (Portion): By people.
    vote (Portion): Not by people, but by the vote of the last build.
    nobody (Portion): The rest.
    labels (tuple[LabelPortion, ...]): Every label, the greatest mass first.
    """

    people: Portion
    vote: Portion
    nobody: Portion
    labels: tuple[LabelPortion, ...]


def measure_coverage(
    matched: Mapping[int, Sequence[str]],
    counts: Floats,
    labels: Sequence[str],
    *,
    masses: Floats,
    usable: Bools,
) -> Coverage:
    """Count labelled terms, and the running text that they stand for.

    matched (Mapping[int, Sequence[str]]): Vocabulary id -> labels that people gave it.
    counts (Floats): (V, L) votes of the last build; L may be 0.
    labels (Sequence[str]): Its L labels.
    masses (Floats): (V,) share of running text of each term, sum 1.
    usable (Bools): (V,) terms that can mean something.
    RETURNS (Coverage): All of it.
    """
    first = {i: names[0] for i, names in matched.items()}
    people = np.zeros(len(usable), bool)
    people[list(first)] = True
    people &= usable
    vote = usable & ~people
    vote &= counts.any(axis=1) if len(labels) else False
    best = counts.argmax(axis=1) if len(labels) else np.zeros(len(usable), np.int64)
    names = list(dict.fromkeys([*first.values(), *labels]))
    column = {name: i for i, name in enumerate(names)}
    own = np.array(
        [column[first[i]] for i in np.flatnonzero(people).tolist()], np.int64
    )
    voted = np.array([column[labels[i]] for i in best[vote].tolist()], np.int64)
    mass = np.bincount(own, masses[people], len(names))
    mass += np.bincount(voted, masses[vote], len(names))
    by_people = np.bincount(own, minlength=len(names))
    by_vote = np.bincount(voted, minlength=len(names))
    rows = [
        LabelPortion(name, int(by_people[i]), int(by_vote[i]), float(mass[i]))
        for i, name in enumerate(names)
    ]
    rows.sort(key=lambda row: (-row.mass, row.label))
    return Coverage(
        _portion(people, masses, usable),
        _portion(vote, masses, usable),
        _portion(usable & ~people & ~vote, masses, usable),
        tuple(rows),
    )


def _portion(part: Bools, masses: Floats, usable: Bools) -> Portion:
    size = int(part.sum())
    return Portion(size, size / max(int(usable.sum()), 1), float(masses[part].sum()))
