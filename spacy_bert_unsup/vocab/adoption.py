"""Let a user's few seeds win over the many shipped ones, where they are at home.

Three seeds of a new label cannot outvote thousands of older ones by heads: a term next
to "mother", "father" and "sister" has seventeen other neighbours with older labels. But
it has most of the new seeds among its neighbours, and people gave it the same label as
those seeds before. Such terms take the new label.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..types import Floats
from .labels import SeedLabels, match_seed_labels, seed_key, spell_term
from .propagation import Propagation
from .vectors import VocabVectors


def adopt_terms(
    vectors: VocabVectors, new: SeedLabels, old: SeedLabels, *, how: Propagation
) -> SeedLabels:
    """Find the terms that belong to new labels rather than to their old ones.

    A term is adopted if more than half of a label's new seeds, at least two, are among
    its `how.picks` nearest labelled neighbours (or half of these are new seeds of the
    label), and if its first old label, when it has one, is also the first old label of
    at least half of the new seeds. A seed counts once, whatever case forms it has.

    vectors (VocabVectors): The vocabulary.
    new (SeedLabels): A user's seeds.
    old (SeedLabels): The seeds that were there before.
    how (Propagation): Which vectors are compared, and how many neighbours.
    RETURNS (SeedLabels): Adopted terms with their new label; none of the user's own.
    """
    given = match_seed_labels(new, vectors)
    before = match_seed_labels(old, vectors)
    groups: dict[str, list[int]] = {}
    for seed, names in new.items():
        surface, continues = seed_key(seed)
        keys = ((surface, continues), (surface.lower(), continues))
        entries = [vectors.index[key] for key in keys if key in vectors.index][:1]
        for name in names:
            groups.setdefault(name, []).extend(entries)
    vectors = vectors.without_common(how.components)
    best: dict[int, tuple[int, str]] = {}
    for label, seeds in groups.items():
        near = _neighbours_of(vectors, seeds, before, given, how)
        for term, hits in near.items():
            if _is_alike(term, hits, seeds, before, how):
                best[term] = max(best.get(term, (0, "")), (hits, label))
    return {spell_term(term, vectors): (label,) for term, (_, label) in best.items()}


def _neighbours_of(
    vectors: VocabVectors,
    seeds: list[int],
    before: dict[int, tuple[str, ...]],
    given: dict[int, tuple[str, ...]],
    how: Propagation,
) -> dict[int, int]:
    """Terms near some seeds -> how many of them are among their nearest neighbours."""
    if len(seeds) < 2:
        return {}
    labelled = np.zeros(len(vectors), bool)
    labelled[[*before, *given]] = True
    open_terms = vectors.usable.copy()
    open_terms[list(given)] = False
    open_terms &= labelled | ~vectors.continues
    close = _mask_out(vectors.unit[seeds] @ vectors.unit.T, ~open_terms)
    size = min(how.max_members, len(vectors))
    nearest = np.unique(np.argpartition(-close, size - 1, axis=1)[:, :size])
    terms = nearest[open_terms[nearest]].astype(np.int32)
    found: dict[int, int] = {}
    for part, cosines in vectors.cosine_blocks(terms):
        cosines[np.arange(len(part)), part] = -2  # a term is not its own neighbour
        cosines = _mask_out(cosines, ~(labelled & vectors.usable))
        picks = min(how.picks, cosines.shape[1])
        kth = -np.partition(-cosines, picks - 1, axis=1)[:, picks - 1 : picks]
        inside = cosines[:, seeds] >= np.maximum(kth, how.min_cosine)
        found.update(zip(part.tolist(), inside.sum(axis=1).tolist(), strict=True))
    return found


def _is_alike(
    term: int,
    hits: int,
    seeds: list[int],
    before: dict[int, tuple[str, ...]],
    how: Propagation,
) -> bool:
    if hits < 2 or not (2 * hits > len(seeds) or 2 * hits >= how.picks):
        return False
    first = Counter(before[seed][0] for seed in seeds if seed in before)
    return term not in before or 2 * first[before[term][0]] >= len(seeds)


def _mask_out(cosines: Floats, unwanted: np.ndarray) -> Floats:
    cosines[:, unwanted] = -2
    return cosines
