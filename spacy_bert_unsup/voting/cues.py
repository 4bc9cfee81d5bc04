"""What speaks for a span: its context, the phrase itself, its own words (spec 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ConfigError, Errors
from ..mlm.align import choose_window
from ..mlm.queries import mask_span, plain_query
from ..mlm.text import EncodedText
from ..types import Bools, Ints, Query
from .places import locate_spans

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

MASK = "[MASK]"
PHRASE = "{phrase}"
_PLACES = re.compile(r"(\[MASK\]|\{phrase\})")


@dataclass(frozen=True)
class Template:
    """What is written in the place of a span, or around it: text, phrase and mask.

    source (str): As in the config, for example "{phrase} and other [MASK]".
    parts (tuple[Ints | None, ...]): Pieces, or None for the phrase; the mask is pieces.
    before (str): What the phrase is cut into pieces with: a space, or nothing at the
        start.
    """

    source: str
    parts: tuple[Ints | None, ...]
    before: str = ""

    @classmethod
    def parse(cls, source: str, lm: MaskedLM) -> Template:
        """Cut a template into pieces.

        source (str): Holds `[MASK]` once and `{phrase}` at most once.
        lm (MaskedLM): Cuts the text into pieces.
        RETURNS (Template): Ready to be filled.
        RAISES (ConfigError): if it does not hold one mask and at most one phrase.
        """
        if source.count(MASK) != 1 or source.count(PHRASE) > 1:
            raise ConfigError(Errors.E302.format(template=source))
        source = source.strip()
        parts: list[Ints | None] = []
        for part in filter(str.strip, _PLACES.split(source)):
            if part == PHRASE:
                parts.append(None)
            elif part == MASK:
                parts.append(np.array([lm.mask_id], np.int32))
            else:  # the space before a word is part of it in byte-level BPE
                parts.append(lm.tokenize([part.rstrip()])[0].ids)
        spaced = source.partition(PHRASE)[0][-1:].isspace()
        return cls(source, tuple(parts), " " if spaced else "")

    @property
    def holds_phrase(self) -> bool:
        """Whether the phrase is written in it, so that the model can read it."""
        return any(part is None for part in self.parts)

    @property
    def extra(self) -> int:
        """Pieces that are added to those of the phrase."""
        return sum(len(part) for part in self.parts if part is not None)

    @property
    def is_blank(self) -> bool:
        """Whether it is nothing but a mask."""
        return not self.holds_phrase and self.extra == 1

    @property
    def phrase_start(self) -> int:
        """Its pieces in front of the phrase; 0 where it holds none."""
        at = next((i for i, part in enumerate(self.parts) if part is None), 0)
        return sum(len(part) for part in self.parts[:at] if part is not None)

    def words(self) -> Ints:
        """Its own pieces, without those of the phrase; (`extra`,)."""
        return np.concatenate([part for part in self.parts if part is not None])

    def offsets(self) -> tuple[Ints, Bools]:
        """Where its pieces stand when the phrase stays in its place.

        RETURNS (tuple[Ints, Bools]): (`extra`,) places relative to an end of the span,
            and whether this is its last end; all are relative to the first in a
            template that blanks the span.
        """
        own = np.arange(self.extra, dtype=np.int32) - self.phrase_start
        behind = self.holds_phrase & (own >= 0)
        return own, behind

    def fill(self, phrase: Ints) -> Ints:
        """The pieces of the template with a phrase in it; (n,)."""
        filled = [phrase if part is None else part for part in self.parts]
        return np.concatenate(filled).astype(np.int32)


def context_queries(
    lm: MaskedLM,
    texts: Sequence[EncodedText],
    spans: Ints,
    template: Template,
    *,
    per_piece: bool = False,
    width: int = 0,
) -> tuple[list[Query], Ints]:
    """Ask what could stand in the place of the spans, or beside them.

    lm (MaskedLM): The model.
    texts (Sequence[EncodedText]): Texts.
    spans (Ints): (S, 3) text, first token, one past the last token.
    template (Template): Stands in the place of the span: "[MASK]" blanks it, "[MASK]
        and {phrase}" asks for its like.
    per_piece (bool): With "[MASK]", one mask for each piece instead of one.
    width (int): Pieces shown on either side of a span; 0 shows the whole window.
    RETURNS (tuple[list[Query], Ints]): Queries, and the (Q,) rows of `spans` they are
        for. A span without pieces is not asked, nor one that is blanked and fills its
        window: there is no context (spec 5.2.12).
    """
    queries, rows = [], []
    blank = not template.holds_phrase
    room = lm.max_length - template.extra
    for row, ids, first, last in shown_windows(texts, spans, room, width=width):
        if blank and last - first == len(ids):
            continue
        if per_piece and template.is_blank:
            query = mask_span(lm, ids, first, last, per_piece=True)
        else:
            filled = template.fill(ids[first:last])
            query = ask_masks(lm, np.concatenate([ids[:first], filled, ids[last:]]))
        queries.append(query)
        rows.append(row)
    return queries, np.array(rows, np.int32)


def plain_queries(
    lm: MaskedLM, texts: Sequence[EncodedText], spans: Ints, *, width: int = 0
) -> tuple[list[Query], Ints]:
    """Read spans unmasked, at their own pieces (masking = "none").

    lm (MaskedLM): The model.
    texts (Sequence[EncodedText]): Texts.
    spans (Ints): (S, 3) text, first token, one past the last token.
    width (int): Pieces shown on either side of a span; 0 shows the whole window.
    RETURNS (tuple[list[Query], Ints]): Queries and the (Q,) rows they are for.
    """
    queries, rows = [], []
    for row, ids, first, last in shown_windows(
        texts, spans, lm.max_length, width=width
    ):
        queries.append(plain_query(lm, ids, first, last))
        rows.append(row)
    return queries, np.array(rows, np.int32)


def shown_windows(
    texts: Sequence[EncodedText], spans: Ints, max_length: int, *, width: int = 0
) -> Iterator[tuple[int, Ints, int, int]]:
    """The pieces around each span that the model can read at once.

    texts (Sequence[EncodedText]): Texts.
    spans (Ints): (S, 3) text, first token, one past the last token.
    max_length (int): Pieces that fit, special tokens included.
    width (int): Pieces shown on either side of a span; 0 shows the whole window.
    YIELDS (tuple[int, Ints, int, int]): The row of the span, (n,) pieces, and its first
        piece and one past its last in them. Spans without pieces are left out.
    """
    found = locate_spans(texts, spans)
    bounds = zip(
        found.window.tolist(), found.first.tolist(), found.last.tolist(), strict=True
    )
    for row, (window, first, last) in enumerate(bounds):
        if last > first:
            ids = found.windows[window]
            low, high = 0, len(ids)
            if width:
                low, high = max(0, first - width), min(high, last + width)
            trimmed = trim_window(ids[low:high], first - low, last - low, max_length)
            yield row, *trimmed


def window_of(
    text: EncodedText, start: int, end: int, max_length: int
) -> tuple[Ints, int, int]:
    """The pieces around a span that the model can read at once.

    text (EncodedText): The text.
    start, end (int): Token span.
    max_length (int): Pieces that fit, special tokens included.
    RETURNS (tuple[Ints, int, int]): (n,) pieces, and the span's first piece and one
        past its last in them; equal if the span has none.
    """
    first, last = text.piece_bounds(start, end)
    if last == first:
        return np.zeros(0, np.int32), 0, 0
    low, high = text.windows[choose_window(text.windows, first, last)]
    first, last = max(first, low), min(last, high)
    return trim_window(text.pieces.ids[low:high], first - low, last - low, max_length)


def trim_window(
    ids: Ints, first: int, last: int, max_length: int
) -> tuple[Ints, int, int]:
    """Cut a window on the side with more context, and at last the span, until it fits.

    ids (Ints): (n,) pieces of the window, without special tokens.
    first, last (int): First piece of the span, and one past its last.
    max_length (int): Pieces that fit, special tokens included.
    RETURNS (tuple[Ints, int, int]): The same for what is left.
    """
    low, high = 0, len(ids)
    while high - low > max(0, max_length - 2):
        if high - last >= first - low and high > last:
            high -= 1
        elif first > low:
            low += 1
        else:
            high, last = high - 1, last - 1
    return ids[low:high], first - low, last - low


def phrase_queries(
    lm: MaskedLM, phrases: Sequence[str], template: Template
) -> tuple[list[Query], Ints]:
    """Ask what the phrases are, out of context (spec 5.2).

    lm (MaskedLM): The model.
    phrases (Sequence[str]): S phrases.
    template (Template): A sentence with the phrase and the mask.
    RETURNS (tuple[list[Query], Ints]): Queries, and the (Q,) phrases they are for. A
        phrase without pieces, or longer than the model's window, is not asked.
    """
    unique = list(dict.fromkeys(phrases))
    room = lm.max_length - 2 - template.extra
    made: dict[str, Query] = {}
    cut = lm.tokenize([template.before + phrase for phrase in unique])
    for phrase, pieces in zip(unique, cut, strict=True):
        if 0 < len(pieces) <= room:
            made[phrase] = ask_masks(lm, template.fill(pieces.ids))
    rows = [row for row, phrase in enumerate(phrases) if phrase in made]
    return [made[phrases[row]] for row in rows], np.array(rows, np.int32)


def ask_masks(lm: MaskedLM, ids: Ints) -> Query:
    """A query for the masks in a row of pieces.

    lm (MaskedLM): The model.
    ids (Ints): (n,) pieces without the two special tokens.
    RETURNS (Query): With them, wanted at the masks.
    """
    whole = np.concatenate([[lm.cls_id], ids, [lm.sep_id]]).astype(np.int32)
    return Query(whole, np.flatnonzero(whole == lm.mask_id).astype(np.int32))


def voting_terms(lm: MaskedLM, ignored: Sequence[str] = ()) -> Bools:
    """The descriptor filter: which vocabulary entries may vote (spec 5.1.4).

    Whole words of two characters or more with a letter or digit in them; no special or
    unused entries.

    lm (MaskedLM): The model.
    ignored (Sequence[str]): Further terms that shall not vote, in any case form.
    RETURNS (Bools): (V,).
    """
    drop = {term.lower() for term in ignored}
    words = np.array(
        [
            len(s) > 1 and any(map(str.isalnum, s)) and s.lower() not in drop
            for s in lm.surface()
        ],
        bool,
    )
    return words & ~lm.is_continuation()
