"""What `revote` prints: flips, and the scores of thresholds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ...evaluation.metrics import SpanScores
from ..plots import PALETTE, QUIET, open_plot
from ..terminal import format_table
from .threshold_sweep import Sweep, f1_scores, sweep_report

if TYPE_CHECKING:
    from ...pipeline.flips import Flip, RevoteReport, Turn

Scores: TypeAlias = tuple[SpanScores, SpanScores]
NOTHING = "–"
MOST_TURNS = 4
WIDE = (9.0, 4.8)
"""Inches; room for the legend beside the curves."""


def counts_table(report: RevoteReport) -> str:
    """Label by label, how many spans got, lost or changed it.

    report (RevoteReport): Counts.
    RETURNS (str): A table, or one line where nothing changed.
    """
    table = report.table()
    if not table:
        return "No entity changed."
    rows = [[label, *map(str, kinds.values())] for label, kinds in table.items()]
    totals = [
        sum(kinds[k] for kinds in table.values()) for k in next(iter(table.values()))
    ]
    rows.append(["all", *map(str, totals)])
    header = ["label", "gained", "lost", "changed to"]
    return format_table(rows, header, numbers=range(1, 4))


def flips_table(flips: Sequence[Flip]) -> str:
    """The first flips, and the terms that did it.

    flips (Sequence[Flip]): Spans.
    RETURNS (str): A table.
    """
    rows = [
        [
            str(flip.doc + 1),
            flip.text,
            _labelled(flip.before, flip.score_before),
            _labelled(flip.after, flip.score_after),
            ", ".join(list(dict.fromkeys(map(turn_text, flip.turns)))[:MOST_TURNS])
            or NOTHING,
        ]
        for flip in flips
    ]
    header = ["doc", "span", "before", "now", "voters that changed"]
    return format_table(rows, header, numbers=(0,))


def turn_text(turn: Turn) -> str:
    """A voter that votes otherwise, in few words."""
    before, after = ("/".join(names) or NOTHING for names in (turn.before, turn.after))
    return f"{turn.term} ({before} → {after})"


def _labelled(label: str | None, score: float | None) -> str:
    if label is None and score is None:
        return NOTHING
    return f"{label or 'no entity'} {score:.2f}" if score is not None else str(label)


def report_record(report: RevoteReport) -> dict[str, Any]:
    """Counts and flips as plain data.

    report (RevoteReport): Filled.
    RETURNS (dict[str, Any]): `docs`, `changed`, `unseen`, `missing`, `labels`, `flips`.
    """
    return {
        "docs": report.docs,
        "changed": report.changed,
        "unseen": report.unseen,
        "missing": report.missing,
        "labels": report.table(),
        "flips": [
            {
                **asdict(flip),
                "kind": flip.kind,
                "turns": [turn._asdict() for turn in flip.turns],
            }
            for flip in report.flips
        ],
    }


def sweep_table(found: Sweep) -> str:
    """The best threshold of each label, and what to paste into a config.

    found (Sweep): Scores.
    RETURNS (str): A table and a line.
    """
    rows = []
    for label, counts in found.before.per_type.items():
        curve = found.curve(label)
        best = found.best.get(label)
        rows.append(
            [
                label,
                _percent(counts.f1),
                NOTHING if best is None else f"{best:g}",
                _percent(max(curve)),
                _percent(found.after.per_type[label].f1),
                str(counts.gold),
            ]
        )
    overall = [scores.overall.f1 for scores in found.scores]
    rows.append(
        [
            "all",
            _percent(found.before.overall.f1),
            f"{found.steps[overall.index(max(overall))]:g}",
            _percent(max(overall)),
            _percent(found.after.overall.f1),
            str(found.before.overall.gold),
        ]
    )
    header = ["label", "F1 now", "best at", "F1 there", "F1 together", "gold"]
    table = format_table(rows, header, numbers=range(1, 6))
    return f"{table}\nlabel_thresholds = {json.dumps(dict(found.best))}"


def plot_sweep(found: Sweep, path: Path) -> None:
    """Draw F1 over the threshold, a curve for each label.

    found (Sweep): Scores.
    path (Path): A .png or .svg file.
    """
    labels = list(found.best)
    with open_plot(path, size=WIDE) as (axes,):
        for i, label in enumerate(labels):
            color = PALETTE[i % len(PALETTE)]
            style = ("-", "--", ":", "-.")[i // len(PALETTE) % 4]
            axes.plot(found.steps, found.curve(label), style, color=color, label=label)
            axes.plot(
                found.best[label], max(found.curve(label)), "o", color=color, ms=4
            )
        overall = [scores.overall.f1 for scores in found.scores]
        axes.plot(found.steps, overall, color=QUIET, lw=3, label="all", zorder=0)
        axes.set_xlabel("least share of the vote")
        axes.set_ylabel("strict F1")
        axes.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))


def scores_table(before: SpanScores, now: SpanScores) -> str:
    """Strict scores label by label.

    before (SpanScores): Of the entities as they were.
    now (SpanScores): As they are.
    RETURNS (str): A table.
    """
    rows = []
    for label in [*now.per_type, "all"]:
        old, new = (s.per_type.get(label, s.overall) for s in (before, now))
        shares = (old.f1, new.precision, new.recall, new.f1)
        rows.append([label, *map(_percent, shares), str(new.gold)])
    header = ["label", "F1 before", "P", "R", "F1", "gold"]
    return format_table(rows, header, numbers=range(1, 6))


def full_text(report: RevoteReport, scores: Scores | None, found: Sweep | None) -> str:
    """Everything that `revote` prints for people; arguments as in `full_record`."""
    parts = [
        f"{report.changed} of {report.docs} docs changed.",
        counts_table(report),
        flips_table(report.flips) if report.flips else "",
        scores_table(*scores) if scores else "",
        sweep_table(found) if found else "",
    ]
    return "\n\n".join(filter(None, parts))


def full_record(
    report: RevoteReport, scores: Scores | None, found: Sweep | None
) -> dict[str, Any]:
    """Everything that `revote` found, as plain data.

    report (RevoteReport): Counts and flips.
    scores (Optional[tuple[SpanScores, SpanScores]]): Before and now.
    found (Optional[Sweep]): Of thresholds.
    RETURNS (dict[str, Any]): As `report_record`, with `scores` and `sweep`.
    """
    record = report_record(report)
    if scores:
        names = ("before", "now")
        record["scores"] = {n: f1_scores(s) for n, s in zip(names, scores, strict=True)}
    if found:
        record["sweep"] = sweep_report(found)
    return record


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"
