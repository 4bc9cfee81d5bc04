"""What speaks for a span: its context, the phrase itself, its own words (spec 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ConfigError, Errors
from ..mlm.align import choose_window
from ..mlm.queries import mask_span, plain_query
from ..types import Bools, Ints, Query, TopTerms
from .text import EncodedText

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

MASK = "[MASK]"
PHRASE = "{phrase}"


@dataclass(frozen=True)
class PhraseTemplate:
    """The sentence of the phrase cue, cut into what comes around phrase and mask.

    lead (str): Text before the phrase.
    between (str): Text after the phrase, up to the mask.
    after (Ints): Pieces after the mask.
    """

    lead: str
    between: str
    after: Ints

    @classmethod
    def parse(cls, template: str, lm: MaskedLM) -> PhraseTemplate:
        """Read a template such as "{phrase} is a [MASK] ."

        template (str): Holds `{phrase}` once and `[MASK]` once, after it.
        lm (MaskedLM): Cuts the text into pieces.
        RETURNS (PhraseTemplate): Ready to be filled.
        RAISES (ConfigError): if the two places are not there once, in this order.
        """
        lead, found, rest = template.partition(PHRASE)
        between, masked, after = rest.partition(MASK)
        if not found or not masked or PHRASE in rest or MASK in lead + after:
            raise ConfigError(Errors.E302.format(template=template))
        return cls(lead, between.rstrip(), lm.tokenize([after.strip()])[0].ids)


def context_queries(
    lm: MaskedLM,
    texts: Sequence[EncodedText],
    spans: Ints,
    *,
    masked: bool = True,
    per_piece: bool = False,
) -> tuple[list[Query], Ints]:
    """Ask what else could stand where the spans stand.

    lm (MaskedLM): The model.
    texts (Sequence[EncodedText]): Texts.
    spans (Ints): (S, 3) text, first token, one past the last token.
    masked (bool): Blank the span; False reads it as it is (masking = "none").
    per_piece (bool): One mask for each piece instead of one for the span.
    RETURNS (tuple[list[Query], Ints]): Queries, and the (Q,) rows of `spans` they are
        for. A span without pieces, or alone in its window, is not asked.
    """
    queries, rows = [], []
    for row, (i, start, end) in enumerate(spans.tolist()):
        text = texts[i]
        first, last = text.piece_bounds(start, end)
        if last == first:
            continue
        low, high = text.windows[choose_window(text.windows, first, last)]
        first, last = max(first, low), min(last, high)
        if last - first == high - low and masked:
            continue  # nothing but the span: there is no context (spec 5.2.12)
        ids = text.pieces.ids[low:high]
        if masked:
            query = mask_span(lm, ids, first - low, last - low, per_piece=per_piece)
        else:
            query = plain_query(lm, ids, first - low, last - low)
        queries.append(query)
        rows.append(row)
    return queries, np.array(rows, np.int32)


def phrase_queries(
    lm: MaskedLM, phrases: Sequence[str], template: PhraseTemplate
) -> tuple[list[Query], Ints]:
    """Ask what the phrases are, out of context.

    lm (MaskedLM): The model.
    phrases (Sequence[str]): S phrases.
    template (PhraseTemplate): The sentence to put them in.
    RETURNS (tuple[list[Query], Ints]): Queries, and the (Q,) phrases they are for. A
        phrase without pieces, or longer than the model's window, is not asked.
    """
    unique = list(dict.fromkeys(phrases))
    texts = [template.lead + phrase + template.between for phrase in unique]
    room = lm.max_length - 3 - len(template.after)
    made: dict[str, Query] = {}
    for phrase, pieces in zip(unique, lm.tokenize(texts), strict=True):
        if phrase.strip() and 0 < len(pieces) <= room:
            ids = np.concatenate([pieces.ids, template.after])
            made[phrase] = mask_span(lm, ids, len(pieces), len(pieces))
    rows = [row for row, phrase in enumerate(phrases) if phrase in made]
    return [made[phrases[row]] for row in rows], np.array(rows, np.int32)


def spread_top_terms(top: TopTerms, rows: Ints, size: int) -> TopTerms:
    """Lay answers out so that row i is the answer for span i.

    top (TopTerms): (Q, K) answers.
    rows (Ints): (Q,) the span of each answer.
    size (int): S.
    RETURNS (TopTerms): (S, K); ids are -1 in rows without an answer.
    """
    ids = np.full((size, top.ids.shape[1]), -1, np.int32)
    probs = np.zeros(ids.shape, np.float32)
    logits = np.zeros(ids.shape, np.float32)
    ids[rows], probs[rows], logits[rows] = top.ids, top.probs, top.logits
    return TopTerms(ids, probs, logits)


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
