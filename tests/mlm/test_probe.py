from __future__ import annotations

import pytest
import torch
from transformers import BertForMaskedLM

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.probe import Probe, check_probe
from tests import toys


def test_toys_keep_the_formula(toy_lm: MaskedLM) -> None:
    assert toy_lm.probe.head_error < 1e-5
    assert toy_lm.probe.decoder_error < 1e-5


def test_model_that_scales_its_scores() -> None:
    class Scaled(BertForMaskedLM):
        def forward(self, *args: object, **kwargs: object):  # noqa: ANN202
            output = super().forward(*args, **kwargs)
            output.logits = output.logits.tanh()
            return output

    model, tokenizer = toys.toy_bert()
    scaled = Scaled(model.config)
    scaled.load_state_dict(model.state_dict())
    with pytest.raises(ModelError, match="E107.*'scaled'"):
        MaskedLM.from_parts(scaled, tokenizer, name="scaled")


def test_weights_that_are_not_numbers() -> None:
    model = BertForMaskedLM(toys.toy_bert()[0].config)
    with torch.no_grad():
        model.cls.predictions.bias[3] = torch.nan
    with pytest.raises(ModelError, match="E107"):
        MaskedLM.from_parts(model, toys.toy_bert()[1], name="nan")


def test_rounding_is_forgiven() -> None:
    check_probe(Probe(1e-6, 1e-5), "fine")
    with pytest.raises(ModelError, match="0.01"):
        check_probe(Probe(0.0, 0.01), "wrong")
