"""The pretrain command, for machines without spaCy."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import torch

from ..errors import BertUnsupError, ConfigError, Errors
from .job import Job, pretrain

logger = logging.getLogger(__name__)


def make_parser() -> argparse.ArgumentParser:
    """RETURNS (argparse.ArgumentParser): Of the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m spacy_bert_unsup.pretrain",
        description="Pretrain a BERT with an own vocabulary on your texts. The same "
        "command resumes. Any setting can be changed as --section.key VALUE.",
        epilog="Example: python -m spacy_bert_unsup.pretrain configs/pretrain_tiny.cfg "
        "--out training/tiny --training.steps 500",
    )
    add = parser.add_argument
    add("config", type=Path, help="the .cfg file")
    add("--out", type=Path, default=Path("training/run"), help="folder of the run")
    add("--prepare-only", action="store_true", help="make vocabulary and ids, no more")
    add("--from", dest="source", type=Path, help="checkpoint to start from")
    add("--cooldown-minutes", type=float, default=0.0, help="end a branch in this time")
    add("--cooldown-steps", type=int, default=0, help="end a branch in these steps")
    add("--export", type=Path, help="folder for the model; alone: export and stop")
    add("--score", action="store_true", help="score on held-out text, no more")
    add("--max-shard-size", default="5GB", help="largest weight file, such as 15MB")
    return parser


def read_overrides(arguments: Iterable[str]) -> dict[str, str]:
    """Turn --section.key VALUE (or --section.key=VALUE) into settings.

    RETURNS (dict[str, str]): "section.key" -> value.
    RAISES (ConfigError): For anything else.
    """
    found: dict[str, str] = {}
    items = iter(arguments)
    for item in items:
        name, equals, value = item.removeprefix("--").partition("=")
        if not item.startswith("--") or "." not in name:
            raise ConfigError(Errors.E405.format(argument=item))
        found[name] = value if equals else next(items, "")
    return found


def set_up_process() -> None:
    """Log to stderr, and let the tokenizer use all cores."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    # matplotlib tells about its font cache.
    logging.getLogger("matplotlib").setLevel(logging.WARNING)
    torch.set_float32_matmul_precision("high")


def main() -> None:
    """Entry point of ``python -m spacy_bert_unsup.pretrain``."""
    arguments, rest = make_parser().parse_known_args()
    set_up_process()
    try:
        pretrain(Job(**vars(arguments)), read_overrides(rest))
    except BertUnsupError as error:
        logger.error("%s", error)
        sys.exit(1)
