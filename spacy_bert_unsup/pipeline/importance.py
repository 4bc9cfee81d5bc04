"""`bert_unsup_importance`: how much each token says, and the key terms of a doc."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from ..attrs import NOTES
from ..mlm.text import EncodedText
from ..types import Bools, Floats
from ..vectors.decompose import own_probabilities
from ..vectors.importance import (
    BIAS_MERGES,
    RULES,
    ImportanceScale,
    merge_values,
    token_bias,
)
from ..vectors.key_terms import KeyTermSettings, find_key_terms
from ..vectors.settings import check_choice
from ..vectors.windows import gather_pieces
from .reading import ReadingComponent, ReadingOptions
from .vector_data import (
    IMPORTANCE,
    KEY_TERMS,
    MLM_BIAS,
    install_importance,
    install_notes,
    put_record,
    record_key,
    rename_attrs,
)

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

logger = logging.getLogger(__name__)

NOUNS = ("NOUN", "PROPN")


@dataclass(frozen=True, kw_only=True)
class ImportanceOptions(ReadingOptions):
    """What a config says, checked; see the factory for meanings."""

    rule: str
    merge: str
    own_score: bool
    key_terms: KeyTermSettings

    def __post_init__(self) -> None:
        ReadingOptions.__post_init__(self)
        check_choice("rule", self.rule, RULES)
        check_choice("merge", self.merge, BIAS_MERGES)


def make_key_terms(given: Mapping[str, int | float]) -> KeyTermSettings:
    """Check the settings of key terms.

    given (Mapping[str, int | float]): Setting -> value.
    RETURNS (KeyTermSettings): With defaults for the rest.
    RAISES (ConfigError): if there is no such setting.
    """
    known = [one.name for one in fields(KeyTermSettings)]
    for name in given:
        check_choice("key_terms", name, known)
    return KeyTermSettings(**given)  # type: ignore[arg-type]


class BertUnsupImportance(ReadingComponent):
    """Weighs tokens by the inverse of the decoder's bias, and ranks key terms."""

    made_from_model = (*ReadingComponent.made_from_model, "_scale")
    options: ImportanceOptions
    _scale: ImportanceScale

    def __init__(self, vocab: Vocab, name: str, *, options: ImportanceOptions) -> None:
        """Keep the settings; the model is loaded later.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (ImportanceOptions): Settings.
        """
        ours = (IMPORTANCE, MLM_BIAS, KEY_TERMS, NOTES)
        self.names = rename_attrs(ours, options.attrs)
        super().__init__(vocab, name, options=options)

    def install(self) -> None:
        """Make the attributes known to spaCy."""
        install_notes(self.names[NOTES])
        install_importance(self.names)

    @property
    def read_layers(self) -> tuple[int, ...]:
        """The last layer if positions are scored; else the model is not run at all."""
        return (-1,) if self.options.own_score else ()

    def prepare(self, lm: MaskedLM) -> None:
        """Measure the biases of the vocabulary.

        lm (MaskedLM): The model.
        """
        super().prepare(lm)
        self._scale = ImportanceScale.of_model(lm, rule=self.options.rule)
        if self._scale.is_flat:
            logger.warning(
                "%s: the decoder of %s has no bias, so all words are equally "
                "important.",
                self.name,
                lm.name,
            )

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write a record into each doc.

        docs (Sequence[Doc]): Docs.
        """
        texts = self.read_texts(docs)
        bias = self.lm.bias()
        own = self._score_positions(texts)
        for doc, text, chances in zip(docs, texts, own, strict=True):
            merge = self.options.merge
            merged = token_bias(bias, text.pieces.ids, text.cover, merge=merge)
            weights = self._scale.weigh(merged)
            if chances is not None:
                found = merge_values(chances, text.cover, merge="mean")
                weights = weights * np.nan_to_num(found)
            bounds = {"starts": text.tokens.starts, "ends": text.tokens.ends}
            numbers = weights.astype(np.float32)
            self._put(doc, IMPORTANCE, {**bounds, "values": numbers})
            self._put(doc, MLM_BIAS, {**bounds, "values": merged})
            self._put(doc, KEY_TERMS, self._find_terms(doc, weights))

    def _put(self, doc: Doc, ours: str, content: dict[str, Any]) -> None:
        put_record(doc, record_key(self.names[ours]), self.name, content)

    def _score_positions(self, texts: Sequence[EncodedText]) -> list[Floats | None]:
        """Probability of each piece where it stands, (N,); None if not wanted."""
        if not self.options.own_score:
            return [None] * len(texts)
        lm = self.lm
        states = [
            gather_pieces(text, windows)
            for text, windows in zip(
                texts, self.read_states(texts, _last_layer), strict=True
            )
        ]
        vectors = lm.map_states(np.concatenate(states))
        ids = np.concatenate([text.pieces.ids for text in texts])
        found = own_probabilities(lm, vectors, ids)
        ends = np.cumsum([len(text.pieces) for text in texts])
        return list(np.split(found, ends[:-1]))

    def _find_terms(self, doc: Doc, importance: Floats) -> dict[str, list[Any]]:
        """Key terms as parallel lists, by characters."""
        settings = self.options.key_terms
        terms = []
        if settings.most:
            words = [token.text for token in doc]
            nouns, adjectives = _read_tags(doc)
            terms = find_key_terms(
                words, importance, settings, nouns=nouns, adjectives=adjectives
            )
        return {
            "text": [doc[term.start : term.end].text for term in terms],
            "score": [term.score for term in terms],
            "count": [term.count for term in terms],
            "start": [doc[term.start].idx for term in terms],
            "end": [doc[t.end - 1].idx + len(doc[t.end - 1]) for t in terms],
        }


def _last_layer(states: Floats) -> Floats:
    return states[:, 0].copy()


def _read_tags(doc: Doc) -> tuple[Bools | None, Bools | None]:
    """Which tokens are nouns and adjectives, if a tagger has been there."""
    if not doc.has_annotation("POS"):
        return None, None
    tags = [token.pos_ for token in doc]
    nouns = np.array([tag in NOUNS for tag in tags], bool)
    return nouns, np.array([tag == "ADJ" for tag in tags], bool)
