"""Muon: momentum steps whose matrices are made orthogonal (Jordan et al. 2024)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic iteration of Jordan et al.: steep at 0, about 1 elsewhere."""

RMS = 0.2
"""Size of a step's entries, as AdamW's: one rate serves both (Liu et al. 2025)."""


class Muon(Optimizer):
    """Steps along the nearest orthogonal matrix to the momentum.

    torch.optim.Muon does the same, but multiplies in bfloat16 always, which is emulated
    on most processors: there it takes seventy times as long as this one.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        *,
        lr: float,
        weight_decay: float = 0.0,
        momentum: float = 0.95,
        steps: int = 5,
    ) -> None:
        """params (Iterable[Tensor]): Matrices, each (rows, columns).
        lr (float): Rate; on the scale of AdamW's.
        steps (int): Iterations of `orthogonalize`.
        """
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "steps": steps,
        }
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Change the matrices; those of one shape together."""
        for group in self.param_groups:
            shapes: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for param in group["params"]:
                if param.grad is not None:
                    shapes[param.shape].append(param)
            for shape, params in shapes.items():
                wanted = torch.stack(
                    [self._direction(param, group["momentum"]) for param in params]
                )
                moves = orthogonalize(wanted, group["steps"])
                scale = RMS * max(shape) ** 0.5
                for param, move in zip(params, moves, strict=True):
                    param.mul_(1 - group["lr"] * group["weight_decay"])
                    param.add_(move, alpha=-group["lr"] * scale)

    def _direction(self, param: Tensor, momentum: float) -> Tensor:
        """RETURNS (Tensor): Nesterov's momentum of a matrix, (rows, columns)."""
        state, grad = self.state[param], param.grad
        assert grad is not None
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(grad)
        kept: Tensor = state["momentum"]
        kept.lerp_(grad, 1 - momentum)
        return grad.lerp(kept, momentum)


def orthogonalize(matrices: Tensor, steps: int = 5) -> Tensor:
    """Push all singular values towards 1, the singular vectors kept.

    Newton-Schulz iteration; in bfloat16 on GPUs, else in float32.

    matrices (Tensor): (N, rows, columns).
    RETURNS (Tensor): (N, rows, columns) float32, singular values about 0.7 to 1.2
        (those of nearly nothing, less).
    """
    a, b, c = COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-7)
    if x.is_cuda:
        x = x.bfloat16()
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + torch.baddbmm(gram, gram, gram, beta=b, alpha=c) @ x
    return (x.mT if tall else x).float()
