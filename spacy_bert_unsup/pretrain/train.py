"""The training loop."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import FrameType

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from .batches import Batch, BatchPlan, stream_batches
from .model import PretrainingLoss, to_tensors
from .monitor import Monitor
from .run import Run


def train(run: Run) -> bool:
    """Train until the phase's budget is spent or the process is asked to stop.

    A checkpoint is written every so often, at the end, and on SIGINT or SIGTERM.

    run (Run): Changed in place.
    RETURNS (bool): Whether the budget is spent (not stopped before).
    RAISES (PretrainError): If the loss is no number any more.
    """
    loss = PretrainingLoss(run.model, run.words)
    loss = loss.to(run.team.device).train()
    forward = DistributedDataParallel(loss) if run.team.world > 1 else loss
    patience = 60 * run.config.training.checkpoint_minutes
    monitor = Monitor(run, loss)
    batches = stream_batches(run.train, make_plan(run), run.state.step, run.state.row)
    saved = time.monotonic()
    with _catch_signals() as asked, closing(batches), closing(monitor):
        progress = run.progress()
        while progress < 1:
            began = time.monotonic()
            rate = run.rate(progress)
            batch = next(batches)
            losses = update(run, forward, batch, rate=rate)
            run.advance(batch, time.monotonic() - began)
            monitor.record(losses, rate=rate, length=batch.length)
            due = time.monotonic() - saved > patience
            signs = [run.progress(), float(bool(asked)), float(due)]
            # The leader decides for all: clocks and signals differ.
            progress, stopping, due_now = run.team.share(signs)
            if progress >= 1 or stopping or due_now:
                monitor.checkpoint(validated=not stopping)
                saved = time.monotonic()
            if stopping:
                break
    return progress >= 1


def make_plan(run: Run) -> BatchPlan:
    """RETURNS (BatchPlan): What decides the batches of this process."""
    settings = run.config.training
    return BatchPlan(
        lengths=run.phase.lengths,
        batch_tokens=settings.batch_tokens,
        mask_ratio=settings.mask_ratio,
        single_share=settings.single_share,
        seed=run.state.seed,
        rank=run.team.rank,
        world=run.team.world,
        labels=run.labels,
    )


def update(run: Run, forward: nn.Module, batch: Batch, *, rate: float) -> Tensor:
    """Learn from one batch.

    forward (nn.Module): `PretrainingLoss`, wrapped if there are several processes.
    rate (float): Learning rate of this step.
    RETURNS (Tensor): (3,) the losses, mlm, nsp and label; on the device, not waited
        for.
    """
    device = run.team.device
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    enabled = run.precision != torch.float32
    with torch.autocast(device.split(":")[0], dtype=run.precision, enabled=enabled):
        losses = forward(**to_tensors(batch, device))
    weight = run.config.labels.weight
    (losses.mlm + losses.nsp + weight * losses.label).backward()
    nn.utils.clip_grad_norm_(run.model.parameters(), run.config.training.clip)
    run.optimizer.step()
    run.optimizer.zero_grad()
    return torch.stack([losses.mlm, losses.nsp, losses.label]).detach()


@contextmanager
def _catch_signals() -> Iterator[list[int]]:
    """The first SIGINT or SIGTERM is noted in the list; a second one acts as usual."""
    asked: list[int] = []
    numbers = (int(signal.SIGINT), int(signal.SIGTERM))
    usual = {number: signal.getsignal(number) for number in numbers}

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(number, usual[number])

    for number in numbers:
        signal.signal(number, note)
    try:
        yield asked
    finally:
        for number in numbers:
            signal.signal(number, usual[number])
