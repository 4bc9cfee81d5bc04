"""Get the pipeline that a command shall run."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ConfigError, Errors

if TYPE_CHECKING:
    from spacy.language import Language

    from ...pipeline.ner import BertUnsupNER

FACTORY = "bert_unsup_ner"


@dataclass(frozen=True)
class Source:
    """Where a pipeline comes from: at most one of the three ways.

    model (Optional[str]): A masked language model, in a pipeline of its own.
    assets (Optional[Path]): Labels for that model.
    config (Optional[Path]): A .cfg file.
    pipeline (Optional[str]): A saved pipeline.
    """

    model: str | None = None
    assets: Path | None = None
    config: Path | None = None
    pipeline: str | None = None


def load_pipeline(source: Source) -> tuple[Language, BertUnsupNER]:
    """Load a pipeline, and find our component in it.

    source (Source): Where it comes from; the starter in a blank English pipeline if
        it does not say.
    RETURNS (tuple[Language, BertUnsupNER]): Both.
    RAISES (ConfigError): if options contradict each other, the pipeline cannot be
        loaded, or has no `bert_unsup_ner`.
    """
    own = source.model is not None or source.assets is not None
    if sum([own, source.config is not None, source.pipeline is not None]) > 1:
        raise ConfigError(Errors.E510)
    if source.pipeline is not None:
        nlp = _load_saved(source.pipeline)
    elif source.config is not None:
        nlp = _load_config(source.config)
    else:
        nlp = _make_blank(source)
    return nlp, find_component(nlp)


def find_component(nlp: Language) -> BertUnsupNER:
    """Our component in a pipeline, whatever its name there.

    nlp (Language): The pipeline.
    RETURNS (BertUnsupNER): The first one.
    RAISES (ConfigError): if there is none.
    """
    for name, pipe in nlp.pipeline:
        if nlp.get_pipe_meta(name).factory == FACTORY:
            return pipe  # type: ignore[return-value]
    raise ConfigError(Errors.E512.format(names=", ".join(nlp.pipe_names) or "nothing"))


def _make_blank(source: Source) -> Language:
    import spacy

    nlp = spacy.blank("en")
    settings: dict[str, Any] = {"model": source.model, "assets": source.assets}
    config = {key: str(value) for key, value in settings.items() if value is not None}
    nlp.add_pipe(FACTORY, config=config)
    # The limit protects parsers; here, windows bound the memory.
    nlp.max_length = sys.maxsize
    return nlp


def _load_saved(name: str) -> Language:
    import spacy

    try:
        return spacy.load(name)
    except OSError as error:
        raise ConfigError(Errors.E511.format(source=name, error=error)) from error


def _load_config(path: Path) -> Language:
    from confection import ConfigValidationError
    from spacy import util

    try:
        config = util.load_config(path)
        return util.load_model_from_config(config, auto_fill=True)
    except (OSError, ConfigValidationError) as error:
        raise ConfigError(Errors.E511.format(source=path, error=error)) from error
