"""SpanTagger: texts and candidate spans in, label shares and their evidence out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ConfigError, Errors
from ..mlm.text import EncodedText, TokenizedText, encode_texts
from ..types import Bools, Floats, Ints, TopTerms
from ..vocab.assets import ClusterAssets
from ..vocab.scheme import COMPOUNDS
from ..vocab.vectors import VocabVectors
from .asking import Asker
from .lexicon import Lexicon, WordLabels
from .settings import CUES, VotingSettings
from .spans import Rollup
from .spelling import CAPITAL
from .tables import VoteTables
from .turns import take_turns
from .votes import divide_rows, pool_cues, vote_labels

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


@dataclass(frozen=True)
class SpanScores:
    """What was found out about S spans.

    spans (Ints): (S, 3) text, first token, one past the last token.
    shares (Floats): (S, L) pooled label shares; a row of 0 where nothing spoke.
    cues (Mapping[str, Floats]): Cue -> (S, L) shares of this cue alone.
    tops (Sequence[tuple[str, TopTerms]]): For each template, its cue and the (S, K)
        terms that voted; ids are -1 in rows that were not asked.
    """

    spans: Ints
    shares: Floats
    cues: Mapping[str, Floats]
    tops: Sequence[tuple[str, TopTerms]]

    def part(self, rows: slice) -> SpanScores:
        """Some of the spans, for example those of one text."""
        tops = [
            (cue, TopTerms(top.ids[rows], top.probs[rows], top.logits[rows]))
            for cue, top in self.tops
        ]
        cues = {name: shares[rows] for name, shares in self.cues.items()}
        return SpanScores(self.spans[rows], self.shares[rows], cues, tops)


class SpanTagger:
    """Asks a model about spans and lets the vocabulary vote.

    Holds nothing that changes after construction but answers that are kept, so threads
    may share it.
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
        RAISES (ConfigError, ModelError): if a template or the masking cannot work, or a
            setting names a label that is no root.
        """
        assets.check_fits(lm.fingerprint, lm.name)
        self.lm = lm
        self.assets = assets
        self.settings = settings or VotingSettings()
        self.max_batch_pieces = max_batch_pieces
        vectors = vectors or VocabVectors.from_mlm(lm)
        self.tables = VoteTables.build(vectors, assets, self.settings)
        self.lexicon = Lexicon(
            vectors,
            self.tables,
            self.settings.last_piece,
            self.settings.head,
            self.settings.ending,
            self.settings.number_term,
            self.settings.year_term,
        )
        self.rollup = Rollup.of(assets.scheme)
        self._check_labels()
        self.asker = Asker(lm, self.settings, max_batch_pieces=max_batch_pieces)
        # What terms vote for, in words: (term, stands alone) -> labels, once named.
        self.named: dict[tuple[int, bool], tuple[str, ...]] = {}

    def _check_labels(self) -> None:
        """Refuse unknown labels, but for shipped ones: the defaults name them."""
        settings, known = self.settings, {*self.rollup.roots, *COMPOUNDS}
        inside = (name for names in settings.compounds.values() for name in names)
        for key, labels in (
            ("compounds", (*settings.compounds, *inside)),
            ("heralded", settings.heralded),
            ("binomials", settings.binomials),
        ):
            for label in labels:
                if label not in known:
                    names = ", ".join(self.rollup.roots)
                    message = Errors.E347.format(key=key, label=label, labels=names)
                    raise ConfigError(message)

    @cached_property
    def number_roots(self) -> tuple[int, int]:
        """The root labels of numerals and of years, as indices of `rollup.roots`."""
        return (
            self._root_of(self.settings.number_term),
            self._root_of(self.settings.year_term),
        )

    @cached_property
    def capital_shares(self) -> Floats:
        """(R,) share of each root's own seeds that have a capital and then lower case.

        0 for roots without an own column.
        """
        return self._of_roots(self.tables.cases[CAPITAL])

    @cached_property
    def plain_names(self) -> Floats:
        """(R,) how sure it is that names of a root have capitals and no digits."""
        digits = self._of_roots(self.tables.digits)
        # A tenth of the seeds with a digit is enough for one to be part of a name.
        return np.asarray(self.capital_shares**2 * np.maximum(0, 1 - 10 * digits))

    @cached_property
    def takes_in(self) -> Bools:
        """(R, R) whether names of the root of a column take in words of a row's."""
        roots, compounds = self.rollup.roots, self.settings.compounds
        taken = [
            [a == b or b not in compounds or a in compounds[b] for b in roots]
            for a in roots
        ]
        return np.array(taken, bool).reshape(len(roots), len(roots))

    @cached_property
    def heralded(self) -> Bools:
        """(R,) roots whose names do not take in words that say their kind."""
        return np.isin(self.rollup.roots, list(self.settings.heralded))

    @cached_property
    def binomial(self) -> Bools:
        """(R,) roots whose names are binomials."""
        return np.isin(self.rollup.roots, list(self.settings.binomials))

    def _of_roots(self, values: Floats) -> Floats:
        """(L,) values of labels -> (R,) of the roots, 0 for those without a column."""
        labels = self.assets.scheme.labels
        known = dict(zip(labels, values.tolist(), strict=True))
        return np.array([known.get(r, 0.0) for r in self.rollup.roots], np.float32)

    def _root_of(self, term: str) -> int:
        """The root label that a term speaks for most; -1 if it has none."""
        row = self.lexicon.word_ids([term])
        said = self.tables.alone[row[row >= 0]].sum(axis=0)
        return int(self.rollup.sum_up(said).argmax()) if said.any() else -1

    def encode(self, texts: Sequence[TokenizedText]) -> list[EncodedText]:
        """Cut texts into pieces and windows that fit the model."""
        window = min(self.settings.window, self.lm.max_length - 2)
        overlap = min(self.settings.overlap, window // 2)
        return encode_texts(self.lm, texts, window=window, overlap=overlap)

    def score_spans(
        self,
        texts: Sequence[EncodedText],
        spans: Ints,
        words: Sequence[WordLabels] | None = None,
        *,
        hopeful: Callable[[Floats, float], Bools] | None = None,
    ) -> SpanScores:
        """Ask about spans of several texts at once, the cheap cues first.

        texts (Sequence[EncodedText]): Texts.
        spans (Ints): (S, 3) text, first token, one past the last token.
        words (Optional[Sequence[WordLabels]]): Labels of their words, if at hand.
        hopeful (Optional[Callable[[Floats, float], Bools]]): Given the (S, L) shares so
            far and a margin, says which spans are worth a further question.
        RETURNS (SpanScores): In the order of `spans`.
        """
        words = words or [self.lexicon.label_words(text) for text in texts]
        read, shape = words, (len(spans), len(self.tables.entity))
        named: list[tuple[str, TopTerms]] = []

        def answer(cue: str, wanted: Bools | None) -> Floats:
            if wanted is None:
                return self.label_by_words(spans, read)
            rows = np.flatnonzero(wanted).astype(np.int32)
            tops = self.asker.ask(cue, texts, spans, rows)
            named.extend((cue, top) for top in tops)
            return self.vote(cue, tops, shape)

        cues, _ = take_turns(self.settings, answer, hopeful)
        weights = {name: self.settings.weight(name) for name in CUES}
        return SpanScores(spans, pool_cues(cues, weights), cues, named)

    def vote(
        self, cue: str, tops: Sequence[TopTerms], shape: tuple[int, ...]
    ) -> Floats:
        """The mean of the templates' votes, (S, L).

        cue (str): "context" or "phrase".
        tops (Sequence[TopTerms]): (S, K) answers to each template of the cue.
        shape (tuple[int, ...]): (S, L).
        RETURNS (Floats): (S, L) shares; a row of 0 where nothing voted.
        """
        scale = np.ones(shape[1], np.float32)
        if cue == "context":
            scale[~self.tables.entity] *= self.settings.non_entity_weight
        total = np.zeros(shape, np.float32)
        for top in tops:
            rows = np.flatnonzero((top.ids >= 0).any(axis=1))
            asked = TopTerms(top.ids[rows], top.probs[rows], top.logits[rows])
            votes = vote_labels(
                asked, self.tables.voters, weight=self.settings.term_weight
            )
            total[rows] += divide_rows(votes * scale)
        return divide_rows(total)

    def label_by_words(self, spans: Ints, words: Sequence[WordLabels]) -> Floats:
        """The lexical cue, (S, L); `spans` and `words` as in `score_spans`."""
        shares = np.zeros((len(spans), len(self.tables.entity)), np.float32)
        if self.settings.weight("lexical"):
            for i in np.unique(spans[:, 0]).tolist():
                rows = np.flatnonzero(spans[:, 0] == i)
                shares[rows] = self.lexicon.label_spans(spans[rows, 1:], words[i])
        return shares
