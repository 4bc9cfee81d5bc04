"""Coloured tables and bars for a terminal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from typing import Literal

from wasabi import color, row

from ..colors import color_of

BLACK = 16
CUBE = (0, 95, 135, 175, 215, 255)
"""The six levels of red, green and blue of the 256-colour terminal palette."""

SPACING = 2
LEAST_WIDTH = 12
BLOCKS = " ▏▎▍▌▋▊▉█"


def paint(text: str, label: str) -> str:
    """Put a text on the colour of a label.

    text (str): What to show.
    label (str): Whose colour.
    RETURNS (str): With escape codes, which typer removes where nobody sees them.
    """
    if os.environ.get("NO_COLOR"):
        return text
    return color(text, fg=BLACK, bg=terminal_color(color_of(label)))


def terminal_color(hex_color: str) -> int:
    """The nearest entry of the 256-colour palette.

    hex_color (str): As "#rrggbb".
    RETURNS (int): Between 16 and 231.
    """
    index = 0
    for i in (1, 3, 5):
        value = int(hex_color[i : i + 2], 16)
        index = 6 * index + min(range(6), key=lambda k: abs(CUBE[k] - value))
    return BLACK + index


def bar(share: float, width: int = 20) -> str:
    """A horizontal bar.

    share (float): Between 0 and 1.
    width (int): Characters of a full bar.
    RETURNS (str): `width` characters.
    """
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, part = divmod(eighths, 8)
    return ("█" * full + BLOCKS[part].strip()).ljust(width)


def format_table(
    rows: Sequence[Sequence[str]],
    header: Sequence[str],
    *,
    numbers: Collection[int] = (),
    label_column: int | None = None,
) -> str:
    """A table that is no wider than the terminal.

    rows (Sequence[Sequence[str]]): Cells; those of the last column may be cut.
    header (Sequence[str]): Names of the columns.
    numbers (Collection[int]): Columns to align on the right.
    label_column (Optional[int]): The column of labels, shown in their colours.
    RETURNS (str): Lines.
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    taken = sum(widths[:-1]) + SPACING * len(widths[:-1])
    terminal = shutil.get_terminal_size((100, 24)).columns
    widths[-1] = max(LEAST_WIDTH, min(widths[-1], terminal - taken))
    lines = [header, ["─" * width for width in widths]]
    for cells in rows:
        shown = [*cells[:-1], cut(cells[-1], widths[-1])]
        if label_column is not None:
            label = cells[label_column]
            shown[label_column] = paint(label.ljust(widths[label_column]), label)
        lines.append(shown)
    aligns: list[Literal["l", "r"]] = [
        "r" if i in numbers else "l" for i in range(len(header))
    ]
    return "\n".join(
        row(line, widths=widths, spacing=SPACING, aligns=aligns).rstrip()
        for line in lines
    )


def cut(text: str, width: int) -> str:
    """Shorten a text that is too long, visibly.

    text (str): Any.
    width (int): Characters that may be used.
    RETURNS (str): The text, or its beginning and an ellipsis.
    """
    return text if len(text) <= width else text[: width - 1] + "…"
