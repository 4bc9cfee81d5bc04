"""Who wins when seed labels come from several hands.

People write labels in two places: in seed files that they hand to a build, and in the
folder of the assets, where `label` keeps its answers. What was written in the folder
wins; a term that nobody touched there follows the seed files, also when they change.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..labels import SeedLabels, merge_seed_labels
from ..scheme import NON_ENTITY

SHIPPED_PARTS = ("non-entity", "all", "none")
"""Which of the shipped seed labels go beneath somebody's own."""


def merge_given(here: SeedLabels, given: SeedLabels, before: SeedLabels) -> SeedLabels:
    """Take over what seed files say, except where somebody wrote in the folder.

    A merge of three: a term whose labels in the folder are still those that the files
    gave it last time follows the files; any other was written, or taken away, by
    people here, and stays so.

    here (SeedLabels): The folder's own file.
    given (SeedLabels): What the seed files say now.
    before (SeedLabels): What they said when they were last merged into the folder.
    RETURNS (SeedLabels): The folder's terms in their order, then the new ones.
    """
    merged: SeedLabels = {}
    for term, names in here.items():
        if before.get(term) != names:
            merged[term] = names
        elif term in given:
            merged[term] = given[term]
    fresh = (term for term in given if term not in here and term not in before)
    return merged | {term: given[term] for term in fresh}


def join_seed_files(files: Iterable[SeedLabels]) -> SeedLabels:
    """Join seed files as if their lines stood in one file.

    files (Iterable[SeedLabels]): In the order in which they were named.
    RETURNS (SeedLabels): Term -> the union of its labels, in order.
    """
    return merge_seed_labels(pair for labels in files for pair in labels.items())


def choose_shipped(shipped: SeedLabels, part: str) -> SeedLabels:
    """Take a part of the shipped seed labels.

    shipped (SeedLabels): All of them.
    part (str): "non-entity": the words that are no entities, which compete with any
        label set; "all"; or "none".
    RETURNS (SeedLabels): Those terms whose first label is wanted, with such labels.
    """
    if part == "none":
        return {}
    if part == "all":
        return dict(shipped)
    return {
        term: tuple(name for name in names if name in NON_ENTITY)
        for term, names in shipped.items()
        if names[0] in NON_ENTITY
    }


def put_beneath(own: SeedLabels, shipped: SeedLabels) -> SeedLabels:
    """Let shipped labels speak where somebody's own are silent.

    own, shipped (SeedLabels): Seeds.
    RETURNS (SeedLabels): Own terms in their order, then the shipped ones without them.
    """
    return own | {term: n for term, n in shipped.items() if term not in own}


def split_own(seeds: SeedLabels, shipped: SeedLabels) -> tuple[SeedLabels, SeedLabels]:
    """Tell somebody's own seeds from the shipped ones beneath them.

    seeds (SeedLabels): All of them.
    shipped (SeedLabels): The shipped ones that were put beneath.
    RETURNS (tuple[SeedLabels, SeedLabels]): Own seeds; shipped ones that were kept.
    """
    kept = {term: n for term, n in seeds.items() if shipped.get(term) == n}
    return {term: n for term, n in seeds.items() if term not in kept}, kept
