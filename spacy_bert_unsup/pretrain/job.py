"""One job: prepare, train or cool down, export."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertForPreTraining

from ..errors import Errors, PretrainError
from .checkpoint import find_checkpoint, load_weights
from .config import load_config
from .export import export_model
from .model import choose_device, make_model
from .parallel import Team, join_team, leave_team
from .phase import Phase, cooldown_phase, main_phase
from .prepare import prepare_corpus
from .run import open_run
from .score import score_model
from .settings import PretrainConfig
from .train import train
from .transfer import keep_share, transfer_weights

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What to do.

    config (Path): The .cfg file.
    out (Path): Folder of the run: checkpoints, logs, curves, and at the end the model.
    source (Path): Checkpoint to start from, where `out` has none.
    cooldown_minutes, cooldown_steps (float, int): End a branch in this budget.
    export (Path): Folder for the model, `out`/model if None; without a cool-down the
        newest checkpoint is exported as it is.
    max_shard_size (str): Largest weight file.
    prepare_only (bool): Stop before training.
    score (bool): Score a checkpoint, or `model.init`, on the held-out text; no more.
    """

    config: Path
    out: Path = Path("training/run")
    source: Path | None = None
    cooldown_minutes: float = 0.0
    cooldown_steps: int = 0
    export: Path | None = None
    max_shard_size: str = "5GB"
    prepare_only: bool = False
    score: bool = False

    @property
    def cools(self) -> bool:
        """Whether this is a cool-down."""
        return bool(self.cooldown_minutes or self.cooldown_steps)


def pretrain(job: Job, overrides: Mapping[str, str] | None = None) -> None:
    """Do a job; the same job again goes on where it was stopped.

    overrides (Mapping[str, str]): "section.key" -> value, before the config's own.
    RAISES (BertUnsupError): For settings, texts, folders or checkpoints that cannot
        work; before training starts.
    """
    config = load_config(job.config, overrides)
    if job.export is not None and job.export.exists():
        raise PretrainError(Errors.E436.format(folder=job.export))
    if config.training.threads:
        torch.set_num_threads(config.training.threads)
    team = join_team(choose_device(config.training.device))
    try:
        prepared = _prepare(config, team)
        if job.prepare_only:
            return
        if job.score:
            _score(config, job, prepared, team)
        elif job.export is not None and not job.cools:
            _export_checkpoint(config, job, prepared)
        else:
            _train(config, job, prepared, team)
    finally:
        leave_team(team)


def _prepare(config: PretrainConfig, team: Team) -> Path:
    """The leader prepares; its peers wait, then find it made."""
    if team.leads:
        prepare_corpus(config)
    team.share([0.0])
    return prepare_corpus(config)


def _choose_phase(config: PretrainConfig, job: Job) -> Phase:
    if not job.cools:
        return main_phase(config)
    return cooldown_phase(
        config, minutes=job.cooldown_minutes, steps=job.cooldown_steps
    )


def _train(config: PretrainConfig, job: Job, prepared: Path, team: Team) -> None:
    run = open_run(
        job.out,
        config,
        phase=_choose_phase(config, job),
        prepared=prepared,
        team=team,
        branch=job.source,
    )
    done = train(run)
    if not team.leads:
        return
    folder = job.export or job.out / "model"
    if not done:
        logger.info("Stopped. The same command goes on from here.")
    elif job.export is None and folder.exists():
        logger.info("The budget was spent before; the model is in %s", folder)
    else:
        model = _mix(run.model, config, prepared)
        export_model(model, prepared, folder, max_shard_size=job.max_shard_size)
        logger.info("The model is in %s", folder)


def _mix(
    model: BertForPreTraining, config: PretrainConfig, prepared: Path
) -> BertForPreTraining:
    """With what it started from, if the config wants to keep of that."""
    if not config.model.keep:
        return model
    vocab = Tokenizer.from_file(str(prepared / "tokenizer.json")).get_vocab()
    return keep_share(model, config.model, vocab)


def _score(config: PretrainConfig, job: Job, prepared: Path, team: Team) -> None:
    """Write scores on the held-out text to stdout, a line of JSON for each length."""
    if not team.leads:
        return
    model = _load_model(config, job, prepared, team.device)
    for scores in score_model(model, config, prepared, team.device):
        sys.stdout.write(json.dumps(scores.to_dict()) + "\n")


def _load_model(
    config: PretrainConfig, job: Job, prepared: Path, device: str
) -> BertForPreTraining:
    """A checkpoint; to score without one, the model that training would start from."""
    vocab = Tokenizer.from_file(str(prepared / "tokenizer.json")).get_vocab()
    model = make_model(config.model, entries=len(vocab), device=device)
    started = job.source is not None or (job.out / "last").exists()
    if job.score and config.model.init and not started:
        transfer_weights(model, config.model.init, vocab)
    else:
        load_weights(find_checkpoint(job.source or job.out), model)
    return model


def _export_checkpoint(config: PretrainConfig, job: Job, prepared: Path) -> None:
    if job.export is None:
        return
    model = _mix(_load_model(config, job, prepared, "cpu"), config, prepared)
    export_model(model, prepared, job.export, max_shard_size=job.max_shard_size)
    logger.info("The model is in %s", job.export)
