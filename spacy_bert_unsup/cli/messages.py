"""Messages for people, on stderr: stdout belongs to results."""

from __future__ import annotations

import typer
from wasabi import Printer

_PRINTER = Printer(no_print=True)


def fail(text: str) -> None:
    """Say what went wrong.

    text (str): One line.
    """
    typer.echo(_PRINTER.fail(text), err=True)


def warn(text: str) -> None:
    """Say what the user should know about the result.

    text (str): One line.
    """
    typer.echo(_PRINTER.warn(text), err=True)


def good(text: str) -> None:
    """Say what was done.

    text (str): One line.
    """
    typer.echo(_PRINTER.good(text), err=True)
