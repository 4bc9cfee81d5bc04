from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.pretrain.schedule import rate_factor, spent


def factor(schedule, step, progress, decay_share=0.2):
    return rate_factor(
        schedule,
        step=step,
        progress=progress,
        warmup_steps=100,
        decay_share=decay_share,
    )


@given(
    schedule=st.sampled_from(["trapezoid", "linear", "cosine"]),
    step=st.integers(0, 10**6),
    progress=st.floats(0, 3),
    decay_share=st.floats(0, 1),
)
def test_factor_is_a_share(schedule, step, progress, decay_share):
    assert 0 <= factor(schedule, step, progress, decay_share) <= 1


def test_warm_up_rises_from_the_first_step():
    assert factor("trapezoid", 0, 0) == pytest.approx(0.01)
    assert factor("trapezoid", 49, 0) == pytest.approx(0.5)
    assert factor("trapezoid", 99, 0) == 1


def test_trapezoid_is_constant_until_its_decay():
    assert factor("trapezoid", 500, 0.8) == pytest.approx(1)
    assert factor("trapezoid", 500, 0.9) == pytest.approx(0.5)
    assert factor("trapezoid", 500, 1.0) == 0
    assert factor("trapezoid", 500, 0.99, decay_share=0) == 1


def test_linear_and_cosine_fall_to_zero():
    assert factor("linear", 500, 0.25) == pytest.approx(0.75)
    assert factor("cosine", 500, 0.5) == pytest.approx(0.5)
    assert factor("linear", 500, 1) == factor("cosine", 500, 1) == 0


def test_the_budget_that_ends_first_counts():
    def part(steps, minutes):
        return spent(steps=50, seconds=60, budget_steps=steps, budget_minutes=minutes)

    assert part(100, 10) == 0.5
    assert part(100, 1.25) == 0.8
    assert part(0, 0) == 0
