"""When a label counts: least shares of the vote, general or for single labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..types import Floats
from .spans import Decisions, Rollup, refine_labels


@dataclass(frozen=True)
class Thresholds:
    """The least share of the vote that makes a span an entity.

    general (float): For labels without their own, in [0, 1].
    labels (Mapping[str, float]): For a label and what lies beneath it.
    """

    general: float = 0.0
    labels: Mapping[str, float] = field(default_factory=dict)

    def lowest_bars(self, rollup: Rollup) -> Floats:
        """The least that a span of a root label, or of one beneath it, needs.

        rollup (Rollup): R roots.
        RETURNS (Floats): (R,) shares.
        """
        lowest = {root: self.labels.get(root, self.general) for root in rollup.roots}
        for label, bar in self.labels.items():
            root = rollup.scheme.ancestors(label)[-1]
            lowest[root] = min(lowest[root], bar)
        return np.array([lowest[root] for root in rollup.roots], np.float32)

    def span_bars(
        self,
        shares: Floats,
        decisions: Decisions,
        rollup: Rollup,
        *,
        fine_share: float,
    ) -> Floats:
        """What each span needs: the threshold of its label, or the next one above it.

        shares (Floats): (S, L) of the spans.
        decisions (Decisions): Their roots.
        rollup (Rollup): R roots.
        fine_share (float): As in `refine_labels`.
        RETURNS (Floats): (S,) shares.
        """
        roots = [self.labels.get(root, self.general) for root in rollup.roots]
        if not set(self.labels) - set(rollup.roots):
            return np.array(roots, np.float32)[decisions.root]
        names = refine_labels(shares, decisions.root, rollup, fine_share=fine_share)
        bars = [self.bar_of(name, rollup) for name in rollup.names]
        return np.array(bars, np.float32)[names]

    def bar_of(self, label: str, rollup: Rollup) -> float:
        """The threshold of a label, or the next one above it."""
        line = rollup.scheme.ancestors(label)
        return next((self.labels[n] for n in line if n in self.labels), self.general)
