"""Settings that every component with a model has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from ..errors import ConfigError, Errors

Overflow: TypeAlias = Literal["window", "warn", "error"]


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """What a config says about the model, checked.

    model (str): "starter", a folder, or a hub name.
    device (str): "auto", "cpu", "cuda:0" ...
    dtype (str): "auto", "float32" or "bfloat16".
    max_batch_pieces (int): Bound of one forward pass, padding included.
    on_overflow (str): What to do with a doc that one window cannot hold: "window" reads
        it in overlapping windows, "warn" also logs a warning, "error" refuses it.
    RAISES (ConfigError): if a value cannot work.
    """

    model: str = "starter"
    device: str = "auto"
    dtype: str = "auto"
    max_batch_pieces: int = 8192
    on_overflow: str = "window"

    def __post_init__(self) -> None:
        if self.max_batch_pieces < 1:
            raise ConfigError(Errors.E303.format(key="max_batch_pieces", least=1))
        if self.on_overflow not in get_args(Overflow):
            names = ", ".join(get_args(Overflow))
            raise ConfigError(
                Errors.E301.format(
                    key="on_overflow", value=self.on_overflow, names=names
                )
            )
