"""Lays questions beside the text: pieces that read it, and that it does not read.

The packed rows of `mlm.blocks`, for training: one pass over a sequence answers about
many of its spans, while the text itself is read as ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .asking import AskedSpans
from .data import Flags, Ids, SpecialIds
from .label_plan import LabelPlan, Template


@dataclass(frozen=True, slots=True)
class Asked:
    """Sequences that hold questions.

    ids, segments, places (Ids): (B, W) pieces, their segments, and the place in the
        text that each stands for.
    sees (Flags): (B, W, W) which piece reads which.
    masks (Ids): (Q,) flat positions of the masks to answer at.
    words (Ids): (Q,) what is right: rows of `SeedWords.allowed`.
    """

    ids: Ids
    segments: Ids
    places: Ids
    sees: Flags
    masks: Ids
    words: Ids


def lay_questions(
    plan: LabelPlan,
    special: SpecialIds,
    text: tuple[Ids, Ids, Ids | Flags],
    spans: AskedSpans,
    rng: np.random.Generator,
) -> Asked:
    """Put a question about each span behind its sequence.

    Either a mask stands for the span and sees the rest of the text, or a template
    stands beside it: words before the phrase see it and what follows, words behind it
    what precedes.

    text (tuple[Ids, Ids, Ids | Flags]): (B, S) ids, masked; segments; attention.
    RETURNS (Asked): B sequences; W is S and the most pieces of questions.
    """
    ids, segments, attention = text
    rows, length = ids.shape
    blank = rng.random(len(spans)) < plan.settings.blank_share
    beside = np.concatenate([plan.beside.before, plan.beside.behind])
    sizes = np.where(blank, 1, len(beside))
    column = length + _within(np.cumsum(sizes) - sizes, spans.row)
    width = int((column + sizes).max(initial=length))
    owner = np.repeat(np.arange(len(spans)), sizes)
    part = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    row, at = spans.row[owner], column[owner] + part
    own = np.where(blank[owner], special.mask, beside[part])
    laid = Asked(
        _widen(ids, width, special.pad),
        _widen(segments, width, 0),
        _widen(np.broadcast_to(np.arange(length), ids.shape), width, 0),
        np.zeros((rows, width, width), dtype=bool),
        (row * width + at)[own == special.mask],
        spans.answer,
    )
    laid.ids[row, at] = own
    laid.segments[row, at] = segments[spans.row, spans.first][owner]
    laid.places[row, at] = _find_places(plan.beside, spans, blank, length)[owner, part]
    laid.sees[:, :length, :length] = attention[:, None, :] > 0
    used = attention.sum(axis=1)[spans.row]
    seen = _find_seen(plan.beside, spans, blank, used, width)
    seen |= _between(width, column, column + sizes)
    laid.sees[row, at] = seen[owner]
    laid.sees[:, :, 0] |= ~laid.sees.any(axis=2)  # padding must see something
    return laid


def _within(total: Ids, row: Ids) -> Ids:
    """A running total that begins anew with each row."""
    return total - total[np.searchsorted(row, row)] if len(row) else total


def _widen(values: Ids, width: int, filler: int) -> Ids:
    room = ((0, 0), (0, width - values.shape[1]))
    return np.pad(values, room, constant_values=filler)


def _find_places(
    template: Template, spans: AskedSpans, blank: Flags, length: int
) -> Ids:
    """(N, T) the places that the pieces of each question stand for."""
    part = np.arange(len(template.before) + len(template.behind))
    part = part - len(template.before)
    near = np.where(part < 0, spans.first[:, None], spans.last[:, None]) + part
    near[blank] = spans.last[blank, None] - 1
    return near.clip(0, length - 1)


def _find_seen(
    template: Template, spans: AskedSpans, blank: Flags, used: Ids, width: int
) -> Flags:
    """(N, W) which pieces of the text each question sees."""
    low = np.where(blank | (len(template.before) == 0), 0, spans.first)
    high = np.where(blank | (len(template.behind) == 0), used, spans.last)
    hidden = _between(width, spans.first, spans.last) & blank[:, None]
    return _between(width, low, high) & ~hidden


def _between(width: int, low: Ids, high: Ids) -> Flags:
    """(N, width) columns from low on, up to high (exclusive)."""
    columns = np.arange(width)
    return (columns >= low[:, None]) & (columns < high[:, None])


def stack_asked(upper: Asked, lower: Asked) -> Asked:
    """RETURNS (Asked): The sequences of both, which have one width."""
    shift = upper.ids.size
    return Asked(
        np.concatenate([upper.ids, lower.ids]),
        np.concatenate([upper.segments, lower.segments]),
        np.concatenate([upper.places, lower.places]),
        np.concatenate([upper.sees, lower.sees]),
        np.concatenate([upper.masks, lower.masks + shift]),
        np.concatenate([upper.words, lower.words]),
    )
