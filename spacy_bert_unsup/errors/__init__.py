"""Every message this package raises or warns with, in one place.

A message says what is wrong (file, line, term), and what to do about it. There is one
file for each floor: 1xx mlm, 2xx vocab, 3xx voting and pipeline, 4xx pretrain, 5xx cli,
6xx vectors.
"""

from __future__ import annotations

from .cli import CLIErrors, CLIWarnings
from .common import CommonErrors
from .mlm import MLMErrors
from .pipeline import PipelineErrors
from .pretrain import PretrainErrors
from .vectors import VectorErrors
from .vocab import VocabErrors


class BertUnsupError(ValueError):
    """Base class of all errors raised on purpose by spacy-bert-unsup."""


class ModelError(BertUnsupError):
    """A masked language model cannot be loaded or used."""


class AssetsError(BertUnsupError):
    """Assets or seed labels are missing, corrupt or made for another model."""


class ConfigError(BertUnsupError):
    """A setting has a value that cannot work."""


class InputError(BertUnsupError):
    """A file or text given by the user cannot be read as what it should be."""


class PretrainError(BertUnsupError):
    """Pretraining cannot start or go on."""


class MissingExtraError(ImportError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(Errors.E001.format(package=package, extra=extra))


class Errors(
    CommonErrors,
    MLMErrors,
    VocabErrors,
    PipelineErrors,
    PretrainErrors,
    CLIErrors,
    VectorErrors,
):
    """Message templates of all floors; fill with ``.format``."""


class Warnings(CLIWarnings):
    """Warning templates; each is given once per cause."""
