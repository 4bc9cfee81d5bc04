"""How the learning rate changes over a run."""

from __future__ import annotations

import math


def rate_factor(
    schedule: str, *, step: int, progress: float, warmup_steps: int, decay_share: float
) -> float:
    """Share of the peak learning rate to use now.

    schedule (str): "trapezoid" is constant and falls linearly over the last part of
        the budget (Hägele et al. 2024), so that a run can be prolonged at any time;
        "linear" and "cosine" fall over the whole budget.
    step (int): Steps done, for the warm-up.
    progress (float): Part of the budget that is spent, in [0, 1]; 0 without a budget.
    decay_share (float): Last part of the budget over which a trapezoid falls.
    RETURNS (float): In [0, 1].
    """
    rise = min(1.0, (step + 1) / warmup_steps) if warmup_steps else 1.0
    left = min(max(1.0 - progress, 0.0), 1.0)
    if schedule == "linear":
        fall = left
    elif schedule == "cosine":
        fall = 0.5 * (1.0 - math.cos(math.pi * left))
    else:
        fall = min(1.0, left / decay_share) if decay_share else 1.0
    return min(rise, fall)


def spent(
    *, steps: int, seconds: float, budget_steps: int, budget_minutes: float
) -> float:
    """Part of the budget that is spent: of steps or of time, whichever is more.

    RETURNS (float): 0 without a budget; 1 or more when it is over.
    """
    by_steps = steps / budget_steps if budget_steps else 0.0
    by_time = seconds / (60 * budget_minutes) if budget_minutes else 0.0
    return max(by_steps, by_time)
