"""Answers from a keyboard: single keys that act at once, and short typed lines."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass

import typer

ENTER = "\r\n"
ERASE = "\x7f\b"
ESCAPE = "\x1b"


@dataclass
class Keyboard:
    """What is typed at a terminal; lines, where the input is none.

    waiting (str): Keys that came in one go with those that were asked for.
    """

    waiting: str = ""

    def read_answer(self, keys: Collection[str]) -> str | None:
        """Read a single key, or a line that begins with another one.

        keys (Collection[str]): Keys that need no Enter, as the first of a line.
        RETURNS (Optional[str]): Without spaces around it; None at the end of the input.
        """
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            line = sys.stdin.readline()
            typer.echo()
            return line.strip() if line else None
        line = ""
        while True:
            try:
                key = self._next_key()
            except EOFError:
                return None
            if key in ENTER:
                break
            if key in ERASE:
                if line:
                    line = line[:-1]
                    typer.echo("\b \b", nl=False)
            elif key.isprintable():
                line += key
                typer.echo(key, nl=False)
                if line in keys:
                    break
        typer.echo()
        return line.strip()

    def _next_key(self) -> str:
        if not self.waiting:
            # What comes at once may be more than one key: fast fingers, or a paste. An
            # arrow or function key is a sequence, which says nothing here.
            found = typer.getchar()
            while found.startswith(ESCAPE):
                found = typer.getchar()
            self.waiting = found
        key, self.waiting = self.waiting[0], self.waiting[1:]
        return key
