"""SpanTagger: texts and candidate spans in, label shares and their evidence out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..types import Floats, Ints, TopTerms
from ..vocab.assets import ClusterAssets
from ..vocab.vectors import VocabVectors
from .cues import (
    PhraseTemplate,
    context_queries,
    phrase_queries,
    spread_top_terms,
    voting_terms,
)
from .lexicon import Lexicon
from .settings import VotingSettings
from .spans import Rollup
from .tables import VoteTables
from .text import EncodedText, TokenizedText, encode_texts
from .votes import divide_rows, pool_cues, vote_labels

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


@dataclass(frozen=True)
class SpanScores:
    """What was found out about S spans.

    spans (Ints): (S, 3) text, first token, one past the last token.
    shares (Floats): (S, L) pooled label shares; a row of 0 where nothing spoke.
    cues (Mapping[str, Floats]): Cue -> (S, L) shares of this cue alone.
    tops (Mapping[str, TopTerms]): "context" and "phrase" -> (S, K) terms that voted.
    """

    spans: Ints
    shares: Floats
    cues: Mapping[str, Floats]
    tops: Mapping[str, TopTerms]


class SpanTagger:
    """Asks a model about spans and lets the vocabulary vote.

    Holds nothing that changes after construction, so threads may share it.
    """

    def __init__(
        self,
        lm: MaskedLM,
        assets: ClusterAssets,
        settings: VotingSettings | None = None,
        *,
        vectors: VocabVectors | None = None,
        max_batch_pieces: int = 8192,
    ) -> None:
        """Prepare the tables.

        lm (MaskedLM): The model.
        assets (ClusterAssets): Built for this model.
        settings (Optional[VotingSettings]): All constants.
        vectors (Optional[VocabVectors]): The model's vocabulary, if at hand.
        max_batch_pieces (int): Bound of one forward pass, padding included.
        RAISES (AssetsError): if the assets are of another model.
        """
        assets.check_fits(lm.fingerprint, lm.name)
        self.lm = lm
        self.assets = assets
        self.settings = settings or VotingSettings()
        self.max_batch_pieces = max_batch_pieces
        vectors = vectors or VocabVectors.from_mlm(lm)
        self.tables = VoteTables.build(lm, vectors, assets, self.settings)
        self.lexicon = Lexicon(
            vectors, self.tables.voters, self.tables.alone, self.tables.entity
        )
        self.rollup = Rollup.of(assets.scheme)
        self._allowed = voting_terms(lm, self.settings.ignored_terms)
        self._template = PhraseTemplate.parse(self.settings.phrase_template, lm)

    def encode(self, texts: Sequence[TokenizedText]) -> list[EncodedText]:
        """Cut texts into pieces and windows that fit the model."""
        window = min(self.settings.window, self.lm.max_length - 2)
        overlap = min(self.settings.overlap, window // 2)
        return encode_texts(self.lm, texts, window=window, overlap=overlap)

    def score_spans(self, texts: Sequence[EncodedText], spans: Ints) -> SpanScores:
        """Ask about spans of several texts at once.

        texts (Sequence[EncodedText]): Texts.
        spans (Ints): (S, 3) text, first token, one past the last token.
        RETURNS (SpanScores): In the order of `spans`.
        """
        queries, rows = self._ask_context(texts, spans)
        phrased, phrase_rows = self._ask_phrase(texts, spans)
        top = self.lm.fill(
            [*queries, *phrased],
            top_k=self.settings.top_k,
            allowed=self._allowed,
            max_batch_pieces=self.max_batch_pieces,
        )
        tops, cut = {}, len(queries)
        for name, part, where in (
            ("context", slice(0, cut), rows),
            ("phrase", slice(cut, None), phrase_rows),
        ):
            answers = TopTerms(top.ids[part], top.probs[part], top.logits[part])
            tops[name] = spread_top_terms(answers, where, len(spans))
        cues = {name: self._vote(name, found) for name, found in tops.items()}
        cues["lexical"] = self._label_by_words(texts, spans)
        weights = {name: self.settings.weight(name) for name in cues}
        return SpanScores(spans, pool_cues(cues, weights), cues, tops)

    def _ask_context(self, texts: Sequence[EncodedText], spans: Ints) -> tuple:
        if not self.settings.weight("context"):
            return [], np.zeros(0, np.int32)
        masked, per_piece = self.settings.masking == "exact", self.settings.per_piece
        return context_queries(
            self.lm, texts, spans, masked=masked, per_piece=per_piece
        )

    def _ask_phrase(self, texts: Sequence[EncodedText], spans: Ints) -> tuple:
        if not self.settings.weight("phrase"):
            return [], np.zeros(0, np.int32)
        phrases = [texts[i].tokens.phrase(s, e) for i, s, e in spans.tolist()]
        return phrase_queries(self.lm, phrases, self._template)

    def _vote(self, cue: str, top: TopTerms) -> Floats:
        shares = vote_labels(
            top, self.tables.voters, weight=self.settings.term_weight
        )
        scale = np.ones(shares.shape[1], np.float32)
        if self.settings.prior_power:
            scale = (self.tables.prior + 1e-3) ** -self.settings.prior_power
        if cue == "context":
            scale = np.where(
                self.tables.entity, scale, scale * self.settings.non_entity_weight
            )
        return divide_rows(shares * scale.astype(np.float32))

    def _label_by_words(self, texts: Sequence[EncodedText], spans: Ints) -> Floats:
        shares = np.zeros((len(spans), len(self.tables.entity)), np.float32)
        if not self.settings.weight("lexical"):
            return shares
        for i in np.unique(spans[:, 0]).tolist():
            rows = np.flatnonzero(spans[:, 0] == i)
            voters, alone = self.lexicon.label_words(
                texts[i], last_piece=self.settings.last_piece
            )
            shares[rows] = self.lexicon.label_spans(
                spans[rows, 1:], voters, alone, head=self.settings.head
            )
        return shares
