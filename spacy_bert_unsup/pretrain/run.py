"""A run: model, optimiser and state, made anew or from a checkpoint."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertForPreTraining

from ..errors import Errors, PretrainError
from .batches import Batch
from .checkpoint import (
    RunState,
    check_space,
    find_checkpoint,
    load_optimizer,
    load_state,
    load_weights,
    save_checkpoint,
)
from .data import PieceStore
from .label_plan import LabelPlan, make_label_plan
from .model import choose_precision, make_model
from .optimizer import Optimizers, make_optimizer
from .parallel import Team
from .phase import Phase
from .schedule import rate_factor, spent
from .seed_words import SeedWords
from .settings import PretrainConfig
from .transfer import transfer_weights

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Run:
    """Everything that training changes or reads.

    folder (Path): Checkpoints, logs and curves go here.
    state (RunState): Where the run is.
    """

    folder: Path
    config: PretrainConfig
    phase: Phase
    team: Team
    state: RunState
    model: BertForPreTraining
    optimizer: Optimizers
    precision: torch.dtype
    train: PieceStore
    valid: PieceStore
    labels: LabelPlan | None = None

    @property
    def words(self) -> SeedWords | None:
        """The seed words that are asked about, if labels are asked for."""
        return self.labels.words if self.labels else None

    def phase_steps(self) -> int:
        """RETURNS (int): Steps since the phase began."""
        return self.state.step - self.state.phase_step

    def phase_seconds(self) -> float:
        """RETURNS (float): Seconds of training since the phase began."""
        return self.state.seconds - self.state.phase_seconds

    def progress(self) -> float:
        """RETURNS (float): Spent part of the budget, by this process's clock."""
        return spent(
            steps=self.phase_steps(),
            seconds=self.phase_seconds(),
            budget_steps=self.phase.steps,
            budget_minutes=self.phase.minutes,
        )

    def rate(self, progress: float) -> float:
        """RETURNS (float): The learning rate at this step and part of the budget."""
        return self.config.training.rate * rate_factor(
            self.phase.schedule,
            step=self.phase_steps(),
            progress=progress,
            warmup_steps=self.phase.warmup_steps,
            decay_share=self.phase.decay_share,
        )

    def advance(self, batch: Batch, seconds: float) -> None:
        """Count a step.

        seconds (float): How long it took.
        """
        self.state.step += 1
        self.state.row = batch.next_row
        self.state.tokens += batch.rows * batch.length * self.team.world
        self.state.seconds += seconds

    def save(self) -> Path:
        """Write a checkpoint.

        RETURNS (Path): Its folder.
        """
        about = {
            "config": self.config.to_dict(),
            "processes": self.team.world,
            "torch": torch.__version__,
        }
        return save_checkpoint(
            self.folder,
            self.state,
            model=self.model,
            optimizer=self.optimizer,
            extra=about,
        )


def open_run(
    folder: Path,
    config: PretrainConfig,
    *,
    phase: Phase,
    prepared: Path,
    team: Team,
    branch: Path | None = None,
) -> Run:
    """Make a run, or resume it where the folder holds a checkpoint.

    branch (Path): Checkpoint to start from where the folder holds none: the phase
        starts there.
    RAISES (PretrainError): For a checkpoint that does not fit, or lack of disk space.
    """
    train = PieceStore(prepared, "train", config.corpus.weights)
    tokenizer = Tokenizer.from_file(str(prepared / "tokenizer.json"))
    vocab = tokenizer.get_vocab()
    labels = make_label_plan(config.labels, tokenizer)
    torch.manual_seed(config.training.seed)
    model = make_model(config.model, entries=len(vocab), device=team.device)
    source, state = _find_start(folder, branch, phase, config)
    digest = labels.words.digest if labels else ""
    resumed = (folder / "last").exists()
    if resumed and state.labels not in ("", digest):
        reason = "it was asked for other labels; give these a run of their own (--out)"
        raise PretrainError(Errors.E434.format(path=source, reason=reason))
    state.labels = digest
    if source is not None:
        load_weights(source, model)
    elif config.model.init:
        transfer_weights(model, config.model.init, vocab)
    nn.Module.to(model, team.device)
    optimizer = make_optimizer(model, config.training)
    if source is not None:
        logger.info("Going on from %s, step %d", source, state.step)
        if not load_optimizer(source, optimizer):
            logger.info(
                "It holds weights only, or those of another optimiser's run: "
                "the learning rate is warmed up again"
            )
            state.phase_step, state.phase_seconds = state.step, state.seconds
    if team.leads:
        check_space(folder, sum(p.numel() for p in model.parameters()))
    return Run(
        folder=folder,
        config=config,
        phase=phase,
        team=team,
        state=state,
        model=model,
        optimizer=optimizer,
        precision=choose_precision(config.training.precision, team.device),
        train=train,
        valid=PieceStore(prepared, "valid"),
        labels=labels,
    )


def _find_start(
    folder: Path, branch: Path | None, phase: Phase, config: PretrainConfig
) -> tuple[Path | None, RunState]:
    if (folder / "last").exists():
        source = find_checkpoint(folder)
        state = load_state(source)
        if state.phase != phase.name:
            reason = f"it belongs to the phase '{state.phase}', not '{phase.name}'"
            raise PretrainError(Errors.E434.format(path=source, reason=reason))
        return source, state
    if branch is not None:
        source = find_checkpoint(branch)
        state = load_state(source)
        state.phase = phase.name
        state.phase_step, state.phase_seconds = state.step, state.seconds
        return source, state
    return None, RunState(seed=config.training.seed, phase=phase.name)
