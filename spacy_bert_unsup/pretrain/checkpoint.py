"""Checkpoints: written beside, renamed, and found again."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from ..errors import Errors, PretrainError
from .optimizer import Optimizers

KEEP = 2


@dataclass(slots=True)
class RunState:
    """Where a run is.

    step (int): Optimiser steps done.
    row (int): Number of the next draw from the corpus.
    tokens (int): Pieces of text read, over all processes, padding and special ones
        included, questions about labels not.
    seconds (float): Time spent training.
    phase (str): main, or cooldown.
    phase_step, phase_seconds (int, float): `step` and `seconds` when the phase began.
    seed (int): Of places, cuts and masks.
    labels (str): `SeedWords.digest` of what is asked about labels; "" for nothing.
    """

    step: int = 0
    row: int = 0
    tokens: int = 0
    seconds: float = 0.0
    phase: str = "main"
    phase_step: int = 0
    phase_seconds: float = 0.0
    seed: int = 0
    labels: str = ""


def save_checkpoint(
    run: Path,
    state: RunState,
    *,
    model: nn.Module,
    optimizer: Optimizers,
    extra: dict[str, Any],
) -> Path:
    """Write a checkpoint; the newest two are kept.

    The folder is written beside and renamed, then `last` is replaced: whenever the
    process is killed, `last` names a whole checkpoint.

    run (Path): Folder of the run.
    extra (dict[str, Any]): Kept with the state, for people: settings, versions.
    RETURNS (Path): The checkpoint's folder.
    """
    folder = run / "checkpoints" / f"step-{state.step:08d}"
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    tensors = {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in _untied(model).items()
    }
    save_file(tensors, beside / "model.safetensors")
    torch.save(optimizer.state_dict(), beside / "optimizer.pt")
    text = json.dumps({"state": asdict(state), **extra}, indent=2)
    (beside / "state.json").write_text(text + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(beside, folder)
    pointer = run / f".last.{os.getpid()}"
    pointer.write_text(f"checkpoints/{folder.name}\n", encoding="utf-8")
    os.replace(pointer, run / "last")
    for old in sorted(folder.parent.glob("step-*"))[:-KEEP]:
        shutil.rmtree(old)
    return folder


def _untied(model: nn.Module) -> dict[str, torch.Tensor]:
    """The state without tensors that share another's memory."""
    seen: set[int] = set()
    kept: dict[str, torch.Tensor] = {}
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() not in seen:
            seen.add(tensor.data_ptr())
            kept[name] = tensor
    return kept


def find_checkpoint(path: str | Path) -> Path:
    """Find a checkpoint by its folder, a run's folder, or a run's file `last`.

    RAISES (PretrainError): If there is none.
    """
    path = Path(path)
    if (path / "state.json").exists():
        return path
    pointer = path / "last" if path.is_dir() else path
    if pointer.is_file():
        folder = pointer.parent / pointer.read_text(encoding="utf-8").strip()
        if (folder / "state.json").exists():
            return folder
    raise PretrainError(Errors.E433.format(path=path))


def load_state(folder: Path) -> RunState:
    """RETURNS (RunState): Where the run was when the checkpoint was written."""
    data = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    return RunState(**data["state"])


def load_weights(folder: Path, model: nn.Module) -> None:
    """Fill the model, in place.

    RAISES (PretrainError): If the shapes differ.
    """
    tensors = load_file(folder / "model.safetensors")
    try:
        missing, unexpected = model.load_state_dict(tensors, strict=False)
    except RuntimeError as error:
        raise PretrainError(Errors.E434.format(path=folder, reason=error)) from error
    shared = set(model.state_dict()) - set(_untied(model))
    lacking = sorted(set(missing) - shared)
    if lacking or unexpected:
        reason = f"names differ: {', '.join([*lacking, *unexpected])}"
        raise PretrainError(Errors.E434.format(path=folder, reason=reason))


def load_optimizer(folder: Path, optimizer: Optimizers) -> bool:
    """Fill the optimiser with its moments; only tensors and plain data are read.

    RETURNS (bool): Whether the checkpoint has them: they may be left out to travel,
        or be of another optimiser.
    """
    if not (folder / "optimizer.pt").exists():
        return False
    data = torch.load(folder / "optimizer.pt", map_location="cpu", weights_only=True)
    wanted = set(optimizer.state_dict())
    if wanted == {"AdamW"} and "param_groups" in data:  # as torch writes it
        data = {"AdamW": data}
    if set(data) != wanted:
        return False
    optimizer.load_state_dict(data)
    return True


def check_space(run: Path, parameters: int) -> None:
    """See that there is room for the checkpoints before training starts.

    parameters (int): Number of weights; a checkpoint holds three float32 of each.
    RAISES (PretrainError): If there is not.
    """
    run.mkdir(parents=True, exist_ok=True)
    needed = (KEEP + 1) * parameters * 3 * 4
    free = shutil.disk_usage(run).free
    if free < needed:
        megabytes = {"needed": needed // 10**6, "free": free // 10**6}
        raise PretrainError(Errors.E432.format(folder=run, **megabytes))
