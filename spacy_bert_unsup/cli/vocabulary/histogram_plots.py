"""Plots of histograms, as in figures 4 and 5 of the article, and of a vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..plots import INK, PALETTE, QUIET, open_plot, use_log_scale
from ..terminal import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Record: TypeAlias = dict[str, Any]
WIDTH = 0.01
"""Of a bar: a bin."""
PANEL = (7.2, 3.4)
"""Inches of one histogram."""
LEVELS = 6
"""Heights at which names of marked terms stand, so that neighbours do not overlap."""
TITLE = 70


def draw_histograms(found: Record, path: Path) -> None:
    """Draw the histograms of some terms, tails and marked terms in colour.

    found (dict[str, Any]): `vocabulary`, and `histograms` from `describe_histogram`.
    path (Path): .png or .svg.
    """
    records = found["histograms"]
    places = [part["cosine"] for record in records for part in record["bins"]]
    low, high = min(places), max(places)  # one scale for all, to be compared
    size = (PANEL[0], PANEL[1] * len(records))
    with open_plot(path, size=size, panels=(len(records), 1)) as panels:
        for axes, record in zip(panels, records, strict=True):
            _draw_bins(axes, record)
            _draw_marks(axes, record)
            axes.set_title(cut(f"{record['name']} in {found['vocabulary']}", TITLE))
            axes.set_ylabel("terms")
            axes.set_xlim(low - WIDTH, high + WIDTH)
        panels[-1].set_xlabel("cosine")


def draw_distribution(found: Record, path: Path) -> None:
    """Draw what the vocabulary's histogram and its tails look like.

    found (dict[str, Any]): `vocabulary`, and what `measure_distribution` gives.
    path (Path): .png or .svg.
    """
    with open_plot(path, size=(PANEL[0], 2 * PANEL[1]), panels=(2, 1)) as axes:
        terms = max(found["picked"], 1)
        places = [part["cosine"] for part in found["bins"]]
        means = [part["terms"] / terms for part in found["bins"]]
        axes[0].bar(places, means, width=WIDTH, color=PALETTE[0])
        use_log_scale(axes[0])
        axes[0].set_xlabel("cosine")
        axes[0].set_ylabel("terms, mean of all histograms")
        axes[0].set_title(f"{found['vocabulary']}: {found['picked']} histograms")
        lengths = [row["terms"] for row in found["tail_counts"]]
        axes[1].hist(lengths, bins=50, color=PALETTE[0])
        axes[1].set_xlabel(f"terms of a tail, {found['average_tail']:.1f} on average")
        axes[1].set_ylabel("terms")


def _draw_bins(axes: Axes, record: Record) -> None:
    end, tail = record["tail"]["threshold"], record["tail"]["terms"]
    for color, inside in ((QUIET, False), (PALETTE[0], True)):
        bins = [part for part in record["bins"] if (part["cosine"] > end) == inside]
        axes.bar(
            [part["cosine"] for part in bins],
            [part["terms"] for part in bins],
            width=WIDTH,
            color=color,
            label=f"tail: {tail} terms above {end:.2f}" if inside else None,
        )
    axes.axvline(end + WIDTH / 2, color=INK, linewidth=0.8, linestyle="--")
    use_log_scale(axes)
    axes.set_ylim(bottom=0.7)
    axes.legend(loc="upper right", frameon=True, edgecolor="none")


def _draw_marks(axes: Axes, record: Record) -> None:
    """Name terms on stems; each group has a colour."""
    pairs = [
        (row, PALETTE[1 + number % (len(PALETTE) - 1)])
        for number, group in enumerate(record["marks"])
        for row in group
    ]
    low, high = axes.get_ylim()
    for place, (row, color) in enumerate(sorted(pairs, key=lambda p: p[0]["cosine"])):
        share = 0.35 + 0.1 * (place % LEVELS)
        height = low * (high / low) ** share  # the axis is logarithmic
        axes.plot([row["cosine"]] * 2, [low, height], color=color, linewidth=1.2)
        axes.text(
            row["cosine"],
            height,
            row["term"],
            color=color,
            ha="center",
            va="bottom",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "linewidth": 0},
        )
