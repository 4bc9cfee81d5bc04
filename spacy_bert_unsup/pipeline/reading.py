"""What the components for vectors share: settings, and one unmasked pass for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.vocab import Vocab

from ..errors import ConfigError, Errors
from ..mlm.text import EncodedText
from ..types import Floats
from ..vectors.passes import read_windows
from ..vectors.states import Reader, StateStore, find_store
from ..vectors.windows import encode_whole
from . import forks, notes
from .component import ModelComponent
from .docs import read_doc
from .model_options import ModelOptions

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM


@dataclass(frozen=True, kw_only=True)
class ReadingOptions(ModelOptions):
    """Settings of a component that reads docs as they stand.

    window (Optional[int]): Most pieces in a window; None: as many as the model reads.
    attrs (Mapping[str, str]): Our name of an attribute -> the user's.
    RAISES (ConfigError): if a value cannot work.
    """

    window: int | None = None
    attrs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ModelOptions.__post_init__(self)
        if self.window is not None and self.window < 1:
            raise ConfigError(Errors.E303.format(key="window", least=1))


class ReadingComponent(ModelComponent):
    """Base of the components that read docs unmasked.

    Those of one pipeline with the same model share a store of states: the first
    computes the layers that any of them wants, the others find them.
    """

    made_from_model: tuple[str, ...] = ("_store", "_reader")
    options: ReadingOptions
    _store: StateStore
    _reader: Reader | None

    def __init__(self, vocab: Vocab, name: str, *, options: ReadingOptions) -> None:
        """Keep the settings; the model is loaded later.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (ReadingOptions): Settings.
        """
        super().__init__(vocab, name, options=options)
        self.install()

    def install(self) -> None:
        """Make the attributes known to spaCy; for subclasses."""
        raise TypeError(f"{type(self).__name__} has no attributes")

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle; a spawned process has to learn the attributes anew."""
        super().__setstate__(state)
        self.install()

    @property
    def read_layers(self) -> tuple[int, ...]:
        """Layers that are wanted of each doc; none: no pass is needed."""
        raise TypeError(f"{type(self).__name__} does not say what it reads")

    @property
    def reads_cls_only(self) -> bool:
        """Whether nothing but [CLS] of the last layer is wanted, which costs less."""
        return False

    def load(self) -> None:
        """Load the model, once, and that of the others that will share the pass.

        So they have joined before the first doc is read. They have the same model: it
        is not loaded again.

        RAISES (ModelError, ConfigError): if that cannot be.
        """
        if self.is_loaded:
            return
        super().load()
        for other in list(forks.waiting):
            if self._reads_with(other):
                other.load()

    def _reads_with(self, other: ModelComponent) -> bool:
        """Whether another component of this pipeline names the same model."""
        mine, its = self.options, other.options
        return (
            isinstance(other, ReadingComponent)
            and other.vocab is self.vocab
            and (its.model, its.device, its.dtype)
            == (mine.model, mine.device, mine.dtype)
        )

    def prepare(self, lm: MaskedLM) -> None:
        """Join those of the pipeline that read with the same model.

        lm (MaskedLM): The model.
        """
        self._store = find_store(lm, self.vocab)
        self._reader = None
        if self.read_layers:
            layers, cls_only = self.read_layers, self.reads_cls_only
            self._reader = self._store.join(layers, cls_only=cls_only)

    def read_texts(self, docs: Sequence[Doc]) -> list[EncodedText]:
        """Cut docs into pieces and windows, and note which are too long for one.

        docs (Sequence[Doc]): Docs.
        RETURNS (list[EncodedText]): As the model reads them.
        RAISES (InputError): if one is too long, and `on_overflow` is "error".
        """
        tokens = [read_doc(doc) for doc in docs]
        texts = encode_whole(self.lm, tokens, window=self.options.window)
        how = self.options.on_overflow
        said = [
            notes.note_windows(text.windows, name=self.name, on_overflow=how)
            for text in texts
        ]
        for doc, lines in zip(docs, said, strict=True):
            notes.set_notes(doc, lines, self.name)
        return texts

    def read_states(
        self, texts: Sequence[EncodedText], reduce: Callable[[Floats], Floats]
    ) -> list[list[Floats]]:
        """Read the wanted layers of each window of each text.

        texts (Sequence[EncodedText]): Texts.
        reduce (Callable[[Floats], Floats]): What to keep of a window's (n + 2, L, H).
        RETURNS (list[list[Floats]]): What was kept of each window.
        """
        assert self._reader is not None
        most = self.options.max_batch_pieces
        return read_windows(
            self._store, self._reader, texts, reduce=reduce, max_batch_pieces=most
        )
