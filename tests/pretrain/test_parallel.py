"""Two processes on one processor, started as people start them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from spacy_bert_unsup.pretrain.batches import make_batch
from spacy_bert_unsup.pretrain.checkpoint import find_checkpoint, load_state
from spacy_bert_unsup.pretrain.model import PretrainingLoss, to_tensors
from spacy_bert_unsup.pretrain.parallel import Team
from spacy_bert_unsup.pretrain.phase import main_phase
from spacy_bert_unsup.pretrain.run import open_run
from spacy_bert_unsup.pretrain.settings import LabelsConfig
from spacy_bert_unsup.pretrain.train import make_plan

from .conftest import DATA

ROOT = Path(__file__).parents[2]
STEPS = 4


def train_alone(config, prepared, folder):
    """The naive way: one process takes both shares, and averages the gradients."""
    team = Team(rank=0, world=1, device="cpu")
    phase = main_phase(config)
    run = open_run(folder, config, phase=phase, prepared=prepared, team=team)
    loss = PretrainingLoss(run.model, run.words)
    row = 0
    for step in range(STEPS):
        for rank in (0, 1):
            plan = replace(make_plan(run), rank=rank, world=2)
            batch = make_batch(run.train, plan, step=step, row=row)
            losses = loss(**to_tensors(batch, "cpu"))
            ((losses.mlm + losses.nsp + losses.label) / 2).backward()
        row = batch.next_row
        for group in run.optimizer.param_groups:
            group["lr"] = run.rate(0.0)
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), config.training.clip)
        run.optimizer.step()
        run.optimizer.zero_grad()
        run.state.step += 1
    return run.model.state_dict(), row


@pytest.mark.parametrize("labelled", [False, True])
def test_two_processes_train_like_one(config, overrides, prepared, tmp_path, labelled):
    if labelled:
        labels = LabelsConfig(str(DATA / "tiny_seeds.tsv"), "none", held_out=0.0)
        config = replace(config, labels=labels)
        overrides = overrides | {
            "labels.seeds": labels.seeds,
            "labels.shipped": "none",
            "labels.held_out": "0",
        }
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node=2", "-m", "spacy_bert_unsup.pretrain"]
    command += [str(ROOT / "configs" / "pretrain_tiny.cfg"), "--out", str(tmp_path)]
    command += [f"--{name}={value}" for name, value in overrides.items()]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    expected, row = train_alone(config, prepared, tmp_path / "alone")
    checkpoint = find_checkpoint(tmp_path)
    state = load_state(checkpoint)
    assert (state.step, state.row, state.tokens) == (STEPS, row, STEPS * 2 * 128)
    for name, tensor in load_file(checkpoint / "model.safetensors").items():
        assert torch.allclose(tensor, expected[name], atol=2e-5), name
    assert (tmp_path / "model" / "config.json").exists()
