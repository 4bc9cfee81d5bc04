"""Every mistake of a user: the right kind of error, with its remedy in the message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import spacy

from spacy_bert_unsup.errors import (
    AssetsError,
    BertUnsupError,
    ConfigError,
    ModelError,
)
from spacy_bert_unsup.vocab.assets import META, SEEDS, VECTORS, ClusterAssets
from spacy_bert_unsup.vocab.labels import invert_seeds
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.pipeline.conftest import TOY_ENTS, TOY_SEEDS, TOY_TEXT, MakeNLP, entities
from tests.toys import make_lm, toy_bert


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        ({"model": "/no/such/folder"}, ModelError, "no model folder.*'starter'"),
        ({"assets": "/no/assets"}, AssetsError, "no assets folder /no/assets"),
        ({"seeds": {"A/B": ["x"]}}, AssetsError, "'A/B' cannot be a label"),
        ({"seeds": {"": ["x"]}}, AssetsError, "cannot be a label"),
        ({"seeds": {"FRUIT": []}}, AssetsError, "'FRUIT' needs a list of terms"),
        ({"seeds_only": True}, ConfigError, "'seeds' is empty"),
        (
            {"seeds": {"FRUIT": ["zzz"]}, "seeds_only": True},
            AssetsError,
            "None of the 1 seed terms.*whole words",
        ),
        ({"candidates": "chunks"}, ConfigError, "'chunks'.*noun_chunks"),
        ({"masking": "all"}, ConfigError, "'masking' cannot be 'all'.*exact"),
        ({"cues": ["sound"]}, ConfigError, "'sound'.*context, phrase, lexical"),
        ({"cues": []}, ConfigError, "context, phrase, lexical"),
        ({"cue_weights": {"sound": 1}}, ConfigError, "'sound'"),
        ({"cue_weights": {"phrase": -1}}, ConfigError, r"cue_weights\['phrase'\]"),
        ({"top_k": 0}, ConfigError, "top_k"),
        ({"max_batch_pieces": 0}, ConfigError, "max_batch_pieces must be at least 1"),
        ({"voting": {"maxspan": 3}}, ConfigError, "'maxspan'.*max_span"),
        ({"voting": {"max_span": "long"}}, ConfigError, "'max_span'.*'long'"),
        ({"voting": {"per_piece": 1}}, ConfigError, "'per_piece'"),
        ({"voting": {"bridges": "of"}}, ConfigError, "'bridges'"),
        ({"voting": {"top_k": 3}}, ConfigError, "no setting 'top_k'"),
        ({"voting": {"count_norm": "cube"}}, ConfigError, "'cube'.*softmax"),
        ({"device": "gpu7"}, ModelError, "'gpu7'.*'auto'"),
        ({"dtype": "float64"}, ModelError, "'float64'.*bfloat16"),
        (
            {"voting": {"context_templates": ["no blank"]}, "cues": ["context"]},
            ConfigError,
            r"'no blank' needs '\[MASK\]'",
        ),
    ],
)
def test_bad_settings(
    make_toy: MakeNLP, config: dict[str, Any], error: type, message: str
):
    """Folders that are missing are only missed when they are used."""
    with pytest.raises(error, match=message):
        make_toy(**config)(TOY_TEXT)


def test_unknown_model_name_offline(make_toy: MakeNLP):
    nlp = make_toy(model="nobody/has-this-model", assets=None)  # no hub is asked here
    assert "PERSON" in nlp.pipe_labels["bert_unsup_ner"]  # by the shipped seeds
    for use in (lambda: nlp(TOY_TEXT), nlp.initialize, lambda: list(nlp.pipe(["a"]))):
        with pytest.raises(ModelError, match=r"nobody/has-this-model.*hf download"):
            use()


def use(config: dict[str, Any]) -> None:
    """Nothing is read before the first use: it may come with a saved pipeline."""
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", config=config)
    nlp(TOY_TEXT)


def test_folder_without_a_head(tmp_path: Path):
    model, tokenizer = toy_bert()
    model.bert.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="no masked language model head.*fine-tuned"):
        use({"model": str(tmp_path)})


def test_folder_that_holds_no_model(tmp_path: Path):
    with pytest.raises(ModelError, match="config.json"):
        use({"model": str(tmp_path)})


def test_assets_of_another_model(make_toy: MakeNLP, tmp_path: Path):
    vectors = VocabVectors.from_mlm(make_lm("distilbert"))
    seeds = invert_seeds(TOY_SEEDS)
    ClusterAssets.build(vectors, seeds, model="other").to_disk(tmp_path)
    with pytest.raises(AssetsError, match="'other'.*leave 'assets' out"):
        make_toy(assets=str(tmp_path)).initialize()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (VECTORS, b"not safetensors", "is damaged"),
        (VECTORS, None, "holds no entity_vectors.safetensors"),
        (META, b"{", "meta.json is damaged"),
        (META, b'{"format_version": 99}', "format 99.*Build the assets again"),
        (META, b'{"format_version": 1}', "is damaged"),
        (SEEDS, b'{"term": "x"}\n', "seed_labels.jsonl, line 1"),
        (SEEDS, b"\xff\xfe", "is damaged.*utf-8"),
        ("label_map.json", b"[]", "label_map.json is damaged"),
    ],
)
def test_corrupt_assets(
    make_toy: MakeNLP,
    toy_folder: Path,
    tmp_path: Path,
    name: str,
    content: Any,
    message: str,
):
    ClusterAssets.from_disk(toy_folder / "assets").to_disk(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(AssetsError, match=message):
        make_toy(assets=str(tmp_path)).initialize()


def test_assets_with_another_number_of_labels(
    make_toy: MakeNLP, toy_folder: Path, tmp_path: Path
):
    ClusterAssets.from_disk(toy_folder / "assets").to_disk(tmp_path)
    meta = json.loads((tmp_path / META).read_bytes())
    meta["labels"].pop(0)
    (tmp_path / META).write_text(json.dumps(meta))
    with pytest.raises(AssetsError, match="is damaged"):
        make_toy(assets=str(tmp_path)).initialize()


def test_saved_pipeline_needs_neither_its_model_folder_nor_its_assets(
    tmp_path: Path, make_toy: MakeNLP, toy_folder: Path
):
    make_lm("bert").save(tmp_path / "mine")
    ClusterAssets.from_disk(toy_folder / "assets").to_disk(tmp_path / "labels")
    folders = {"model": str(tmp_path / "mine"), "assets": str(tmp_path / "labels")}
    make_toy(**folders).to_disk(tmp_path / "nlp")
    (tmp_path / "mine").rename(tmp_path / "gone")
    assert entities(spacy.load(tmp_path / "nlp")(TOY_TEXT)) == TOY_ENTS
    (tmp_path / "labels").rename(tmp_path / "gone too")
    assert entities(spacy.load(tmp_path / "nlp")(TOY_TEXT)) == TOY_ENTS
    (tmp_path / "gone").rename(tmp_path / "mine")
    assert entities(spacy.load(tmp_path / "nlp")(TOY_TEXT)) == TOY_ENTS


@pytest.mark.parametrize("part", ["model", "assets"])
def test_saved_pipeline_that_lost_a_part(make_toy: MakeNLP, tmp_path: Path, part: str):
    make_toy().to_disk(tmp_path)
    (tmp_path / "bert_unsup_ner" / part).rename(tmp_path / "elsewhere")
    with pytest.raises(AssetsError, match=rf"bert_unsup_ner.*{part}"):
        spacy.load(tmp_path)


def test_all_errors_of_ours_have_one_base():
    kinds = (ModelError, AssetsError, ConfigError)
    assert all(issubclass(kind, BertUnsupError) for kind in kinds)
