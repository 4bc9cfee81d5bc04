"""`Doc._.bert_unsup_notes`: what was done to a doc that its reader should know."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from spacy.tokens import Doc

from ..attrs import NOTES
from ..errors import Errors, InputError

logger = logging.getLogger(__name__)


def note_windows(
    windows: Sequence[tuple[int, int]], *, name: str, on_overflow: str
) -> list[str]:
    """Say that a doc is longer than one window, or refuse it.

    windows (Sequence[tuple[int, int]]): First piece and one past the last of each.
    name (str): The component.
    on_overflow (str): "window": note it; "warn": log it too; "error": refuse the doc.
    RETURNS (list[str]): At most one note.
    RAISES (InputError): if it is refused.
    """
    if len(windows) < 2:
        return []
    longest = max(end - start for start, end in windows)
    if on_overflow == "error":
        pieces = windows[-1][1]
        raise InputError(Errors.E340.format(name=name, pieces=pieces, most=longest))
    note = f"read in {len(windows)} overlapping windows of at most {longest} pieces"
    if on_overflow == "warn":
        logger.warning("%s: a doc was %s", name, note)
    return [note]


def set_notes(doc: Doc, notes: Sequence[str], name: str) -> None:
    """Write a component's notes, beside those of others; its older ones are dropped.

    doc (Doc): Its `user_data` is left alone where there is nothing to note.
    notes (Sequence[str]): Notes.
    name (str): The component.
    """
    old = doc.user_data.pop(NOTES, [])
    kept = [note for note in old if not note.startswith(f"{name}: ")]
    if all_notes := [*kept, *(f"{name}: {note}" for note in notes)]:
        doc.user_data[NOTES] = all_notes
