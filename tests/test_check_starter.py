"""scripts/check_starter.py: the embedded starter is whole, and damage is noticed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from scripts import check_starter as check
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.assets import ClusterAssets
from tests.test_ner_eval import ROW


@pytest.fixture(scope="module")
def starter():
    return MaskedLM.load("starter"), ClusterAssets.from_disk(check.STARTER / "assets")


def test_the_starter_is_whole(starter):
    lm, assets = starter
    card = check.CARD.read_text("utf8")
    scores = json.loads(check.SCORES.read_text("utf8"))
    assert check.check_fit(lm, assets) == []
    assert check.check_labels(assets) == []
    assert check.check_sizes(check.STARTER) == []
    assert check.check_card(card, check.card_lines(lm, assets)) == []
    assert check.check_card(card, check.score_lines(scores)) == []


def test_assets_of_another_model(starter):
    lm, assets = starter
    (wrong,) = check.check_fit(lm, replace(assets, fingerprint="0" * 16))
    assert assets.fingerprint in wrong
    short = replace(assets, counts=np.zeros((5, 3), np.float32))
    assert check.check_fit(lm, short) == [
        f"The counts are (5, 3), and should be {assets.counts.shape}"
    ]


def test_labels_of_another_scheme(starter):
    _, assets = starter
    scheme = replace(assets.scheme, parents={}, non_entity=("VERB",))
    wrong = check.check_labels(replace(assets, scheme=scheme, thresholds={"X": 0.5}))
    assert len(wrong) == 3


def test_files_that_are_too_large(tmp_path):
    for name, size in {"a": check.LARGEST_FILE + 1, "b": check.LARGEST}.items():
        with (tmp_path / f"{name}.safetensors").open("wb") as file:
            file.truncate(int(size))
    assert len(check.check_sizes(tmp_path)) == 3


def test_numbers_that_are_not_true(starter):
    (line,) = check.card_lines(*starter)
    card = check.CARD.read_text("utf8")
    changed = card.replace(line, line.replace("terms by hand", "terms by chance"))
    assert check.check_card(changed, [line]) == [f"The model card lacks: {line}"]
    assert check.score_lines({"sets": [ROW]}) == [
        "| tiny | 50.0 | 25.0 | 33.3 | 13.3 | 75.0 |"
    ]


def test_seeds_that_make_other_assets(toy):
    lm, assets = toy
    assert check.check_build(lm, assets) == []
    counts = np.roll(assets.counts, 1, axis=1)
    (wrong,) = check.check_build(lm, replace(assets, counts=counts))
    assert "other assets" in wrong


@pytest.fixture(scope="module")
def toy(bert_lm):
    from spacy_bert_unsup.vocab.vectors import VocabVectors

    seeds = {"Paris": ("GPE",), "fever": ("DISEASE",), "the": ("FUNCTION",)}
    return bert_lm, ClusterAssets.build(
        VocabVectors.from_mlm(bert_lm), seeds, model="toy"
    )
