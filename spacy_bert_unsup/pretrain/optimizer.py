"""Makes the optimiser of a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from .muon import Muon
from .settings import TrainingConfig

OPTIMIZERS = ("adamw", "muon")


class Optimizers:
    """One or several optimisers that act as one.

    param_groups (list[dict]): Those of all, in order.
    """

    def __init__(self, parts: list[Optimizer]) -> None:
        self.parts = parts
        self.param_groups = [group for part in parts for group in part.param_groups]

    def step(self) -> None:
        """Change the weights."""
        for part in self.parts:
            part.step()

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def state_dict(self) -> dict[str, Any]:
        """RETURNS (dict[str, Any]): Name of each optimiser -> its state."""
        return {type(part).__name__: part.state_dict() for part in self.parts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Fill in what `state_dict` gave.

        RAISES (KeyError): If it is the state of other optimisers.
        """
        for part in self.parts:
            part.load_state_dict(state[type(part).__name__])
        # Loading makes new groups.
        self.param_groups = [g for part in self.parts for g in part.param_groups]


def make_optimizer(model: nn.Module, config: TrainingConfig) -> Optimizers:
    """Make AdamW for all weights, or Muon for the encoder's matrices and AdamW beside.

    Biases and layer norms are not decayed.
    """
    if config.optimizer == "adamw":
        return Optimizers([_make_adamw(model.parameters(), config)])
    matrices: list[Tensor] = []
    others: list[Tensor] = []
    for name, param in model.named_parameters():
        inner = param.ndim == 2 and ".encoder." in name
        (matrices if inner else others).append(param)
    decay = config.weight_decay
    muon = Muon(matrices, lr=config.rate, weight_decay=decay)
    return Optimizers([muon, _make_adamw(others, config)])


def _make_adamw(params: Iterable[Tensor], config: TrainingConfig) -> Optimizer:
    params = list(params)
    return torch.optim.AdamW(
        [
            {
                "params": [p for p in params if p.ndim > 1],
                "weight_decay": config.weight_decay,
            },
            {"params": [p for p in params if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=config.rate,
        betas=(0.9, 0.98),
        eps=1e-6,
        fused=True,
    )
