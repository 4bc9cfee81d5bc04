"""The curves of a run: CSV files, and a picture of them."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import MissingExtraError

TRAIN_COLUMNS = (
    "step tokens minutes phase length rate loss mlm nsp label tokens_per_second".split()
)
VALID_COLUMNS = (
    "step tokens minutes phase length mlm_loss top1 top10 nsp label_loss label".split()
)


class CurveLog:
    """A CSV file that a resumed run goes on writing.

    path (Path): The file; made with its header row if absent.
    columns (Sequence[str]): Names of the columns; the first is the step.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = columns

    def rewind(self, step: int) -> None:
        """Drop rows after a step: a resumed run goes through those steps again."""
        rows = [row for row in self.read() if int(row["step"]) <= step]
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns)
            writer.writeheader()
            writer.writerows(rows)
        os.replace(beside, self.path)

    def append(self, row: Mapping[str, object]) -> None:
        """Add one row; it is on disk when this returns."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self.columns).writerow(row)

    def read(self) -> list[dict[str, str]]:
        """RETURNS (list[dict[str, str]]): The whole rows written so far."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if None not in row.values()]


def open_logs(run: Path, step: int) -> tuple[CurveLog, CurveLog]:
    """RETURNS (tuple[CurveLog, CurveLog]): train.csv and valid.csv, up to a step."""
    logs = (
        CurveLog(run / "train.csv", TRAIN_COLUMNS),
        CurveLog(run / "valid.csv", VALID_COLUMNS),
    )
    for log in logs:
        log.rewind(step)
    return logs


def plot_curves(run: Path) -> Path:
    """Draw losses, accuracies and the learning rate over the pieces read.

    RETURNS (Path): curves.png in the run's folder.
    RAISES (MissingExtraError): If matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "plot") from error
    train = CurveLog(run / "train.csv", TRAIN_COLUMNS).read()
    valid = CurveLog(run / "valid.csv", VALID_COLUMNS).read()
    shortest = min((int(row["length"]) for row in valid), default=0)
    valid = [row for row in valid if int(row["length"]) == shortest]
    figure = Figure(figsize=(12, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    panels = [
        (
            "loss (nats)",
            [(train, "mlm"), (train, "nsp"), (train, "label"), (valid, "mlm_loss")],
        ),
        (
            "held-out accuracy",
            [(valid, "top1"), (valid, "top10"), (valid, "nsp"), (valid, "label")],
        ),
        ("learning rate", [(train, "rate")]),
    ]
    for axes, (title, curves) in zip(figure.subplots(1, 3), panels, strict=True):
        for rows, column in curves:
            told = [row for row in rows if row.get(column)]  # labels may not be asked
            if not told and rows:
                continue
            x = [int(row["tokens"]) / 1e6 for row in told]
            label = f"{'held-out' if rows is valid else 'training'} {column}"
            axes.plot(x, [float(row[column]) for row in told], label=label)
        axes.set(xlabel="million pieces read", title=title)
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    beside = run / f".curves.{os.getpid()}.png"
    figure.savefig(beside, dpi=120)
    os.replace(beside, run / "curves.png")
    return run / "curves.png"
