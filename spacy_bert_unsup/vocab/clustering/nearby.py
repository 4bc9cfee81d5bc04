"""A neighbourhood for every term, wide enough to hold labelled ones (spec 3.4)."""

from __future__ import annotations

import numpy as np

from ...errors import AssetsError, Errors
from ...types import Progress
from ..geometry.cosines import Cosines
from ..geometry.neighbours import find_labelled_members, least_cosine
from ..geometry.sweep import sweep_near
from ..kinds import TermKinds
from ..labels import SeedLabels
from .aggregation import fold_seeds, is_labelled
from .results import ClusterSettings, GrownSets

MOST = 50_000_000
"""Members of all neighbourhoods together: more would not fit into memory."""


def gather_neighbours(
    cosines: Cosines,
    kinds: TermKinds,
    *,
    threshold: float,
    seeds: SeedLabels,
    settings: ClusterSettings,
    compatible: bool = False,
    progress: Progress | None = None,
) -> GrownSets:
    """Make a neighbourhood for every term but special ones and single characters.

    cosines (Cosines): The vocabulary.
    kinds (TermKinds): What its terms are.
    threshold (float): Neighbours are strictly above it.
    seeds (SeedLabels): What people said.
    settings (ClusterSettings): Labelled terms that end a neighbourhood; largest size.
    compatible (bool): Special entries are neighbours too (BUG, mended otherwise).
    progress (Optional[Progress]): Called after each block.
    RETURNS (GrownSets): One set for each of these terms.
    RAISES (AssetsError): if the sets get too large to be held.
    """
    folded = fold_seeds(seeds)
    allowed = kinds.first & (~kinds.special | compatible)
    known = [is_labelled(folded.get(name, ())) for name in kinds.names]
    labelled = np.array(known, bool) & allowed
    wanted = ~kinds.special & kinds.first & (kinds.length >= 2)
    ids = np.flatnonzero(wanted).astype(np.int32)
    limit = cosines.limit(threshold)
    grown, load = GrownSets([], []), 0
    share = labelled.mean() if len(labelled) else 0
    many = round(2 * settings.picks / share) if share else 0
    blocks = sweep_near(cosines, ids, many=many, least=least_cosine(cosines, limit))
    for part, left, near in blocks:
        members = find_labelled_members(
            cosines,
            left,
            near,
            limit,
            labelled=labelled,
            allowed=allowed,
            picks=settings.picks,
        )
        load += len(members.terms)
        if load > MOST:
            raise AssetsError(Errors.E228.format(most=MOST))
        for row, seed in enumerate(part.tolist()):
            grown.seeds.append(seed)
            grown.members.append(members.of(row)[: settings.max_size])
        if progress:
            progress(len(grown.seeds), len(ids))
    return grown
