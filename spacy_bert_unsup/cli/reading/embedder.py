"""Make vectors for `embed`: of whole texts, or of the words that a kind asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...mlm.text import TokenizedText
from ...types import Floats
from ...vectors.settings import (
    Merge,
    Pooling,
    Reduction,
    TextVectors,
    TokenVectors,
    Weighting,
)
from ..texts import InputText
from .vector_files import TextRecord, WordList
from .vector_options import KINDS

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM

EmbedKind: TypeAlias = Literal["cls", "top_cls", "mean", "tokens", "words", "pieces"]
Split: TypeAlias = Callable[[str], tuple[TokenizedText, list[str]]]
"""Cuts a text into words, and names them."""


@dataclass(frozen=True)
class Embedder:
    """Makes vectors of one kind.

    lm (MaskedLM): The model.
    kind (EmbedKind): What gets a vector.
    settings (TextVectors | TokenVectors): Which vector.
    normalize (bool): Whether vectors of words get length 1.
    """

    lm: MaskedLM
    kind: EmbedKind
    settings: TextVectors | TokenVectors
    normalize: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """What the vectors are, as plain data to be kept with them."""
        return {
            "model": self.lm.name,
            "fingerprint": self.lm.fingerprint,
            "vectors_of": self.kind,
            "space": self.settings.space,
            "normalize": self.normalize,
            "settings": asdict(self.settings),
        }

    def embed(self, texts: Sequence[InputText]) -> list[TextRecord]:
        """Embed some texts at once; long ones are read in windows.

        texts (Sequence[InputText]): Empty ones, too.
        RETURNS (list[TextRecord]): In the same order.
        """
        from ...vectors.texts import count_windows

        plain = [text.text for text in texts]
        windows = count_windows(self.lm, plain)
        found = (
            self._texts(plain)
            if isinstance(self.settings, TextVectors)
            else self._words(plain)
        )
        return [
            TextRecord(text.line, text.text, vectors, count, words, text.meta)
            for text, count, (vectors, words) in zip(texts, windows, found, strict=True)
        ]

    def _texts(self, texts: Sequence[str]) -> list[tuple[Floats, WordList | None]]:
        from ...vectors.texts import text_vectors

        assert isinstance(self.settings, TextVectors)
        return [(row, None) for row in text_vectors(self.lm, texts, self.settings)]

    def _words(self, texts: Sequence[str]) -> list[tuple[Floats, WordList | None]]:
        from ...vectors.neighbours import normalize_rows
        from ...vectors.tokens import token_vectors

        assert isinstance(self.settings, TokenVectors)
        split = _make_split(self.lm, self.kind)
        cut = [split(text) for text in texts]
        rows = token_vectors(self.lm, [tokens for tokens, _ in cut], self.settings)
        if self.normalize:
            rows = [normalize_rows(part) for part in rows]
        words = [WordList(names, tokens.starts, tokens.ends) for tokens, names in cut]
        return list(zip(rows, words, strict=True))


def make_embedder(
    lm: MaskedLM,
    kind: EmbedKind,
    *,
    layers: tuple[int, ...] | None = None,
    reduction: Reduction = "sum",
    merge: Merge = "mean",
    pooling: Pooling = "mean",
    weighting: Weighting = "none",
    specials: bool = True,
    normalize: bool = False,
) -> Embedder:
    """Choose the vectors.

    lm (MaskedLM): The model.
    kind (EmbedKind): What gets a vector: a text ("cls", "top_cls", "mean"), or each of
        spaCy's "tokens", the "words" between spaces, or the model's "pieces".
    layers (Optional[tuple[int, ...]]): For "mean" and words; None is as `TextVectors`
        and `TokenVectors` have it.
    reduction, merge: As in `TokenVectors`.
    pooling, weighting, specials: As in `TextVectors`.
    normalize (bool): Give every vector length 1.
    RETURNS (Embedder): It.
    RAISES (ConfigError): if a value is none of these.
    """
    settings: TextVectors | TokenVectors
    if kind in ("cls", "top_cls", "mean"):
        settings = TextVectors(
            kind=KINDS[kind],
            layers=layers or TextVectors().layers,
            weighting=weighting,
            specials=specials,
            pooling=pooling,
            normalize=normalize,
        )
    else:
        settings = TokenVectors(
            layers=layers or TokenVectors().layers, reduction=reduction, merge=merge
        )
    return Embedder(lm, kind, settings, normalize)


def _make_split(lm: MaskedLM, kind: EmbedKind) -> Split:
    """How texts are cut into what gets a vector."""
    from ...vectors.windows import split_words

    if kind == "pieces":
        return lambda text: _pieces(lm, text)
    if kind == "words":
        return lambda text: (tokens := split_words(text), tokens.words())
    from .blanks import make_token_splitter

    split = make_token_splitter()
    return lambda text: (tokens := split(text), tokens.words())


def _pieces(lm: MaskedLM, text: str) -> tuple[TokenizedText, list[str]]:
    """Pieces that are parts of one character get one vector, the mean of theirs."""
    pieces = lm.tokenize([text])[0]
    tokens = TokenizedText(text, pieces.starts, pieces.ends)
    return tokens, [lm.terms[i] for i in pieces.ids.tolist()]
