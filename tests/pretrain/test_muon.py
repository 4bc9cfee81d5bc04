from __future__ import annotations

import pytest
import torch

from spacy_bert_unsup.pretrain.checkpoint import (
    RunState,
    load_optimizer,
    save_checkpoint,
)
from spacy_bert_unsup.pretrain.model import make_model
from spacy_bert_unsup.pretrain.muon import Muon, orthogonalize
from spacy_bert_unsup.pretrain.optimizer import make_optimizer
from spacy_bert_unsup.pretrain.settings import ModelConfig, TrainingConfig

SMALL = ModelConfig(layers=1, hidden=8, heads=2, intermediate=16, positions=8)


def net():
    return make_model(SMALL, entries=12, device="cpu")


@pytest.mark.parametrize("shape", [(6, 6), (5, 9), (9, 5)])
def test_singular_values_become_about_one(shape):
    """Beside the singular value decomposition, which gives them exactly."""
    torch.manual_seed(0)
    matrices = torch.randn(3, *shape)
    found = orthogonalize(matrices)
    left, _, right = torch.linalg.svd(matrices, full_matrices=False)
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.6 and values.max() < 1.3
    assert (
        torch.cosine_similarity(found.flatten(1), (left @ right).flatten(1)).min()
        > 0.95
    )


def test_a_step_is_as_long_as_one_of_adamw():
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(32, 32))
    before = weight.detach().clone()
    muon = Muon([weight], lr=0.1)
    weight.grad = torch.randn(32, 32)
    muon.step()
    moved = (weight.detach() - before).square().mean().sqrt()
    assert moved.item() == pytest.approx(0.1 * 0.2, rel=0.3)


def test_it_finds_the_minimum():
    torch.manual_seed(0)
    wanted, weight = torch.randn(6, 4), torch.nn.Parameter(torch.zeros(6, 4))
    muon = Muon([weight], lr=0.3)
    for step in range(300):
        muon.param_groups[0]["lr"] = 0.3 * (1 - step / 300)
        muon.zero_grad()
        (weight - wanted).square().sum().backward()
        muon.step()
    assert torch.allclose(weight.detach(), wanted, atol=0.05)


def test_decay_alone_shrinks():
    weight = torch.nn.Parameter(torch.ones(2, 2))
    weight.grad = torch.zeros(2, 2)
    Muon([weight], lr=0.5, weight_decay=0.2).step()
    assert torch.allclose(weight.detach(), torch.full((2, 2), 0.9))


def test_each_weight_has_one_optimiser():
    model = net()
    whole = make_optimizer(model, TrainingConfig(optimizer="muon"))
    assert [type(part).__name__ for part in whole.parts] == ["Muon", "AdamW"]
    params = [p for group in whole.param_groups for p in group["params"]]
    assert len({id(p) for p in params}) == len(params) == len(list(model.parameters()))
    matrices = whole.param_groups[0]["params"]
    assert len(matrices) == 6 and all(p.ndim == 2 for p in matrices)


def learn(model, optimizer):
    for param in model.parameters():
        param.grad = torch.ones_like(param)
    optimizer.step()
    optimizer.zero_grad()
    assert all(param.grad is None for param in model.parameters())


def test_state_survives_a_checkpoint(tmp_path):
    config = TrainingConfig(optimizer="muon")
    model, other = net(), net()
    optimizer = make_optimizer(model, config)
    learn(model, optimizer)
    folder = save_checkpoint(
        tmp_path, RunState(step=1), model=model, optimizer=optimizer, extra={}
    )
    other.load_state_dict(model.state_dict())
    again = make_optimizer(other, config)
    assert load_optimizer(folder, again)
    for net_, opt in ((model, optimizer), (other, again)):
        for group in opt.param_groups:
            group["lr"] = 0.01
        learn(net_, opt)
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two)


def save_adamw(run):
    """A checkpoint after one step, and its optimiser."""
    model = net()
    optimizer = make_optimizer(model, TrainingConfig())
    learn(model, optimizer)
    state = RunState(step=1)
    return (
        save_checkpoint(run, state, model=model, optimizer=optimizer, extra={}),
        optimizer,
    )


def test_adamw_is_read_as_torch_writes_it(tmp_path):
    """Checkpoints of before there was a choice."""
    folder, optimizer = save_adamw(tmp_path)
    torch.save(optimizer.parts[0].state_dict(), folder / "optimizer.pt")
    again = make_optimizer(net(), TrainingConfig())
    assert load_optimizer(folder, again)
    assert len(again.parts[0].state) == len(optimizer.parts[0].state) > 0


def test_another_optimiser_starts_anew(tmp_path):
    folder, _ = save_adamw(tmp_path)
    assert not load_optimizer(
        folder, make_optimizer(net(), TrainingConfig(optimizer="muon"))
    )
