"""Run a pipeline over gold texts and score what it says."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..types import TokenSpan
from .gold import GoldSet, span_bounds
from .metrics import Counts, IsA, SpanScores, count_found, score_spans
from .texts import LabelledSpan

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


class Vote(Protocol):
    """What a tagger says about one given span."""

    @property
    def start(self) -> int:
        """First token."""

    @property
    def end(self) -> int:
        """One past the last token."""

    @property
    def label(self) -> str:
        """The best entity label."""


class Tagger(Protocol):
    """The part of `BertUnsupNER` that an evaluation needs."""

    def find_candidates(self, docs: Sequence[Doc]) -> Sequence[Iterable[TokenSpan]]:
        """The spans that were looked at, for each Doc."""

    def type_spans(
        self, docs: Sequence[Doc], spans: Sequence[Sequence[TokenSpan]]
    ) -> Sequence[Sequence[Vote]]:
        """The best entity label of given spans, for each Doc."""


@dataclass(frozen=True)
class Evaluation:
    """Everything that was measured on one gold file.

    spans (SpanScores): Strict scores; of the gold spans with predicted labels if the
        spans were given.
    typing (SpanScores): `recall` is the share of the gold spans with the right label.
    candidates (Optional[Counts]): Candidate recall; None if the spans were given.
    words (int): Tokens that were read.
    seconds (float): Time in the pipeline, without loading.
    """

    spans: SpanScores
    typing: SpanScores
    candidates: Counts | None
    words: int
    seconds: float

    @property
    def words_per_second(self) -> float:
        """Speed of the pipeline."""
        return self.words / self.seconds if self.seconds else 0.0


def evaluate_pipe(
    nlp: Language,
    tagger: Tagger,
    gold: GoldSet,
    *,
    is_a: IsA,
    given_spans: bool = False,
) -> Evaluation:
    """Score a pipeline on gold texts.

    nlp (Language): The pipeline.
    tagger (Tagger): Its component that types spans.
    gold (GoldSet): With mapped labels.
    is_a (Callable[[str, str], bool]): The label map.
    given_spans (bool): Only type the gold spans, whatever threshold or non-entity
        class says.
    RETURNS (Evaluation): Scores and speed.
    """
    docs = [text.to_doc(nlp.vocab) for text in gold.texts]
    words = sum(map(len, docs))
    spans, candidates = None, None
    start = time.perf_counter()
    if not given_spans:
        docs = list(nlp.pipe(docs))
        seconds = time.perf_counter() - start
        spans = score_spans(gold, _entities(docs), is_a=is_a)
        candidates = count_found(gold.texts, tagger.find_candidates(docs))
    votes = tagger.type_spans(docs, [span_bounds(text.spans) for text in gold.texts])
    if given_spans:
        seconds = time.perf_counter() - start
    typing = score_spans(gold, _labelled(votes), is_a=is_a)
    return Evaluation(spans or typing, typing, candidates, words, seconds)


def _entities(docs: Iterable[Doc]) -> list[list[LabelledSpan]]:
    return [[LabelledSpan(e.start, e.end, e.label_) for e in doc.ents] for doc in docs]


def _labelled(votes: Iterable[Iterable[Vote]]) -> list[list[LabelledSpan]]:
    return [[LabelledSpan(v.start, v.end, v.label) for v in row] for row in votes]
