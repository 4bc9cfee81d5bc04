"""The cues in turn, the cheap one first: which spans each is asked about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..types import Bools, Floats
from .settings import ASK_ALL, ASKED, CUES, VotingSettings
from .votes import pool_cues


def take_turns(
    settings: VotingSettings,
    answer: Callable[[str, Bools | None], Floats],
    hopeful: Callable[[Floats, float], Bools] | None,
) -> tuple[dict[str, Floats], dict[str, Bools]]:
    """Go through the cues; who is not asked by one is not asked by the next.

    settings (VotingSettings): Weights and margins of the cues.
    answer (Callable[[str, Bools | None], Floats]): Given a cue and the (S,) spans that
        it is asked about, its (S, L) shares; None stands for all, with "lexical".
    hopeful (Optional[Callable[[Floats, float], Bools]]): Given the (S, L) shares so far
        and a margin, says which spans are worth a further question; None: all.
    RETURNS (tuple[dict[str, Floats], dict[str, Bools]]): Shares of every cue; the (S,)
        spans that "phrase" and "context" are asked about.
    """
    weights = {name: settings.weight(name) for name in CUES}
    cues, asked = {"lexical": answer("lexical", None)}, {}
    left = np.ones(len(cues["lexical"]), bool)
    for cue in ASKED:
        margin = settings.margin(cue)
        if hopeful is not None and weights[cue] and margin < ASK_ALL:
            shares = pool_cues(cues, weights)
            silent = ~shares.any(axis=1)  # only what is asked can speak for these
            left = left & (hopeful(shares, margin) | silent)
        asked[cue] = left & bool(weights[cue])
        cues[cue] = answer(cue, asked[cue])
    return cues, asked
