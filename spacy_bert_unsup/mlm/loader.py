"""From a name to a checked model and its tokenizer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    MODEL_FOR_MASKED_LM_MAPPING,
    AutoConfig,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as hf_logging

from ..errors import Errors, ModelError
from .parts import Parts
from .storage import WEIGHTS_HEADER, read_weights

STARTER = "starter"
NEXT_SENTENCE_KEYS = ("seq_relationship", "sop_classifier")
# transformers keeps its verbosity and progress bars in globals.
_quiet_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from.

    name (str): what the user asked for, shortened to the folder's own name.
    place (str): a folder, or the name on the model hub.
    is_folder (bool): whether `place` is a folder.
    """

    name: str
    place: str
    is_folder: bool

    @property
    def version(self) -> str:
        """Changes when somebody writes to the folder; "" for a hub name."""
        if not self.is_folder:
            return ""
        files = sorted(Path(self.place).glob("*.*"))
        return repr([(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files])


def find_source(source: str | Path) -> Source:
    """Decide what a model setting means: the starter, a folder or a hub name.

    source (str | Path): "starter", a folder or a name on the model hub.
    RETURNS (Source): where to read.
    RAISES (ModelError): when a path leads nowhere, or the starter is not installed.
    """
    if source == STARTER:
        folder = Path(str(files("spacy_bert_unsup"))) / STARTER
        if not (folder / "config.json").is_file():
            raise ModelError(Errors.E117.format(folder=folder))
        return Source(STARTER, str(folder), True)
    folder = Path(source).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(Errors.E102.format(name=source, reason="no config.json"))
        return Source(folder.resolve().name, str(folder.resolve()), True)
    text = str(source)
    if isinstance(source, Path) or text.startswith((".", "~", "/")) or "\\" in text:
        raise ModelError(Errors.E101.format(name=source))
    return Source(text, text, False)


def read_parts(source: Source) -> Parts:
    """Read a model and its tokenizer, float32, and refuse a model with random weights.

    source (Source): where to read.
    RETURNS (Parts): the model with its tokenizer.
    RAISES (ModelError): when something is missing, corrupt or does not belong.
    """
    with quiet_transformers():
        with _explain(source):
            config = AutoConfig.from_pretrained(source.place)
        if type(config) not in MODEL_FOR_MASKED_LM_MAPPING:
            missing = f"{config.model_type} models have none"
            raise ModelError(Errors.E103.format(name=source.name, missing=missing))
        with _explain(source):
            model, report = _read_model(source, config)
            tokenizer = _read_tokenizer(source)
    _check_complete(source, model, report)
    unused = " ".join(report["unexpected_keys"])
    next_sentence = any(key in unused for key in NEXT_SENTENCE_KEYS)
    next_sentence |= bool(getattr(config, "next_sentence", False))
    return Parts(model.eval(), tokenizer, next_sentence)


def _read_model(
    source: Source, config: PretrainedConfig
) -> tuple[PreTrainedModel, dict]:
    options: dict[str, Any] = {"dtype": torch.float32, "output_loading_info": True}
    if source.is_folder and (Path(source.place) / WEIGHTS_HEADER).is_file():
        weights = read_weights(Path(source.place))
        found = MODEL_FOR_MASKED_LM_MAPPING[type(config)]
        return cast(Any, found).from_pretrained(
            None, config=config, state_dict=weights, **options
        )
    auto = cast(Any, AutoModelForMaskedLM)
    return auto.from_pretrained(source.place, config=config, **options)


def _read_tokenizer(source: Source) -> PreTrainedTokenizerBase:
    """Read the tokenizer; a lone vocab.txt does not say whether it is lower-cased."""
    folder = Path(source.place)
    options = {}
    if source.is_folder and (folder / "vocab.txt").is_file():
        described = ("tokenizer.json", "tokenizer_config.json")
        if not any((folder / name).is_file() for name in described):
            terms = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
            cased = any(t != t.lower() for t in terms if not t.startswith("["))
            options["do_lower_case"] = not cased
    return AutoTokenizer.from_pretrained(source.place, **options)


def _check_complete(source: Source, model: PreTrainedModel, report: dict) -> None:
    """Refuse parameters that the files lack: transformers fills them with noise."""
    lost = set(report["missing_keys"])
    lost |= {str(key[0]) for key in report["mismatched_keys"]}
    prefix = f"{model.base_model_prefix}."
    head = sorted(key for key in lost if not key.startswith(prefix))
    if head:
        raise ModelError(Errors.E103.format(name=source.name, missing=head[0]))
    if lost:
        reason = f"the weights lack {sorted(lost)[0]}"
        raise ModelError(Errors.E102.format(name=source.name, reason=reason))


@contextmanager
def _explain(source: Source) -> Iterator[None]:
    """Say in one sentence what went wrong inside transformers, and what to do."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # files of strangers fail in too many ways to list
        reason = (str(error) or type(error).__name__).strip().splitlines()[0]
        if source.is_folder:
            message = Errors.E102.format(name=source.name, reason=reason)
        else:
            message = Errors.E104.format(name=source.name, reason=reason)
        raise ModelError(message) from error


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers' progress bars and load reports off the screen."""
    with _quiet_lock:
        verbosity = hf_logging.get_verbosity()
        had_bars = hf_logging.is_progress_bar_enabled()
        hf_logging.set_verbosity_error()
        hf_logging.disable_progress_bar()
        try:
            yield
        finally:
            hf_logging.set_verbosity(verbosity)
            if had_bars:
                hf_logging.enable_progress_bar()
