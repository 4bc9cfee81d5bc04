"""Questions about phrases out of their text, many in a sequence."""

from __future__ import annotations

import numpy as np

from .asking import AskedSpans
from .data import Ids, SpecialIds
from .label_plan import LabelPlan
from .questions import Asked


def lay_sentences(
    plan: LabelPlan, special: SpecialIds, ids: Ids, spans: AskedSpans, width: int
) -> Asked:
    """Ask about spans out of their text: many short sentences in each sequence.

    ids (Ids): (B, S) the text, before masking.
    width (int): W; a sentence that is longer than this, or than a sequence of the text,
        is left out.
    RETURNS (Asked): As many sequences as it takes; a sentence sees itself alone.
    """
    head = np.concatenate([[special.cls], plan.sentence.before])
    tail = np.concatenate([plan.sentence.behind, [special.sep]])
    sizes = spans.last - spans.first + len(head) + len(tail)
    fits = sizes <= min(width, ids.shape[1])
    spans, sizes = spans.take(fits), sizes[fits]
    row, column = _fill_rows(sizes, width)
    shape = (int(row.max(initial=-1)) + 1, width)
    laid = Asked(
        np.full(shape, special.pad, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        np.zeros((*shape, width), dtype=bool),
        np.zeros(len(spans), dtype=np.int64),
        spans.answer,
    )
    for i, (r, start) in enumerate(zip(row.tolist(), column.tolist(), strict=True)):
        phrase = ids[spans.row[i], spans.first[i] : spans.last[i]]
        own = np.concatenate([head, phrase, tail])
        part = slice(start, start + len(own))
        laid.ids[r, part] = own
        laid.places[r, part] = np.arange(len(own))
        laid.sees[r, part, part] = True
        laid.masks[i] = r * width + start + np.flatnonzero(own == special.mask)[0]
    laid.sees[:, :, 0] |= ~laid.sees.any(axis=2)
    return laid


def _fill_rows(sizes: Ids, width: int) -> tuple[Ids, Ids]:
    """Rows and columns for pieces in a row, a new row wherever one is full."""
    rows, columns, row, column = [], [], 0, 0
    for size in sizes.tolist():
        if column + size > width:
            row, column = row + 1, 0
        rows.append(row)
        columns.append(column)
        column += size
    return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
