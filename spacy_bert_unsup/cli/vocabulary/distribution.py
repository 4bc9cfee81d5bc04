"""The cosines of a whole vocabulary, as plain data and for a terminal (spec 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ..progress import show_progress
from ..terminal import format_table

if TYPE_CHECKING:
    from ...vocab.geometry.cosines import Cosines
    from ...vocab.geometry.tails import TailRule

Record: TypeAlias = dict[str, Any]


def measure_distribution(
    cosines: Cosines,
    *,
    rule: TailRule,
    sample: float | None = None,
    seed: int = 0,
    subwords: bool = False,
    compatible: bool = False,
) -> Record:
    """Measure the distribution, with a progress bar.

    cosines (Cosines): Of a vocabulary.
    rule (TailRule): Where tails end.
    sample (Optional[float]): The share of the terms to ask; None asks all.
    seed (int): Of the sample.
    subwords (bool): Whether ##pieces are asked, too.
    compatible (bool): Whether to do as the original does.
    RETURNS (dict[str, Any]): `picked` terms, `tenths` (`cosine`, `mean` count of an
        occupied bin), `average_tail`, `tail_counts` and `zero_counts` (`term`, `terms`;
        descending), and `bins` (`cosine`, `terms`) summed over all picked terms.
    """
    from ...vocab.geometry.distribution import vocab_distribution

    with show_progress("distribution") as progress:
        found = vocab_distribution(
            cosines,
            rule=rule,
            subwords=subwords,
            sample=sample,
            seed=seed,
            compatible=compatible,
            progress=progress,
        )
    bins = enumerate(found.counts.tolist(), -(len(found.counts) // 2))
    return {
        "picked": found.picked,
        "tenths": [
            {"cosine": tenth.value, "mean": tenth.mean, "exact_mean": tenth.exact_mean}
            for tenth in found.tenths
        ],
        "average_tail": found.average_tail,
        "tail_counts": [{"term": t, "terms": n} for t, n in found.tail_counts],
        "zero_counts": [{"term": t, "terms": n} for t, n in found.zero_counts],
        "bins": [{"cosine": b / cosines.scale, "terms": n} for b, n in bins if n],
    }


def distribution_report(record: Record, *, top: int) -> str:
    """The distribution for a terminal.

    record (dict[str, Any]): From `measure_distribution`.
    top (int): Terms of each list to show.
    RETURNS (str): Tables.
    """
    tenths = [[f"{t['cosine']:.1f}", f"{t['mean']:.0f}"] for t in record["tenths"]]
    parts = [
        f"{record['picked']} terms picked; a tail has {record['average_tail']:.1f} "
        "terms on average",
        format_table(tenths, ["cosine", "terms per bin"], numbers=[0, 1]),
    ]
    tails, zeros = record["tail_counts"], record["zero_counts"]
    lists = [("longest tails", tails[:top]), ("most orthogonal terms", zeros[:top])]
    for title, rows in lists:
        shown = ", ".join(f"{row['term']} {row['terms']}" for row in rows)
        if rows:
            parts.append(f"{title}: {shown}")
    return "\n\n".join(parts)
