"""Ask about one unit after the other: with single keys, or with typed lines.

    1 ... 9            one of the labels that are offered
    LABEL or A/B       any label that is known; +LABEL makes a new one
    LABEL -word ...    the label for all terms but these
    s or Enter         skip         u   undo         q   quit         ?   help

Every answer is saved at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from ..messages import good
from ..terminal import paint
from .keyboard import Keyboard

if TYPE_CHECKING:
    from ...vocab.labels import SeedLabels
    from ...vocab.workshop.agenda import Agenda
    from ...vocab.workshop.folder import Workshop
    from ...vocab.workshop.sheet import SheetRow

SKIP, UNDO, QUIT, HELP = KEYS = "suq?"
CHOICES = 9
SINGLE_KEYS = (*KEYS, *map(str, range(1, CHOICES + 1)))
"""Keys that act without Enter at a terminal."""
SHOWN = 40
HELP_TEXT = (
    "1-9 an offered label · LABEL or A/B · +LABEL a new one · LABEL -word all but "
    "this word · s skip · u undo · q quit"
)


class BadAnswer(ValueError):
    """An answer that cannot be understood; says why."""


@dataclass
class Session:
    """Where a person is in the agenda.

    shop (Workshop): The folder as it is now.
    agenda (Agenda): What to ask.
    place (int): The unit that is asked next.
    past (list[tuple[int, Optional[SeedLabels]]]): Places and what people had said
        before each answer; None where a unit was skipped.
    keyboard (Keyboard): Where answers come from.
    """

    shop: Workshop
    agenda: Agenda
    place: int = 0
    past: list[tuple[int, SeedLabels | None]] = field(default_factory=list)
    keyboard: Keyboard = field(default_factory=Keyboard)

    def row(self) -> SheetRow | None:
        """The unit that is asked next; None at the end."""
        works = self.agenda.works[self.place : self.place + 1]
        return self.agenda.rows(self.shop, works)[0] if works else None

    def choices(self, row: SheetRow) -> list[str]:
        """Labels to offer: the suggestion, then those that people gave most often.

        row (SheetRow): The unit.
        RETURNS (list[str]): At most nine.
        """
        often = Counter(n for names in self.shop.seeds.values() for n in names)
        ranked = [row.suggestion, *(name for name, _ in often.most_common())]
        return [name for name in dict.fromkeys(ranked) if name][:CHOICES]

    def answer(self, terms: Sequence[str], labels: tuple[str, ...]) -> None:
        """Give terms labels, save, and go on.

        terms (Sequence[str]): Terms of this unit.
        labels (tuple[str, ...]): Their labels.
        """
        self.past.append((self.place, self.shop.seeds))
        said = dict.fromkeys(terms, labels)
        self.shop = self.shop.with_seeds({**self.shop.seeds, **said})
        self.shop.save_seeds()
        self.place += 1

    def skip(self) -> None:
        """Leave this unit as it is."""
        self.past.append((self.place, None))
        self.place += 1

    def undo(self) -> bool:
        """Go one unit back, and take back what was said about it.

        RETURNS (bool): False at the beginning.
        """
        if not self.past:
            return False
        self.place, seeds = self.past.pop()
        if seeds is not None:
            self.shop = self.shop.with_seeds(seeds)
            self.shop.save_seeds()
        return True


def run_loop(shop: Workshop, agenda: Agenda) -> Workshop:
    """Ask until there is nothing left, or the person quits.

    shop (Workshop): The folder.
    agenda (Agenda): What to ask, in order.
    RETURNS (Workshop): The folder after the answers, which are saved.
    """
    session = Session(shop, agenda)
    typer.echo(HELP_TEXT)
    try:
        while (row := session.row()) is not None:
            choices = session.choices(row)
            typer.echo(show_row(row, choices, session.place + 1, len(agenda.works)))
            if not _take(session, row, choices):
                break
    finally:
        answered = sum(seeds is not None for _, seeds in session.past)
        good(f"{answered} units labelled, all saved: {shop.folder}")
    return session.shop


def _take(session: Session, row: SheetRow, choices: Sequence[str]) -> bool:
    """Read answers until one moves on; False to quit."""
    while True:
        typer.echo("> ", nl=False)
        line = session.keyboard.read_answer(SINGLE_KEYS)
        if line is None or line == QUIT:
            return False
        if line in ("", SKIP):
            session.skip()
            return True
        if line == UNDO:
            if session.undo():
                return True
            typer.echo("There is nothing to undo.")
        elif line == HELP:
            typer.echo(HELP_TEXT)
        else:
            try:
                session.answer(*parse_answer(line, row.terms, choices, session.shop))
                return True
            except BadAnswer as error:
                typer.echo(str(error))


def parse_answer(
    line: str, terms: Sequence[str], choices: Sequence[str], shop: Workshop
) -> tuple[list[str], tuple[str, ...]]:
    """Understand a label, and the terms that it is not for.

    line (str): What was typed.
    terms (Sequence[str]): Terms of the unit.
    choices (Sequence[str]): Labels that "1", "2", ... stand for.
    shop (Workshop): Knows the labels there are.
    RETURNS (tuple[list[str], tuple[str, ...]]): Terms and their labels.
    RAISES (BadAnswer): if it names no known label or other terms.
    """
    first, *rest = line.split()
    if first.isdecimal():
        if not 1 <= int(first) <= len(choices):
            raise BadAnswer(f"There is no choice {first}. {HELP_TEXT}")
        labels = [choices[int(first) - 1]]
    else:
        labels = [_known_label(name, choices, shop) for name in first.split("/")]
    unwanted = {word[1:] for word in rest}
    strange = [word for word in rest if word[0] != "-" or word[1:] not in terms]
    if strange:
        raise BadAnswer(f"{strange[0]!r} is not - and a term of this unit.")
    left = [term for term in terms if term not in unwanted]
    if not left:
        raise BadAnswer("No term is left. To go on without an answer, type s.")
    return left, tuple(dict.fromkeys(labels))


def _known_label(name: str, choices: Sequence[str], shop: Workshop) -> str:
    from ...vocab.labels import iter_labels
    from ...vocab.spelling import suggest_spellings

    known = {*iter_labels(shop.seeds), *shop.labels, *choices}
    if name.startswith("+") and len(name) > 1:
        return name[1:]
    if name in known:
        return name
    near = ", ".join(suggest_spellings(name, sorted(known)))
    hint = f" Near to it: {near}." if near else ""
    raise BadAnswer(f"There is no label {name!r} yet.{hint} To make it: +{name}")


def show_row(row: SheetRow, choices: Sequence[str], place: int, total: int) -> str:
    """A unit on the screen.

    row (SheetRow): The unit.
    choices (Sequence[str]): Labels on the keys 1 to 9.
    place (int): Which unit it is, from 1.
    total (int): How many there are.
    RETURNS (str): A few lines.
    """
    terms = " ".join(row.terms[:SHOWN])
    if len(row.terms) > SHOWN:
        terms += f" ... and {len(row.terms) - SHOWN} more"
    lines = [f"\n[{place}/{total}] {terms}   ({row.mass:.2%} of running text)"]
    if row.labelled:
        lines.append(f"  labelled  {' '.join(row.labelled[:SHOWN])}")
    if row.neighbours:
        lines.append(f"  near      {' '.join(row.neighbours)}")
    if row.suggestion:
        share = f"{row.share:.0%} of the neighbours' vote"
        lines.append(f"  suggests  {row.suggestion}, {share}")
    keys = "  ".join(f"{i} {paint(name, name)}" for i, name in enumerate(choices, 1))
    lines.append(f"  {keys}" if keys else "  no labels yet: type +LABEL")
    return "\n".join(lines)
