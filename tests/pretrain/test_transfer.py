from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from spacy_bert_unsup.errors import PretrainError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.pretrain.export import export_model
from spacy_bert_unsup.pretrain.kept import find_folder
from spacy_bert_unsup.pretrain.model import make_model
from spacy_bert_unsup.pretrain.settings import ModelConfig
from spacy_bert_unsup.pretrain.transfer import keep_share, split_piece, transfer_weights


@pytest.fixture(scope="module")
def source(config, prepared, tmp_path_factory):
    """A folder with a model of the tiny vocabulary, and 64 positions."""
    torch.manual_seed(1)
    vocab = Tokenizer.from_file(str(prepared / "tokenizer.json")).get_vocab()
    model = make_model(config.model, entries=len(vocab), device="cpu")
    torch.nn.init.normal_(model.cls.predictions.bias)
    folder = tmp_path_factory.mktemp("source") / "model"
    export_model(model, prepared, folder)
    return folder, model, vocab


def test_same_vocabulary_gives_the_same_model(config, source):
    folder, old, vocab = source
    new = make_model(config.model, entries=len(vocab), device="cpu")
    assert transfer_weights(new, folder, vocab) == 0
    for name, tensor in old.state_dict().items():
        assert torch.equal(tensor, new.state_dict()[name]), name


def test_new_entries_get_the_mean_of_their_pieces(config, source):
    folder, old, vocab = source
    kept = [entry for entry in vocab if entry.startswith("[")]
    known = max((entry for entry in vocab if entry.isalpha()), key=len)
    names = [*kept, known, "Maltese", "##onno", "€"]
    new = make_model(config.model, entries=len(names), device="cpu")
    number = {name: i for i, name in enumerate(names)}
    assert transfer_weights(new, folder, number) == 3
    before, after = old.get_input_embeddings().weight, new.get_input_embeddings().weight
    pieces = split_piece("Maltese", vocab)
    assert "".join(pieces).replace("##", "") == "Maltese" and len(pieces) > 1
    mean = before[[vocab[piece] for piece in pieces]].mean(dim=0)
    assert torch.equal(after[number[known]], before[vocab[known]])
    assert torch.allclose(after[number["Maltese"]], mean)
    assert all(piece.startswith("##") for piece in split_piece("##onno", vocab))
    assert torch.equal(after[number["€"]], before[vocab["[UNK]"]])
    assert new.cls.predictions.decoder.weight is after
    bias, old_bias = new.cls.predictions.bias, old.cls.predictions.bias
    assert bias[number[known]] == old_bias[vocab[known]]


def test_longer_position_table_repeats_the_old_one(config, source):
    folder, old, vocab = source
    longer = replace(config.model, positions=150)
    new = make_model(longer, entries=len(vocab), device="cpu")
    transfer_weights(new, folder, vocab)
    before = old.bert.embeddings.position_embeddings.weight
    after = new.bert.embeddings.position_embeddings.weight
    assert torch.equal(after[:64], before)
    assert torch.equal(after[64:128], before)
    assert torch.equal(after[128:], before[:22])


def test_other_shapes_are_named(config, source):
    folder, _, vocab = source
    wider = replace(config.model, hidden=32)
    with pytest.raises(PretrainError, match=f"{folder}.*model.init"):
        transfer_weights(
            make_model(wider, entries=len(vocab), device="cpu"), folder, vocab
        )


def test_folder_without_a_model_is_named(config, source, tmp_path):
    model = make_model(config.model, entries=len(source[2]), device="cpu")
    with pytest.raises(PretrainError, match=str(tmp_path)):
        transfer_weights(model, tmp_path, source[2])


def test_of_the_first_model_a_share_is_kept(source, config):
    folder, old, vocab = source
    trained = make_model(config.model, entries=len(vocab), device="cpu")
    before = {name: tensor.clone() for name, tensor in trained.state_dict().items()}
    settings = replace(config.model, init=str(folder), keep=0.25)
    mixed = keep_share(trained, settings, vocab).state_dict()
    for name, tensor in trained.state_dict().items():
        expected = 0.75 * tensor + 0.25 * old.state_dict()[name]
        assert torch.allclose(mixed[name], expected, atol=1e-6), name
        assert torch.equal(tensor, before[name])


def test_what_the_first_model_lacks_is_as_it_was_trained():
    tokenizer = Tokenizer.from_file(str(find_folder("starter") / "tokenizer.json"))
    entries = tokenizer.get_vocab()
    shape = ModelConfig(init="starter", keep=0.5)
    trained = make_model(shape, entries=len(entries), device="cpu")
    mixed = keep_share(trained, shape, entries)
    head = trained.cls.seq_relationship.weight
    assert torch.equal(mixed.cls.seq_relationship.weight, head)
    assert not torch.equal(mixed.cls.predictions.bias, trained.cls.predictions.bias)


def test_the_starter_can_be_trained_on():
    """Its files hold no next-sentence prediction, which starts anew."""
    folder = find_folder("starter")
    vocab = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    model = make_model(ModelConfig(), entries=len(vocab), device="cpu")
    before = model.cls.seq_relationship.weight.clone()
    assert transfer_weights(model, "starter", vocab) == 0
    assert torch.equal(model.cls.seq_relationship.weight, before)
    starter = MaskedLM.load("starter")
    assert np.array_equal(model.cls.predictions.bias.detach(), starter.bias())


def test_a_model_that_lacks_a_part_is_refused(source, config, tmp_path):
    folder, _, vocab = source
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    weights = load_file(copy / "model.safetensors")
    del weights["cls.predictions.bias"]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    model = make_model(config.model, entries=len(vocab), device="cpu")
    with pytest.raises(PretrainError, match=r"E431.*cls\.predictions\.bias"):
        transfer_weights(model, copy, vocab)
