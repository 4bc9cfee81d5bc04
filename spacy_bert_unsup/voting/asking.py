"""Puts the questions of the cues to a model: masked copies, packed rows, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from ..errors import ConfigError, Errors
from ..mlm.blocks import join_blocks, stand_alone
from ..mlm.queries import query_keys
from ..mlm.text import EncodedText
from ..types import Bools, Ints, Query, TopTerms
from .answer_cache import AnswerCache
from .cues import (
    Template,
    context_queries,
    phrase_queries,
    plain_queries,
    voting_terms,
)
from .packed_cues import border_windows, context_blocks, phrase_blocks
from .places import locate_spans
from .settings import VotingSettings

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

# Questions that are prepared at once, in batches: enough to sort them by length, few
# enough that a text of any length takes no more memory for them than a page.
BATCHES_AHEAD = 16


class Bounds(TypedDict):
    """What all questions share; as in `MaskedLM.fill`."""

    top_k: int
    allowed: Bools
    max_batch_pieces: int


Answers = tuple[TopTerms, Ints]
"""(Q, K) terms, and the (Q,) spans that they speak about."""


class Asker:
    """Asks a model about spans, in the way that the settings say.

    Any number of threads may use it at the same time.
    """

    def __init__(
        self, lm: MaskedLM, settings: VotingSettings, *, max_batch_pieces: int
    ) -> None:
        """Read the templates.

        lm (MaskedLM): The model.
        settings (VotingSettings): Templates, masking, and how many terms are wanted.
        max_batch_pieces (int): Bound of one forward pass, padding included.
        RAISES (ConfigError): if a template lacks a mask, or a phrase template the
            phrase.
        RAISES (ModelError): if the model cannot read packed rows and shall.
        """
        self.lm = lm
        self.settings = settings
        self.max_batch_pieces = max_batch_pieces
        self.templates = {
            cue: [Template.parse(source, lm) for source in settings.templates(cue)]
            for cue in ("context", "phrase")
        }
        for template in self.templates["phrase"]:
            if not template.holds_phrase:  # it would ask the same of every phrase
                raise ConfigError(Errors.E316.format(template=template.source))
        self._shares_phrases = settings.masking == "packed" and bool(settings.stand_in)
        if settings.masking == "packed":
            lm.require_packed()
        self._allowed = voting_terms(lm, settings.ignored_terms)
        self._top_k = min(settings.top_k, len(lm.terms))
        most = settings.max_cached_answers
        self._kept = {cue: AnswerCache(most, self._top_k) for cue in self.templates}

    def ask(
        self, cue: str, texts: Sequence[EncodedText], spans: Ints, rows: Ints
    ) -> list[TopTerms]:
        """Ask about some of S spans.

        cue (str): "context" or "phrase".
        texts (Sequence[EncodedText]): Texts.
        spans (Ints): (S, 3) text, first token, one past the last token.
        rows (Ints): Which of them are asked.
        RETURNS (list[TopTerms]): (S, K) for each template; ids are -1 in rows that were
            not asked. None where the cue takes no part.
        """
        if not self.settings.weight(cue):
            return []
        tops = [TopTerms.empty(len(spans), self._top_k) for _ in self.templates[cue]]
        for part in self._split(cue, texts, spans, rows):
            answered = self._answer(cue, texts, spans[part])
            for top, (answers, asked) in zip(tops, answered, strict=True):
                top.put(part[asked], answers)
        return tops

    def _split(
        self, cue: str, texts: Sequence[EncodedText], spans: Ints, rows: Ints
    ) -> Iterator[Ints]:
        """Cut the rows into parts whose questions take the memory of a few batches."""
        windows = [max((b - a for a, b in t.windows), default=0) for t in texts]
        copied = cue == "context" and self.settings.masking != "packed"
        shown = np.array(windows, np.int64)[spans[rows, 0]] if copied else 0
        extra = sum(template.extra for template in self.templates[cue])
        lengths = spans[rows, 2] - spans[rows, 1]
        costs = (shown + lengths) * len(self.templates[cue]) + extra
        bound = BATCHES_AHEAD * self.max_batch_pieces
        part = np.cumsum(costs) // bound
        yield from np.split(rows, np.flatnonzero(np.diff(part)) + 1)

    def _answer(
        self, cue: str, texts: Sequence[EncodedText], spans: Ints
    ) -> list[Answers]:
        """Answers to each template of a cue."""
        templates = self.templates[cue]
        if cue == "context" and self.settings.masking == "packed":
            return self._answer_packed(texts, spans)
        asked = [self._make_queries(cue, t, texts, spans) for t in templates]
        used = [
            t for t, (queries, _) in zip(templates, asked, strict=True) for _ in queries
        ]
        queries = [query for queries, _ in asked for query in queries]
        return _share_out(self._fill(cue, queries, used), [rows for _, rows in asked])

    def _make_queries(
        self,
        cue: str,
        template: Template,
        texts: Sequence[EncodedText],
        spans: Ints,
    ) -> tuple[list[Query], Ints]:
        settings = self.settings
        width = settings.context_width
        if cue == "phrase":
            phrases = [texts[i].tokens.phrase(s, e) for i, s, e in spans.tolist()]
            return phrase_queries(self.lm, phrases, template)
        if settings.masking == "none" and not template.holds_phrase:
            return plain_queries(self.lm, texts, spans, width=width)
        return context_queries(
            self.lm, texts, spans, template, per_piece=settings.per_piece, width=width
        )

    def _answer_packed(
        self, texts: Sequence[EncodedText], spans: Ints
    ) -> list[Answers]:
        """The context cue in packed rows."""
        places = locate_spans(texts, spans)
        settings = self.settings
        asked = [
            context_blocks(
                self.lm,
                places,
                template,
                per_piece=settings.per_piece,
                width=settings.context_width,
            )
            for template in self.templates["context"]
        ]
        top = self.lm.fill_packed(
            border_windows(self.lm, places),
            join_blocks([blocks for blocks, _ in asked]),
            top_k=self._top_k,
            allowed=self._allowed,
            max_batch_pieces=self.max_batch_pieces,
        )
        return _share_out(top, [rows for _, rows in asked])

    def _fill(
        self, cue: str, queries: Sequence[Query], templates: Sequence[Template]
    ) -> TopTerms:
        """Answer queries; those that were answered before cost nothing."""
        kept = self._kept[cue]
        if not kept.most:
            return self._ask_model(cue, queries, templates)
        keys = query_keys(queries)
        if self._shares_phrases:  # what is read beside a phrase is the template's
            pairs = zip(keys, templates, strict=True)
            keys = [key + template.source.encode() for key, template in pairs]
        found, known = kept.find(keys)
        new = np.flatnonzero(~known).tolist()
        if new:
            answers = self._ask_model(
                cue, [queries[i] for i in new], [templates[i] for i in new]
            )
            kept.keep([keys[i] for i in new], answers)
            found.put(np.array(new, np.int32), answers)
        return found

    def _ask_model(
        self, cue: str, queries: Sequence[Query], templates: Sequence[Template]
    ) -> TopTerms:
        bounds: Bounds = {
            "top_k": self._top_k,
            "allowed": self._allowed,
            "max_batch_pieces": self.max_batch_pieces,
        }
        if cue == "context" or self.settings.masking != "packed":
            return self.lm.fill(queries, **bounds)
        if self._shares_phrases:
            read = phrase_blocks(self.lm, queries, templates, self.settings.stand_in)
            return self.lm.fill_packed(*read, **bounds)
        alone = stand_alone(
            [query.ids for query in queries], [query.positions for query in queries]
        )
        return self.lm.fill_packed([], alone, **bounds)


def _share_out(top: TopTerms, rows: Sequence[Ints]) -> list[Answers]:
    """Divide the answers among the templates that were asked one after the other."""
    bounds = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    places = np.arange(bounds[-1], dtype=np.int32)
    parts = zip(bounds, bounds[1:], rows, strict=False)
    return [(top.take(places[low:high]), asked) for low, high, asked in parts]
