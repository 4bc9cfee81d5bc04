"""Reads the settings of a pretraining run from an INI-style ``.cfg`` file."""

from __future__ import annotations

import configparser
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..errors import ConfigError, Errors
from ..vocab.workshop.merging import SHIPPED_PARTS
from .optimizer import OPTIMIZERS
from .settings import (
    CooldownConfig,
    CorpusConfig,
    LabelsConfig,
    ModelConfig,
    PretrainConfig,
    TrainingConfig,
    VocabularyConfig,
)

SCHEDULES = ("trapezoid", "linear", "cosine")
PRECISIONS = ("auto", "float32", "bfloat16")

SECTIONS: dict[str, type] = {
    "corpus": CorpusConfig,
    "vocabulary": VocabularyConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
    "labels": LabelsConfig,
    "cooldown": CooldownConfig,
}


def load_config(
    path: str | Path, overrides: Mapping[str, str] | None = None
) -> PretrainConfig:
    """Read and check a config file.

    path (str | Path): The .cfg file.
    overrides (Mapping[str, str]): "section.key" -> value, as on the command line.
    RETURNS (PretrainConfig): The settings; defaults where the file is silent.
    RAISES (ConfigError): For an unreadable file, an unknown section or key, or a value
        that cannot work; the message names file, section and key.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(Path(path).read_text(encoding="utf-8"), source=str(path))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(Errors.E401.format(path=path, error=error)) from error
    raw = {name: dict(parser[name]) for name in parser.sections()}
    for dotted, value in (overrides or {}).items():
        section, _, key = dotted.partition(".")
        raw.setdefault(section, {})[key] = value
    config = PretrainConfig(
        **{name: _read_section(path, name, raw.pop(name, {})) for name in SECTIONS}
    )
    for name in raw:
        known = ", ".join(SECTIONS)
        raise ConfigError(Errors.E402.format(path=path, section=name, known=known))
    _check(path, config)
    return config


def _read_section(path: str | Path, name: str, raw: dict[str, str]) -> Any:  # noqa: ANN401
    cls = SECTIONS[name]
    known = {f.name: str(f.type) for f in fields(cls)}
    values: dict[str, Any] = {}
    for key, text in raw.items():
        if key not in known:
            keys = ", ".join(known)
            raise ConfigError(
                Errors.E403.format(path=path, section=name, key=key, known=keys)
            )
        try:
            values[key] = READERS[known[key]](text.strip())
        except ValueError as error:
            raise ConfigError(
                Errors.E404.format(
                    path=path, section=name, key=key, value=text, kind=known[key]
                )
            ) from error
    return cls(**values)


def _read_bool(text: str) -> bool:
    values = {"true": True, "false": False}
    if text.lower() not in values:
        raise ValueError(text)
    return values[text.lower()]


def _read_shares(text: str) -> dict[str, float]:
    pairs = (part.rsplit(":", 1) for part in text.replace(",", " ").split())
    return {name: float(share) for name, share in pairs}


def _read_lengths(text: str) -> dict[int, float]:
    return {int(name): share for name, share in _read_shares(text).items()}


READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": _read_bool,
    "list[str]": lambda text: text.replace(",", " ").split(),
    "list[int]": lambda text: [int(part) for part in text.replace(",", " ").split()],
    "dict[str, float]": _read_shares,
    "dict[int, float]": _read_lengths,
}


def _check(path: str | Path, config: PretrainConfig) -> None:
    model, train = config.model, config.training
    cool, labels = config.cooldown, config.labels
    longest = max(
        [*train.lengths, *train.valid_lengths, *cool.lengths, *cool.valid_lengths]
    )
    rules = [
        ("corpus", "valid_share", 0 < config.corpus.valid_share < 0.5, "in (0, 0.5)"),
        ("vocabulary", "size", config.vocabulary.size > 0, "positive"),
        ("model", "hidden", model.hidden % model.heads == 0, "a multiple of heads"),
        ("model", "keep", 0 <= model.keep < 1, "in [0, 1)"),
        ("model", "init", bool(model.init) or not model.keep, "a folder, for keep"),
        ("model", "positions", longest <= model.positions, f"{longest} or more"),
        ("training", "mask_ratio", 0 < train.mask_ratio < 1, "in (0, 1)"),
        ("training", "optimizer", train.optimizer in OPTIMIZERS, "|".join(OPTIMIZERS)),
        ("training", "schedule", train.schedule in SCHEDULES, " | ".join(SCHEDULES)),
        ("training", "precision", train.precision in PRECISIONS, "|".join(PRECISIONS)),
        ("training", "batch_tokens", train.batch_tokens >= longest, f">= {longest}"),
        ("training", "lengths", min(train.lengths) >= 8, "8 or longer"),
        ("training", "rate", train.rate > 0, "positive"),
        ("labels", "shipped", labels.shipped in SHIPPED_PARTS, "|".join(SHIPPED_PARTS)),
        ("labels", "rates", _are_shares(*labels.rates.values()), "in [0, 1]"),
        ("labels", "blank_share", _are_shares(labels.blank_share), "in [0, 1]"),
        ("labels", "sentence_share", _are_shares(labels.sentence_share), "in [0, 1]"),
        ("labels", "held_out", 0 <= labels.held_out < 1, "in [0, 1)"),
        ("labels", "longest", labels.longest > 0, "positive"),
        ("labels", "most", labels.most > 0, "positive"),
        ("labels", "weight", labels.weight >= 0, "0 or more"),
    ]
    for section, key, holds, wanted in rules:
        if not holds:
            value = getattr(getattr(config, section), key)
            raise ConfigError(
                Errors.E404.format(
                    path=path, section=section, key=key, value=value, kind=wanted
                )
            )


def _are_shares(*values: float) -> bool:
    return all(0 <= value <= 1 for value in values)
