"""What every component with a masked language model has in common.

The model is loaded late: on `initialize`, `from_disk`, first use, or just before the
process is forked, so that children share it. A pipeline that is read from disk has made
its components before, and must not read anything else than what was saved with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from ..errors import Errors, ModelError
from ..mlm.allocator import return_free_memory
from . import forks
from .docs import take_parts
from .model_options import ModelOptions
from .saved_model import (
    FORMAT_VERSION,
    MODEL,
    check_version,
    find_weights,
    read_record,
    write_model,
)

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

MAX_WORDS = 4096
"""With so many words, docs are annotated at once; the last of them may exceed it."""


class ModelComponent(Pipe):
    """Base of the components: a model that is loaded late, saved once, and shared.

    A subclass says in `annotate` what it does to docs, and in `prepare` what it makes
    of the model beforehand. Both are called by as many threads as there are, `prepare`
    by one at a time.
    """

    made_from_model: tuple[str, ...] = ()
    """Attributes that `prepare` sets: pickles leave them out."""

    def __init__(self, vocab: Vocab, name: str, *, options: ModelOptions) -> None:
        """Keep the settings; nothing is loaded yet.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (ModelOptions): Settings; subclasses have more.
        """
        self.vocab = vocab
        self.name = name
        self.options = options
        self._lm: MaskedLM | None = None
        self._process = 0
        forks.waiting.add(self)

    # --- the model ----------------------------------------------------------------

    @property
    def lm(self) -> MaskedLM:
        """The masked language model; loaded when first asked for."""
        self.load()
        assert self._lm is not None
        return self._lm

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._lm is not None

    def load(self) -> None:
        """Load the model that the config names, once; other threads wait.

        RAISES (ModelError, AssetsError, ConfigError): if that cannot be.
        """
        if self._lm is None:
            with forks.loading:
                if self._lm is None:
                    self.use_model(self.load_named_model())

    def load_named_model(self) -> MaskedLM:
        """The model that the config names."""
        from ..mlm.model import MaskedLM

        options = self.options
        return MaskedLM.load(options.model, device=options.device, dtype=options.dtype)

    def use_model(self, lm: MaskedLM) -> None:
        """Work with this model from now on.

        lm (MaskedLM): The model.
        """
        self.prepare(lm)
        self._process = os.getpid()
        self._lm = lm  # the last step: other threads take it as a sign
        forks.waiting.discard(self)

    def prepare(self, lm: MaskedLM) -> None:
        """Make what this component computes from a model once; for subclasses.

        lm (MaskedLM): The model.
        """

    def can_load_now(self) -> bool:
        """Whether all that `load` needs is on this machine; subclasses may need more.

        RETURNS (bool): False for a hub name, and where a folder is missing.
        """
        from .resources import find_model_folder

        return find_model_folder(self.options.model) is not None

    def get_ready(self) -> None:
        """Load the model if need be, and see that this process can use it.

        RAISES (ModelError): if it lies on a GPU and came here through a fork.
        """
        lm = self.lm
        if lm.device != "cpu" and self._process != os.getpid():
            raise ModelError(Errors.E344.format(name=self.name, device=lm.device))

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
    ) -> None:
        """Load the model now, also from a hub; nothing is trained."""
        self.load()

    # --- docs ---------------------------------------------------------------------

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write into some docs what this component has to say; for subclasses.

        It may be called again with the same docs, when another one of them failed.

        docs (Sequence[Doc]): Docs.
        """
        raise TypeError(f"{type(self).__name__} does not say what it does to docs")

    def __call__(self, doc: Doc, **changes: Any) -> Doc:
        """Annotate one doc; `pipe` is faster for several.

        doc (Doc): The doc.
        changes (Any): Settings for this call, as `nlp(text, component_cfg=...)` gives
            them; see `annotate` of the component.
        RETURNS (Doc): The same; one that fails goes to the error handler.
        RAISES (ModelError, AssetsError): if the model cannot be loaded.
        """
        self.get_ready()
        error_handler = self.get_error_handler()
        try:
            self.annotate([doc], **changes)
        except Exception as error:
            error_handler(self.name, self, [doc], error)
        return_free_memory()
        return doc

    def pipe(
        self, stream: Iterable[Doc], *, batch_size: int = 128, **changes: Any
    ) -> Iterator[Doc]:
        """Annotate docs, asking the model about many at once; the order is kept.

        stream (Iterable[Doc]): Docs.
        batch_size (int): Docs to look ahead at most.
        changes (Any): Settings for this call.
        YIELDS (Doc): The same docs. One that fails goes to the error handler and is
            left out; the others are not harmed.
        RAISES (ModelError, AssetsError): if the model cannot be loaded.
        """
        self.get_ready()
        parts = take_parts(stream, most_words=MAX_WORDS, most_docs=batch_size)
        for part in parts:
            yield from self._annotate_or_report(part, changes)
            return_free_memory()

    def _annotate_or_report(
        self, docs: list[Doc], changes: dict[str, Any]
    ) -> list[Doc]:
        try:
            self.annotate(docs, **changes)
            return docs
        except Exception as error:
            if half := len(docs) // 2:  # find the one that fails
                first = self._annotate_or_report(docs[:half], changes)
                return [*first, *self._annotate_or_report(docs[half:], changes)]
            self.get_error_handler()(self.name, self, docs, error)
            return []

    # --- saving -------------------------------------------------------------------

    def saved_settings(self) -> dict[str, Any]:
        """Settings that say what to load: where one changes, the config wins."""
        return {"model": self.options.model}

    def to_disk(
        self, path: str | Path, *, exclude: Iterable[str] = (), **_: Any
    ) -> None:
        """Write the model; in a pipeline's folder, equal weights are written once.

        path (str | Path): The component's folder.
        exclude (Iterable[str]): "model", or what a subclass adds.
        """
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        if MODEL not in exclude:
            write_model(self.lm, path, settings=self.saved_settings())

    def from_disk(
        self, path: str | Path, *, exclude: Iterable[str] = (), **_: Any
    ) -> Self:
        """Read what `to_disk` wrote; what the config sets stays as it is.

        path (str | Path): The component's folder.
        exclude (Iterable[str]): "model", or what a subclass adds.
        RETURNS (ModelComponent): This component.
        RAISES (ModelError, AssetsError): if something is missing or damaged.
        """
        self.use_model(self.read_model(Path(path), exclude))
        return self

    def read_model(self, path: Path, exclude: Iterable[str] = ()) -> MaskedLM:
        """The saved model; or the config's, if it names another one by now.

        path (Path): The component's folder.
        exclude (Iterable[str]): With "model", nothing is read.
        RETURNS (MaskedLM): One copy for all components that have it.
        """
        from ..mlm.model import MaskedLM

        if MODEL in exclude:
            return self.lm
        if "model" in self.changed_settings(path):
            return self.load_named_model()
        folder = find_weights(path, self.name)
        options = self.options
        return MaskedLM.load(folder, device=options.device, dtype=options.dtype)

    def changed_settings(self, path: Path) -> set[str]:
        """Names of settings that the config sets otherwise than when it was saved.

        path (Path): The component's folder.
        RETURNS (set[str]): Among those of `saved_settings`.
        """
        record = read_record(path)
        now = self.saved_settings()
        then: Mapping[str, Any] = {} if record is None else record.settings
        return {key for key in now if key in then and then[key] != now[key]}

    def to_bytes(self, *, exclude: Iterable[str] = (), **_: Any) -> bytes:
        """All that `to_disk` writes, with weights of its own.

        exclude (Iterable[str]): "model", or what a subclass adds.
        RETURNS (bytes): msgpack.
        """
        return srsly.msgpack_dumps(self.pack(exclude))

    def pack(self, exclude: Iterable[str]) -> dict[str, Any]:
        """The content of `to_bytes`; subclasses add to it."""
        content: dict[str, Any] = {"format_version": FORMAT_VERSION}
        if MODEL not in exclude:
            content[MODEL] = {"name": self.lm.name, "bytes": self.lm.to_bytes()}
        return content

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = (), **_: Any) -> Self:
        """Read what `to_bytes` gave.

        data (bytes): msgpack.
        exclude (Iterable[str]): "model", or what a subclass adds.
        RETURNS (ModelComponent): This component.
        RAISES (AssetsError): if they were written in another format.
        """
        content = srsly.msgpack_loads(data)
        check_version(content.get("format_version"), f"the bytes of {self.name!r}")
        self.unpack(content, exclude)
        return self

    def unpack(self, content: Mapping[str, Any], exclude: Iterable[str]) -> None:
        """Take over what `pack` gave; subclasses add to it."""
        self.use_model(self.unpack_model(content, exclude))

    def unpack_model(
        self, content: Mapping[str, Any], exclude: Iterable[str]
    ) -> MaskedLM:
        """The packed model; or the present one, if there is none."""
        from ..mlm.model import MaskedLM

        if MODEL not in content or MODEL in exclude:
            return self.lm
        packed, options = content[MODEL], self.options
        return MaskedLM.from_bytes(
            packed["bytes"],
            name=packed["name"],
            device=options.device,
            dtype=options.dtype,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.is_loaded and self.can_load_now():
            self.load()  # a pickle is complete
        return _unpickle, (type(self), self.name, self.__getstate__())

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle holds: no tables, they are made again."""
        left_out = {"_lm", "_process", *self.made_from_model}
        kept = {k: v for k, v in self.__dict__.items() if k not in left_out}
        return {**kept, "packed_model": self._lm}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle, perhaps in a process that was spawned."""
        state = dict(state)
        lm = state.pop("packed_model")
        self.__dict__.update(state)
        self._lm, self._process = None, 0
        forks.waiting.add(self)
        if lm is not None:
            self.use_model(lm)


def _unpickle(kind: type[ModelComponent], name: str, state: dict[str, Any]) -> Any:
    component = kind.__new__(kind)
    component.name = name
    component.__setstate__(state)
    return component
