"""What a run says while it trains: progress bar, logs, validation, checkpoints."""

from __future__ import annotations

import logging
import math
import sys
from datetime import datetime, timedelta

import torch
from torch import Tensor
from tqdm import tqdm

from ..errors import Errors, MissingExtraError, PretrainError
from .evaluate import Validation, validate
from .history import open_logs, plot_curves
from .model import PretrainingLoss
from .run import Run

logger = logging.getLogger(__name__)


class Monitor:
    """Watches a run. Only the leading process writes.

    run (Run): What is trained.
    loss (PretrainingLoss): For the validation.
    """

    def __init__(self, run: Run, loss: PretrainingLoss) -> None:
        self.run = run
        self.loss = loss
        self.logs = None
        if run.team.leads:
            self.logs = open_logs(run.folder, run.state.step)
        self._bar = make_bar(run)
        self._validation = ""
        self._can_plot = True
        self._restart_sums()

    def _restart_sums(self) -> None:
        self._losses = torch.zeros(3, device=self.run.team.device)
        self._steps = 0
        self._since = (self.run.state.tokens, self.run.state.seconds)

    def record(self, losses: Tensor, *, rate: float, length: int) -> None:
        """Count a step; every `log_steps` of them, write a row and show the means.

        losses (Tensor): (3,) mlm, nsp and label.
        RAISES (PretrainError): If a loss is no number.
        """
        self._losses += losses
        self._steps += 1
        timed = bool(self.run.phase.minutes)
        gone = self.run.phase_seconds() if timed else self.run.phase_steps()
        self._bar.update(min(gone, self._bar.total or gone) - self._bar.n)
        if self.run.state.step % self.run.config.training.log_steps:
            return
        mlm, nsp, label = (self._losses / self._steps).tolist()
        total = mlm + nsp + self.run.config.labels.weight * label
        if not math.isfinite(total):
            where = {"step": self.run.state.step, "last": self.run.folder / "last"}
            raise PretrainError(Errors.E435.format(rate=rate, **where))
        tokens, seconds = self._since
        speed = (self.run.state.tokens - tokens) / (self.run.state.seconds - seconds)
        if self.logs is not None:
            row = {
                **self._where(),
                "length": length,
                "rate": f"{rate:.3e}",
                "loss": round(total, 4),
                "mlm": round(mlm, 4),
                "nsp": round(nsp, 4),
                "label": round(label, 4) if self.run.labels else "",
                "tokens_per_second": round(speed),
            }
            self.logs[0].append(row)
        shown = f"{speed:,.0f} tokens/s, loss {total:.3f}{self._validation}"
        self._bar.set_postfix_str(shown + expected_end(self.run), refresh=False)
        self._restart_sums()

    def _where(self) -> dict[str, object]:
        state = self.run.state
        return {
            "step": state.step,
            "tokens": state.tokens,
            "minutes": round(state.seconds / 60, 2),
            "phase": state.phase,
        }

    def checkpoint(self, *, validated: bool) -> None:
        """Write a checkpoint; then, if wanted, validate and draw the curves."""
        if self.logs is None:
            return
        logger.info("Checkpoint %s", self.run.save())
        if not validated:
            return
        for length in self.run.phase.valid_lengths:
            found = self._validate(length)
            scores = found.to_dict()
            self.logs[1].append({**self._where(), **scores})
            logger.info("Held out: %s", scores)
            self._validation = f", held-out {found}"
        self._plot()

    def _validate(self, length: int) -> Validation:
        settings = self.run.config.training
        return validate(
            self.loss,
            self.run.valid,
            length=length,
            tokens=settings.valid_tokens,
            mask_ratio=settings.mask_ratio,
            precision=self.run.precision,
            labels=self.run.labels,
        )

    def _plot(self) -> None:
        if not self._can_plot:
            return
        try:
            plot_curves(self.run.folder)
        except MissingExtraError as error:
            self._can_plot = False
            logger.warning("The curves are not drawn: %s", error)

    def close(self) -> None:
        """End the progress bar."""
        self._bar.close()


def make_bar(run: Run) -> tqdm:
    """RETURNS (tqdm): Of seconds where the phase has a time budget, else of steps."""
    phase = run.phase
    timed = bool(phase.minutes)
    bounded = "{l_bar}{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}]{postfix}"
    return tqdm(
        total=(60 * phase.minutes if timed else phase.steps) or None,
        initial=run.phase_seconds() if timed else run.phase_steps(),
        desc=phase.name,
        unit="s" if timed else "step",
        disable=not run.team.leads,
        mininterval=0.5 if sys.stderr.isatty() else 30,
        bar_format=bounded if timed or phase.steps else None,
    )


def expected_end(run: Run) -> str:
    """RETURNS (str): Time of day when the budget will be spent; empty without one."""
    part, gone = run.progress(), run.phase_seconds()
    if not part:
        return ""
    end = datetime.now() + timedelta(seconds=gone / part - gone)
    return f", ends {end:%H:%M}"
