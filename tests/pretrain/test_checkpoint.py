from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
import torch
from torch import nn

from spacy_bert_unsup.errors import PretrainError
from spacy_bert_unsup.pretrain import checkpoint
from spacy_bert_unsup.pretrain.checkpoint import (
    RunState,
    check_space,
    find_checkpoint,
    load_optimizer,
    load_state,
    load_weights,
    save_checkpoint,
)


class Tied(nn.Module):
    """Two layers that share their weight, as a BERT does."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)
        self.second.weight = self.first.weight


def learn(model, optimizer):
    model.second(model.first(torch.ones(1, 3))).sum().backward()
    optimizer.step()
    optimizer.zero_grad()


def make(run, steps=1):
    torch.manual_seed(0)
    model = Tied()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    for step in range(1, steps + 1):
        learn(model, optimizer)
        state = RunState(step=step, row=10 * step, tokens=7, seconds=1.5, seed=3)
        save_checkpoint(run, state, model=model, optimizer=optimizer, extra={})
    return model, optimizer


def test_what_is_loaded_is_what_was_saved(tmp_path):
    model, optimizer = make(tmp_path)
    folder = find_checkpoint(tmp_path)
    assert load_state(folder) == RunState(1, 10, 7, 1.5, seed=3)
    other = Tied()
    other_optimizer = torch.optim.AdamW(other.parameters(), lr=0.5)
    load_weights(folder, other)
    assert load_optimizer(folder, other_optimizer)
    for net, opt in ((model, optimizer), (other, other_optimizer)):
        learn(net, opt)
    assert torch.equal(model.first.weight, other.first.weight)
    assert other.second.weight is other.first.weight


def test_the_newest_two_are_kept(tmp_path):
    make(tmp_path, steps=4)
    names = [path.name for path in sorted((tmp_path / "checkpoints").iterdir())]
    assert names == ["step-00000003", "step-00000004"]
    assert find_checkpoint(tmp_path / "last").name == names[-1]
    assert find_checkpoint(tmp_path / "checkpoints" / names[0]).name == names[0]
    assert not list(tmp_path.rglob(".*"))


def test_a_kill_while_writing_leaves_the_last_one(tmp_path, monkeypatch):
    model, optimizer = make(tmp_path)

    def die(*args, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", die)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(
            tmp_path, RunState(step=2), model=model, optimizer=optimizer, extra={}
        )
    assert load_state(find_checkpoint(tmp_path)).step == 1


def test_weights_alone_are_enough(tmp_path):
    make(tmp_path)
    folder = find_checkpoint(tmp_path)
    (folder / "optimizer.pt").unlink()
    assert not load_optimizer(folder, torch.optim.AdamW(Tied().parameters()))


@pytest.mark.parametrize("model", [Tied(4), nn.Linear(3, 3)])
def test_weights_that_do_not_fit_are_named(tmp_path, model):
    make(tmp_path)
    folder = find_checkpoint(tmp_path)
    with pytest.raises(PretrainError, match=str(folder)):
        load_weights(folder, model)


def test_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(PretrainError, match="nothing-here"):
        find_checkpoint(tmp_path / "nothing-here")


def test_no_space_is_said_before_training(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, 35_000_000))
    check_space(tmp_path / "run", parameters=900_000)
    with pytest.raises(PretrainError, match="36 MB are needed, 35 MB are free"):
        check_space(tmp_path / "run", parameters=1_000_000)
    assert checkpoint.KEEP == 2
