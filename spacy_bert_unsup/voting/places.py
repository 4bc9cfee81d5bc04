"""Where spans stand in the windows that a model reads, for many spans at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..mlm.align import choose_windows
from ..mlm.text import EncodedText
from ..types import Ints


@dataclass(frozen=True, slots=True)
class SpanPlaces:
    """S spans in the windows of their texts.

    windows (list[Ints]): Pieces of the windows that hold any of the spans.
    window (Ints): (S,) which of them shows a span best.
    first, last (Ints): (S,) first piece of a span in its window, and one past its last;
        equal where it has none.
    """

    windows: list[Ints]
    window: Ints
    first: Ints
    last: Ints


def locate_spans(texts: Sequence[EncodedText], spans: Ints) -> SpanPlaces:
    """Find the window that shows each span with the most context.

    texts (Sequence[EncodedText]): Texts.
    spans (Ints): (S, 3) text, first token, one past the last token.
    RETURNS (SpanPlaces): A span that is longer than the overlap of its text's windows
        may be cut.
    """
    places = np.zeros((3, len(spans)), np.int32)
    windows: list[Ints] = []
    for i in np.unique(spans[:, 0]).tolist():
        text, rows = texts[i], np.flatnonzero(spans[:, 0] == i)
        first, last = bound_pieces(text.cover, spans[rows, 1:])
        if not text.windows:
            continue
        chosen = choose_windows(text.windows, first, last)
        bounds = np.array(text.windows, np.int32)[chosen]
        first = np.maximum(first, bounds[:, 0]) - bounds[:, 0]
        last = np.minimum(last, bounds[:, 1]) - bounds[:, 0]
        used, which = np.unique(chosen, return_inverse=True)
        places[:, rows] = which + len(windows), first, np.maximum(last, first)
        ids = text.pieces.ids
        windows += [ids[slice(*text.windows[k])] for k in used.tolist()]
    return SpanPlaces(windows, *places)


def bound_pieces(cover: Ints, spans: Ints) -> tuple[Ints, Ints]:
    """The pieces of token spans.

    cover (Ints): (T, 2) first piece and one past the last piece of each token.
    spans (Ints): (S, 2) first token, one past the last.
    RETURNS (tuple[Ints, Ints]): (S,) first piece and one past the last; equal where a
        span has none.
    """
    first, last = cover[spans[:, 0], 0], cover[spans[:, 1] - 1, 1]
    return first, np.maximum(first, last)
