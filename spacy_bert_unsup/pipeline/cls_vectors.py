"""`cls_vectors`: a vector for the doc, its sentences, entities and spans."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from ..attrs import NOTES
from ..mlm.text import EncodedText
from ..types import Floats
from ..vectors.settings import TextVectors
from ..vectors.texts import encoded_vectors, pool_spans, pool_texts
from ..vectors.windows import encode_whole, slice_text
from .reading import ReadingComponent, ReadingOptions
from .vector_data import (
    CLS_VECTOR,
    install_cls_vector,
    install_notes,
    put_record,
    record_key,
    rename_attrs,
)
from .vector_hooks import set_cls_hooks

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ClsOptions(ReadingOptions):
    """What a config says, checked; see the factory for meanings."""

    vectors: TextVectors
    sents: bool
    ents: bool
    spans_keys: tuple[str, ...]
    set_hooks: bool


class ClsVectors(ReadingComponent):
    """Gives docs, sentences, entities and spans a vector."""

    options: ClsOptions

    def __init__(self, vocab: Vocab, name: str, *, options: ClsOptions) -> None:
        """Keep the settings; the model is loaded later.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (ClsOptions): Settings.
        """
        self.names = rename_attrs((CLS_VECTOR, NOTES), options.attrs)
        super().__init__(vocab, name, options=options)
        self.key = record_key(self.names[CLS_VECTOR])

    def install(self) -> None:
        """Make the attributes known to spaCy."""
        install_notes(self.names[NOTES])
        install_cls_vector(self.names[CLS_VECTOR])

    @property
    def read_layers(self) -> tuple[int, ...]:
        """Layers that the chosen kind of vector needs."""
        return self.options.vectors.read_layers

    @property
    def reads_cls_only(self) -> bool:
        """Whether no mean over pieces is wanted."""
        return self.options.vectors.is_cls

    def prepare(self, lm: MaskedLM) -> None:
        """Join the shared pass, and say if [CLS] of this model means little.

        lm (MaskedLM): The model.
        """
        super().prepare(lm)
        if self.options.vectors.is_cls and not lm.next_sentence:
            logger.warning(
                "%s: %s was not pretrained on pairs of sentences, so [CLS] may say "
                "little about a text. kind = 'mean' does not need it.",
                self.name,
                lm.name,
            )

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write a record into each doc, and set hooks if wanted.

        docs (Sequence[Doc]): Docs.
        """
        options = self.options
        texts = self.read_texts(docs)
        states = self.read_states(texts, options.vectors.reduce)
        of_docs = pool_texts(self.lm, texts, states, options.vectors)
        spans = [self._wanted_spans(doc) for doc in docs]
        of_spans = (
            self._read_spans(texts, spans, of_docs)
            if options.vectors.is_cls
            else [
                pool_spans(self.lm, text, windows, found, options.vectors)
                for text, windows, found in zip(texts, states, spans, strict=True)
            ]
        )
        for i, doc in enumerate(docs):
            content = {
                "space": options.vectors.space,
                "width": of_docs.shape[1],
                "doc": np.array(of_docs[i]),
                "bounds": _character_bounds(doc, spans[i]),
                "spans": of_spans[i],
            }
            put_record(doc, self.key, self.name, content)
            if options.set_hooks:
                set_cls_hooks(doc, self.key)

    def _wanted_spans(self, doc: Doc) -> list[tuple[int, int]]:
        """Token bounds of all spans that get a vector, each once."""
        options = self.options
        spans: list[Span] = []
        if options.sents and doc.has_annotation("SENT_START"):
            spans.extend(doc.sents)
        if options.ents:
            spans.extend(doc.ents)
        for key in options.spans_keys:
            spans.extend(doc.spans.get(key, ()))
        return list(dict.fromkeys((s.start, s.end) for s in spans if s.end > s.start))

    def _read_spans(
        self,
        texts: Sequence[EncodedText],
        spans: Sequence[Sequence[tuple[int, int]]],
        of_docs: Floats,
    ) -> list[Floats]:
        """Read each span as a text of its own; one that is the whole doc is known."""
        parts, places = [], []
        vectors = [
            np.zeros((len(found), of_docs.shape[1]), np.float32) for found in spans
        ]
        for i, (text, found) in enumerate(zip(texts, spans, strict=True)):
            for k, (start, end) in enumerate(found):
                part = slice_text(text.tokens, start, end)
                if part.text == text.tokens.text:
                    vectors[i][k] = of_docs[i]
                    continue
                parts.append(part)
                places.append((i, k))
        encoded = encode_whole(self.lm, parts, window=self.options.window)
        rows = encoded_vectors(
            self.lm,
            encoded,
            self.options.vectors,
            max_batch_pieces=self.options.max_batch_pieces,
        )
        for (i, k), row in zip(places, rows, strict=True):
            vectors[i][k] = row
        return vectors


def _character_bounds(doc: Doc, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    bounds = [
        (doc[start].idx, doc[end - 1].idx + len(doc[end - 1])) for start, end in spans
    ]
    return np.array(bounds, np.int32).reshape(-1, 2)
