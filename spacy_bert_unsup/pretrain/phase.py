"""The two phases of a run: the main one, and the cool-down that ends a branch."""

from __future__ import annotations

from dataclasses import dataclass

from .settings import PretrainConfig


@dataclass(frozen=True, slots=True)
class Phase:
    """What is different between the main phase and the cool-down.

    lengths (dict[int, float]): Sequence length -> share of the tokens.
    minutes, steps (float, int): Budget of the phase; 0 for none.
    """

    name: str
    lengths: dict[int, float]
    schedule: str
    warmup_steps: int
    decay_share: float
    minutes: float
    steps: int
    valid_lengths: list[int]


def main_phase(config: PretrainConfig) -> Phase:
    """RETURNS (Phase): As the config's section [training] says."""
    train = config.training
    return Phase(
        name="main",
        lengths=train.lengths,
        schedule=train.schedule,
        warmup_steps=train.warmup_steps,
        decay_share=train.decay_share,
        minutes=train.minutes,
        steps=train.steps,
        valid_lengths=train.valid_lengths,
    )


def cooldown_phase(config: PretrainConfig, *, minutes: float, steps: int) -> Phase:
    """RETURNS (Phase): The rate falls to zero over the budget, on the final lengths."""
    return Phase(
        name="cooldown",
        lengths=config.cooldown.lengths,
        schedule="linear",
        warmup_steps=0,
        decay_share=1.0,
        minutes=minutes,
        steps=steps,
        valid_lengths=config.cooldown.valid_lengths,
    )
