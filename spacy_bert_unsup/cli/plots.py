"""Plots in one quiet style, drawn without a screen; matplotlib is an extra."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Errors, InputError, MissingExtraError, Warnings
from ..util import atomic_path
from .messages import warn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Colours that readers with any colour-blindness can tell apart (Okabe & Ito 2008)."""

QUIET = "#b3b3b3"
"""The grey of what is shown for comparison only."""

INK = "#333333"
SUFFIXES = (".png", ".svg")
SIZE = (7.2, 4.0)
"""Inches; 936 x 520 pixels as PNG."""

DPI = 130
STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "font.size": 9.5,
    "grid.color": "#e6e6e6",
    "legend.frameon": False,
    "svg.hashsalt": "spacy-bert-unsup",  # else every SVG differs from the last
    "text.color": INK,
    "text.parse_math": False,  # "$" is a vocabulary entry, not mathematics
    "xtick.color": INK,
    "ytick.color": INK,
}


def check_plot_path(path: Path | None) -> None:
    """Refuse a plot that could not be written, before anything long is computed.

    path (Optional[Path]): The file that is wanted; None is always well.
    RAISES (InputError): if its suffix names no format.
    RAISES (MissingExtraError): if matplotlib is not installed.
    """
    if path is None:
        return
    if path.suffix not in SUFFIXES:
        raise InputError(Errors.E533.format(path=path))
    if find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "plot")


@contextmanager
def open_plot(
    path: Path, *, size: tuple[float, float] = SIZE, panels: tuple[int, int] = (1, 1)
) -> Iterator[list[Axes]]:
    """Axes to draw on, in the style of this package; the file appears at the end.

    path (Path): .png or .svg.
    size (tuple[float, float]): Width and height in inches.
    panels (tuple[int, int]): Rows and columns of axes.
    YIELDS (list[Axes]): The axes, row by row.
    RAISES (InputError): if the suffix names no format.
    RAISES (MissingExtraError): if matplotlib is not installed.
    """
    check_plot_path(path)
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        # A figure of its own knows no screen, and no global list keeps it alive.
        figure = Figure(figsize=size, dpi=DPI, layout="constrained")
        yield list(figure.subplots(*panels, squeeze=False).flat)
        save_figure(figure, path)


def use_log_scale(axes: Axes) -> None:
    """Make the vertical axis of counts logarithmic, with plain numbers.

    axes (Axes): From `open_plot`.
    """
    from matplotlib.ticker import NullFormatter, StrMethodFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure in one step: it is there whole, or not at all.

    figure (Figure): What was drawn.
    path (Path): .png or .svg; the suffix says which.
    RAISES (InputError): if the suffix names no format.
    """
    check_plot_path(path)
    kind = path.suffix[1:]
    # No date inside: the same data gives the same file.
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with atomic_path(path) as beside, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.savefig(beside, format=kind, metadata=metadata)
    missing = [found for w in caught if (found := _glyph(str(w.message)))]
    if missing:
        letters = " ".join(dict.fromkeys(missing))
        warn(Warnings.W531.format(path=path, letters=letters))


def _glyph(message: str) -> str:
    """The letter that a warning of matplotlib says its font lacks, or ""."""
    found = re.match(r"Glyph (\d+) .* missing from font", message)
    return chr(int(found[1])) if found else ""
