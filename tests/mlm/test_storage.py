from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.storage import (
    is_lossless_int8,
    quantize_rows,
    read_weights,
    restore_rows,
    write_weights,
)


def random_matrix(rows: int, width: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, width, generator=torch.Generator().manual_seed(seed))


def test_rows_are_rounded_to_a_step_of_their_largest_number() -> None:
    matrix = random_matrix(50, 30) * torch.logspace(-3, 2, 50)[:, None]
    restored = restore_rows(*quantize_rows(matrix))
    step = matrix.abs().amax(dim=1) / 127
    # Half a step, and the rounding of the scale to float16.
    assert ((restored - matrix).abs().amax(dim=1) <= 0.57 * step).all()


@given(seed=st.integers(0, 1000), power=st.floats(-3, 3))
def test_rounding_twice_changes_nothing(seed: int, power: float) -> None:
    matrix = random_matrix(4, 9, seed) * 10**power
    once = restore_rows(*quantize_rows(matrix))
    assert torch.equal(restore_rows(*quantize_rows(once)), once)
    assert is_lossless_int8(once)


def test_random_numbers_are_not_lossless() -> None:
    assert not is_lossless_int8(random_matrix(4, 9))
    assert is_lossless_int8(random_matrix(1, 9)[0])


def test_row_of_zeros() -> None:
    assert not restore_rows(*quantize_rows(torch.zeros(2, 3))).any()


def test_numbers_that_a_scale_cannot_hold(tmp_path: Path) -> None:
    """They are stored as they are."""
    weights = {"huge": torch.full((2, 3), 1e9), "tiny": torch.full((2, 3), 1e-9)}
    write_weights(tmp_path, weights, max_file_bytes=10**6)
    for name, tensor in read_weights(tmp_path).items():
        assert torch.equal(tensor, weights[name])


def test_files_stay_below_the_bound(tmp_path: Path) -> None:
    weights = {f"m{i}": random_matrix(5000, 100, seed=i) for i in range(4)}
    weights["vector"] = random_matrix(1, 5000)[0]
    write_weights(tmp_path, weights, max_file_bytes=700_000)
    files = list(tmp_path.glob("*.safetensors"))
    assert len(files) >= 4
    assert max(file.stat().st_size for file in files) <= 700_000
    restored = read_weights(tmp_path)
    assert set(restored) == set(weights)
    assert torch.equal(restored["vector"], weights["vector"])
    for name in ("m0", "m3"):
        whole = restore_rows(*quantize_rows(weights[name]))
        assert torch.equal(restored[name], whole)


def test_other_format_version(tmp_path: Path) -> None:
    write_weights(tmp_path, {"m": random_matrix(2, 2)}, max_file_bytes=10**6)
    header = json.loads((tmp_path / "weights.json").read_text())
    (tmp_path / "weights.json").write_text(json.dumps({**header, "format": 99}))
    with pytest.raises(ModelError, match="E111.*99"):
        read_weights(tmp_path)


def test_error_is_small_for_normal_weights() -> None:
    matrix = random_matrix(200, 256)
    error = (restore_rows(*quantize_rows(matrix)) - matrix).norm() / matrix.norm()
    assert error < 0.01
    assert np.isfinite(float(error))
