"""The pretrain command, for machines without spaCy."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from ..errors import BertUnsupError, ConfigError, Errors
from .checkpoint import find_checkpoint, load_weights
from .config import load_config
from .export import export_model
from .model import choose_device, make_model
from .parallel import join_team, leave_team
from .phase import cooldown_phase, main_phase
from .prepare import prepare_corpus
from .run import open_run
from .settings import PretrainConfig
from .train import train

logger = logging.getLogger(__name__)


def make_parser() -> argparse.ArgumentParser:
    """RETURNS (argparse.ArgumentParser): Of the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="pretrain",
        description="Pretrain a BERT with an own vocabulary on your texts. Run it "
        "again to resume. Any setting can be changed as --section.key VALUE.",
    )
    parser.add_argument("config", type=Path, help="the .cfg file")
    parser.add_argument("--out", type=Path, default=Path("training/run"))
    parser.add_argument("--prepare-only", action="store_true")
    parser.add_argument("--from", dest="source", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--cooldown-minutes", type=float, default=0.0)
    parser.add_argument("--cooldown-steps", type=int, default=0)
    parser.add_argument("--export", type=Path, metavar="FOLDER")
    parser.add_argument("--max-shard-size", default="5GB")
    return parser


def pretrain(argv: Sequence[str]) -> int:
    """Run the command.

    RETURNS (int): Exit status: 0, or 1 with one line that says why.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    arguments, rest = make_parser().parse_known_args(argv)
    try:
        config = load_config(arguments.config, _read_overrides(rest))
        _run(config, arguments)
    except BertUnsupError as error:
        logger.error("%s", error)
        return 1
    return 0


def _read_overrides(rest: Sequence[str]) -> dict[str, str]:
    """Turn --section.key VALUE (or --section.key=VALUE) into settings."""
    found: dict[str, str] = {}
    items = iter(rest)
    for item in items:
        name, _, value = item.removeprefix("--").partition("=")
        if not item.startswith("--") or "." not in name:
            raise ConfigError(Errors.E405.format(argument=item))
        found[name] = value if "=" in item else next(items, "")
    return found


def _run(config: PretrainConfig, arguments: argparse.Namespace) -> None:
    settings = config.training
    if settings.threads:
        torch.set_num_threads(settings.threads)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    cooling = bool(arguments.cooldown_minutes or arguments.cooldown_steps)
    prepared = prepare_corpus(config)
    if arguments.prepare_only:
        return
    if arguments.export and not cooling:
        _export_checkpoint(config, arguments, prepared)
        return
    phase = main_phase(config)
    if cooling:
        phase = cooldown_phase(
            config,
            minutes=arguments.cooldown_minutes,
            steps=arguments.cooldown_steps,
        )
    team = join_team(choose_device(settings.device))
    try:
        run = open_run(
            arguments.out,
            config,
            phase=phase,
            prepared=prepared,
            team=team,
            branch=arguments.source,
        )
        done = train(run)
        if done and cooling and team.leads:
            folder = arguments.export or arguments.out / "model"
            export_model(
                run.model, prepared, folder, max_shard_size=arguments.max_shard_size
            )
            logger.info("The model is in %s", folder)
        elif not done:
            logger.info("Stopped. The same command goes on from here.")
    finally:
        leave_team(team)


def _export_checkpoint(
    config: PretrainConfig, arguments: argparse.Namespace, prepared: Path
) -> None:
    source = find_checkpoint(arguments.source or arguments.out)
    entries = len((prepared / "vocab.txt").read_text(encoding="utf-8").splitlines())
    model = make_model(config.model, entries=entries, device="cpu")
    load_weights(source, model)
    export_model(
        model, prepared, arguments.export, max_shard_size=arguments.max_shard_size
    )
    logger.info("The model is in %s", arguments.export)


def main() -> None:
    """Entry point of ``python -m spacy_bert_unsup.pretrain``."""
    sys.exit(pretrain(sys.argv[1:]))
