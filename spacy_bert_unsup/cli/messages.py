"""Messages for people, one line each, on stderr: stdout belongs to results."""

from __future__ import annotations

import typer
from wasabi import MESSAGES, color
from wasabi.util import COLORS, ICONS


def fail(text: str) -> None:
    """Say what went wrong.

    text (str): One line.
    """
    _say(MESSAGES.FAIL, text)


def warn(text: str) -> None:
    """Say what the user should know about the result.

    text (str): One line.
    """
    _say(MESSAGES.WARN, text)


def good(text: str) -> None:
    """Say what was done.

    text (str): One line.
    """
    _say(MESSAGES.GOOD, text)


def _say(kind: str, text: str) -> None:
    # wasabi's own printer writes to stdout, and breaks lines after 80 characters.
    typer.echo(f"{color(ICONS[kind], fg=COLORS[kind])} {text}", err=True)
