"""What `label` prints: units to label next, and how much is labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..terminal import bar, format_table

if TYPE_CHECKING:
    from ...types import Floats
    from ...vocab.workshop.agenda import Agenda
    from ...vocab.workshop.folder import Workshop

DIGITS = 4


def report_text(report: Mapping[str, Any]) -> str:
    """What a command found, for a terminal.

    report (Mapping[str, Any]): `next` from `next_records` and `statistics` from
        `statistics`, where they were asked for; `mass`: where masses come from.
    RETURNS (str): Tables, or nothing.
    """
    tables = [next_table(report["next"])] if "next" in report else []
    if "statistics" in report:
        tables.append(statistics_table(report["statistics"]))
    if tables:
        tables.append(f"mass: share of running text, {report['mass']}")
    return "\n".join(tables)


def next_records(agenda: Agenda, shop: Workshop) -> list[dict[str, Any]]:
    """Units to label next, as plain data.

    agenda (Agenda): The units.
    shop (Workshop): The folder.
    RETURNS (list[dict[str, Any]]): The columns of a sheet, and `reached`: the share of
        running text that is labelled after it.
    """
    from ...vocab.workshop.sheet import row_record

    return [
        row_record(row) | {"reached": round(work.reached, DIGITS)}
        for row, work in zip(agenda.rows(shop), agenda.works, strict=True)
    ]


def next_table(records: Sequence[dict[str, Any]]) -> str:
    """Units to label next, for a terminal.

    records (Sequence[dict[str, Any]]): From `next_records`.
    RETURNS (str): A table; long clusters are cut.
    """
    rows = [
        [
            record["key"],
            f"{record['mass']:.2%}",
            f"{record['reached']:.1%}",
            record["suggestion"] or "?",
            f"{record['share']:.0%}" if record["suggestion"] else "",
            " ".join(record["terms"]),
        ]
        for record in records
    ]
    header = ["unit", "mass", "then", "suggestion", "share", "terms"]
    return format_table(rows, header, numbers=[1, 2, 4], label_column=3)


def statistics(shop: Workshop, masses: Floats) -> dict[str, Any]:
    """How much is labelled, by terms and by running text.

    shop (Workshop): The folder.
    masses (Floats): (V,) share of running text of each term, sum 1.
    RETURNS (dict[str, Any]): `people`, `vote`, `nobody` and `labels`.
    """
    from ...vocab.workshop.coverage import measure_coverage

    found = measure_coverage(
        shop.matched,
        shop.counts,
        shop.labels,
        masses=masses,
        usable=shop.table.vectors.usable,
    )
    return _rounded(asdict(found))


def statistics_table(found: dict[str, Any]) -> str:
    """Statistics for a terminal.

    found (dict[str, Any]): From `statistics`.
    RETURNS (str): Two tables.
    """
    names = {"people": "by people", "vote": "by vote only", "nobody": "not at all"}
    rows = [
        [name, str(part["terms"]), f"{part['share']:.1%}", f"{part['mass']:.1%}"]
        for name, part in ((names[key], found[key]) for key in names)
    ]
    header = ["labelled", "terms", "of terms", "mass"]
    lines = [format_table(rows, header, numbers=[1, 2, 3]), ""]
    rows = [
        [
            row["label"],
            str(row["by_people"]),
            str(row["by_vote"]),
            f"{row['mass']:.1%}",
            bar(row["mass"]),
        ]
        for row in found["labels"]
    ]
    header = ["label", "by people", "by vote", "mass", ""]
    lines.append(format_table(rows, header, numbers=[1, 2, 3], label_column=0))
    return "\n".join(lines)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, DIGITS) if isinstance(value, float) else value
