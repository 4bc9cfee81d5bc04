"""The untrained encoders of benchmarks/trials.py hold what the starter has learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from benchmarks.trial_start import main_axes, resize, write_start
from benchmarks.trials import TRIALS, slug
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.pretrain.settings import ModelConfig
from spacy_bert_unsup.vocab.vectors import VocabVectors


def test_the_first_axes_hold_most():
    """Full width turns the table; half of it keeps the half that varies."""
    torch.manual_seed(0)
    table = torch.randn(50, 6) * torch.tensor([5.0, 0.1, 4.0, 0.1, 3.0, 0.1])
    turned = table @ main_axes(table)
    torch.testing.assert_close(turned @ turned.T, table @ table.T, rtol=1e-4, atol=1e-3)
    kept = resize(turned, 3)
    assert kept.shape == (50, 3)
    assert kept.square().sum() > 0.99 * table.square().sum()


def test_more_columns_are_small_noise():
    table = torch.ones(400, 2)
    wide = resize(table, 5)
    assert torch.equal(wide[:, :2], table)
    assert 0.01 < wide[:, 2:].std() < 0.03


@pytest.mark.parametrize("width", [128, 256])
def test_entries_stay_near_to_their_like(tmp_path, width):
    config = ModelConfig(
        layers=1, hidden=width, heads=2, intermediate=64, positions=32, dropout=0.0
    )
    write_start(config, tmp_path / "start")
    made = VocabVectors.from_mlm(MaskedLM.load(tmp_path / "start"))
    starter = VocabVectors.from_mlm(MaskedLM.load("starter"))
    assert made.terms == starter.terms
    rows = [starter.index[word, False] for word in ("Paris", "London", "fever", "and")]
    old, new = (v.unit[rows] @ v.unit[rows].T for v in (starter, made))
    np.testing.assert_allclose(new, old, atol=0.25 if width < 256 else 1e-4)


def test_every_trial_has_a_folder_of_its_own():
    assert len({slug(name) for name in TRIALS}) == len(TRIALS)
    assert all("/" not in slug(name) and " " not in slug(name) for name in TRIALS)
