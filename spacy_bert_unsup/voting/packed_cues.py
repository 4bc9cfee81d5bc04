"""The context cue in packed rows: templates as blocks beside the windows.

What stands for which place: a template that blanks its span ("[MASK]") starts at the
span's last piece and sees the window without the span. (Tried: the first and the middle
piece serve less well.) One that holds the phrase need
not repeat it, since the window does: its words behind the phrase stand for the places
right behind the span, and do not see what stands there in the window; its words before
the phrase stand for the places right in front of the span, likewise. (Tried: with both
readings of one place in sight, the answers are of little use.)

The phrase cue shares the reading of its sentence in the same manner: a sentence with a
stand-in is read once for each number of pieces, and every phrase is a block with what
is written from the phrase to the mask, "X and [MASK]", that sees the rest of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..mlm.blocks import Blocks, start_places
from ..types import Ints, Query
from .cues import Template
from .places import SpanPlaces

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


def context_blocks(
    lm: MaskedLM,
    places: SpanPlaces,
    template: Template,
    *,
    per_piece: bool = False,
    width: int = 0,
) -> tuple[Blocks, Ints]:
    """Ask what could stand in the place of the spans, or beside them, in packed rows.

    lm (MaskedLM): The model.
    places (SpanPlaces): Where the S spans stand; the contexts are its windows between
        two special tokens.
    template (Template): As in `context_queries`.
    per_piece (bool): With "[MASK]", one mask for each piece instead of one.
    width (int): Pieces that are seen on either side of a span; 0 for the whole window.
    RETURNS (tuple[Blocks, Ints]): Blocks, and the (B,) spans they are for. A span
        without pieces is not asked, nor one that is blanked and fills its window.
    """
    lengths = np.array([len(ids) for ids in places.windows] or [0], np.int32)
    length = lengths[places.window]
    asked = places.last > places.first
    if not template.holds_phrase:
        asked &= places.last - places.first < length
    rows = np.flatnonzero(asked).astype(np.int32)
    # One piece further on stands the window behind its [CLS].
    first, last = places.first[rows] + 1, places.last[rows] + 1
    if per_piece and template.is_blank:
        sizes = last - first
        ids = np.full(sizes.sum(), lm.mask_id, np.int32)
        stands = np.repeat(first, sizes) + count_up(sizes)
    else:
        offsets, behind = template.offsets()
        sizes = np.full(len(rows), len(offsets), np.int32)
        ids = np.tile(template.words(), len(rows))
        near = first if template.holds_phrase else last - 1
        anchors = np.where(behind, last[:, None], near[:, None])
        stands = (anchors + offsets).reshape(-1)
    blank = np.stack([first, last], axis=1)
    return (
        Blocks(
            places.window[rows],
            ids,
            np.clip(stands, 0, lm.max_length - 1).astype(np.int32),
            ids == lm.mask_id,
            start_places(sizes),
            _find_seen(template, blank, length[rows] + 2, width),
            np.zeros_like(blank) if template.holds_phrase else blank,
        ),
        rows,
    )


def phrase_blocks(
    lm: MaskedLM,
    queries: Sequence[Query],
    templates: Sequence[Template],
    stand_in: str,
) -> tuple[list[Ints], Blocks]:
    """Ask about phrases in sentences that are read once for all of them.

    lm (MaskedLM): The model.
    queries (Sequence[Query]): (Q,) sentences with a phrase, as `phrase_queries` gives
        them.
    templates (Sequence[Template]): (Q,) the template of each.
    stand_in (str): What the model reads in the place of the phrases.
    RETURNS (tuple[list[Ints], Blocks]): Contexts, and (Q,) blocks.
    """
    known: dict[tuple[str, int], int] = {}
    contexts: list[Ints] = []
    number, spans = [], []
    for query, template in zip(queries, templates, strict=True):
        size = len(query.ids) - template.extra - 2
        first = template.phrase_start + 1  # behind [CLS]
        key = template.source, size
        if key not in known:
            known[key] = len(contexts)
            contexts.append(query.ids.copy())
            contexts[-1][first : first + size] = _stand_in(lm, template, stand_in, size)
        mask = int(query.positions[0])
        number.append(known[key])
        spans.append((min(first, mask), max(first + size, mask + 1)))
    hidden = np.array(spans, np.int32).reshape(-1, 2)
    sizes = hidden[:, 1] - hidden[:, 0]
    own = [query.ids[slice(*span)] for query, span in zip(queries, spans, strict=True)]
    ids = np.concatenate([np.zeros(0, np.int32), *own])
    lengths = np.array([len(query.ids) for query in queries], np.int32)
    return contexts, Blocks(
        np.array(number, np.int32),
        ids,
        np.repeat(hidden[:, 0], sizes) + count_up(sizes),
        ids == lm.mask_id,
        start_places(sizes),
        np.stack([np.zeros_like(lengths), lengths], axis=1),
        hidden,
    )


def _stand_in(lm: MaskedLM, template: Template, word: str, size: int) -> Ints:
    """The word as often as it takes to fill `size` pieces."""
    pieces = lm.tokenize([template.before + word])[0].ids
    return np.resize(pieces if len(pieces) else lm.unk_id, size)


def _find_seen(template: Template, spans: Ints, lengths: Ints, width: int) -> Ints:
    """(B, 2) which pieces of its context each block sees."""
    low, high = np.zeros_like(lengths), lengths
    if width:
        low = np.maximum(spans[:, 0] - width, 0)
        high = np.minimum(spans[:, 1] + width, lengths)
    if template.holds_phrase:
        _, behind = template.offsets()
        low = low if behind.all() else spans[:, 0]
        high = spans[:, 1] if behind.any() else high
    return np.stack([low, high], axis=1).astype(np.int32)


def count_up(sizes: Ints) -> Ints:
    """0, 1, ... for each of several runs, one after the other; (sum of `sizes`,)."""
    starts = start_places(sizes)
    return np.arange(starts[-1], dtype=np.int32) - np.repeat(starts[:-1], sizes)


def border_windows(lm: MaskedLM, places: SpanPlaces) -> list[Ints]:
    """The windows as contexts, between the two special tokens; (n + 2,) each."""
    first, last = np.array([[lm.cls_id], [lm.sep_id]], np.int32)
    return [np.concatenate([first, ids, last]) for ids in places.windows]
