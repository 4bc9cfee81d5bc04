from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from spacy_bert_unsup.pretrain.batches import BatchPlan, make_batch
from spacy_bert_unsup.pretrain.model import (
    PretrainingLoss,
    choose_device,
    choose_precision,
    make_model,
    to_tensors,
)
from spacy_bert_unsup.pretrain.pairs import NO_LABEL

PLAN = BatchPlan({32: 1.0}, batch_tokens=256, mask_ratio=0.2, single_share=0.5, seed=1)


def test_losses_equal_those_of_all_positions(config, store):
    """Beside the model's own loss, which scores the vocabulary everywhere."""
    torch.manual_seed(0)
    model = make_model(config.model, entries=store.size, device="cpu").eval()
    batch = make_batch(store, PLAN, step=0, row=0)
    tensors = to_tensors(batch, "cpu")
    with torch.no_grad():
        found = PretrainingLoss(model)(**tensors)
        labels = torch.full(batch.ids.shape, -100)
        labels.view(-1)[torch.from_numpy(batch.positions)] = tensors["targets"]
        output = model(
            tensors["ids"],
            attention_mask=torch.from_numpy(batch.attention),
            token_type_ids=tensors["segments"],
        )
    everywhere = output.prediction_logits.flatten(0, 1)
    asked = tensors["follows"] != NO_LABEL
    answers = output.seq_relationship_logits[asked]
    mlm = F.cross_entropy(everywhere, labels.flatten())
    nsp = F.cross_entropy(answers, tensors["follows"][asked])
    assert found.mlm.item() == pytest.approx(mlm.item(), abs=1e-5)
    assert found.nsp.item() == pytest.approx(nsp.item(), abs=1e-5)


def test_a_batch_of_single_texts_has_no_second_loss(config, store):
    model = make_model(config.model, entries=store.size, device="cpu")
    batch = make_batch(store, PLAN, step=0, row=0)
    batch.follows[:] = NO_LABEL
    losses = PretrainingLoss(model)(**to_tensors(batch, "cpu"))
    assert losses.nsp.item() == 0
    assert losses.mlm.item() > 0


def test_choices():
    assert choose_device("cpu") == "cpu"
    assert choose_precision("float32", "cuda") == torch.float32
    assert choose_precision("bfloat16", "cpu") == torch.bfloat16


@pytest.mark.parametrize(
    "probe", ["_is_amx_tile_supported", "_is_avx512_bf16_supported"]
)
def test_processors_without_bfloat16_products_use_float32(monkeypatch, probe):
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False, raising=False)
    assert choose_precision("auto", "cpu") == torch.float32
    monkeypatch.setattr(torch.cpu, probe, lambda: True)
    assert choose_precision("auto", "cpu") == torch.bfloat16
