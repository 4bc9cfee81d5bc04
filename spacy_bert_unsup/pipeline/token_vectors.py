"""`bert_unsup_token_vectors`: a vector in context for each token, in `doc.tensor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from ..attrs import NOTES
from ..errors import ConfigError, Errors
from ..vectors.settings import TokenVectors, check_choice
from ..vectors.tokens import pool_tokens
from .reading import ReadingComponent, ReadingOptions
from .vector_data import (
    TOKEN_VECTOR,
    install_notes,
    install_token_vector,
    put_record,
    record_key,
    rename_attrs,
)
from .vector_hooks import set_token_hooks

DTYPES = ("float32", "float16")
PLACES = ("tensor", "user_data")


@dataclass(frozen=True, kw_only=True)
class TokenOptions(ReadingOptions):
    """What a config says, checked; see the factory for meanings."""

    vectors: TokenVectors
    storage: str
    store_in: str
    overwrite_tensor: bool
    set_hooks: bool

    def __post_init__(self) -> None:
        ReadingOptions.__post_init__(self)
        check_choice("storage", self.storage, DTYPES)
        check_choice("store_in", self.store_in, PLACES)


class BertUnsupTokenVectors(ReadingComponent):
    """Gives each token a vector in context."""

    options: TokenOptions

    def __init__(self, vocab: Vocab, name: str, *, options: TokenOptions) -> None:
        """Keep the settings; the model is loaded later.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (TokenOptions): Settings.
        """
        self.names = rename_attrs((TOKEN_VECTOR, NOTES), options.attrs)
        super().__init__(vocab, name, options=options)
        self.key = record_key(self.names[TOKEN_VECTOR])

    def install(self) -> None:
        """Make the attributes known to spaCy."""
        install_notes(self.names[NOTES])
        install_token_vector(self.names[TOKEN_VECTOR])

    @property
    def read_layers(self) -> tuple[int, ...]:
        """Layers that are reduced to one vector."""
        return self.options.vectors.layers

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Store the vectors of each doc's tokens, and set hooks if wanted.

        docs (Sequence[Doc]): Docs.
        RAISES (ConfigError): if a tensor is another component's.
        """
        options = self.options
        for doc in docs:
            self._check_tensor(doc)
        texts = self.read_texts(docs)
        states = self.read_states(texts, options.vectors.reduce)
        for doc, text, windows in zip(docs, texts, states, strict=True):
            found = pool_tokens(text, windows, options.vectors)
            rows = found.astype(np.dtype(options.storage))
            content: dict[str, Any] = {
                "space": options.vectors.space,
                "width": rows.shape[1],
            }
            if options.store_in == "user_data":
                bounds = {"starts": text.tokens.starts, "ends": text.tokens.ends}
                content |= {**bounds, "rows": rows}
            put_record(doc, self.key, self.name, content)
            if options.store_in == "tensor":
                doc.tensor = rows
            if options.set_hooks:
                set_token_hooks(doc, self.key)

    def _check_tensor(self, doc: Doc) -> None:
        options = self.options
        if options.store_in != "tensor" or options.overwrite_tensor:
            return
        record = doc.user_data.get(self.key, {})
        if doc.tensor.size and record.get("component") != self.name:
            raise ConfigError(Errors.E606.format(name=self.name))
