"""A saved pipeline: weights written once, loaded once, and never taken away."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from spacy_bert_unsup.errors import AssetsError
from spacy_bert_unsup.mlm import loader
from spacy_bert_unsup.pipeline import resources
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities, toy_config


def holders(folder: Path) -> list[str]:
    """Components that have weights of their own."""
    return sorted(file.parent.name for file in folder.glob("*/model"))


def lms(nlp: Language) -> list[Any]:
    return [pipe.lm for _, pipe in nlp.pipeline]  # type: ignore[attr-defined]


def test_weights_are_written_once_and_loaded_once(twins: Language, tmp_path: Path):
    twins.to_disk(tmp_path)
    assert holders(tmp_path) == ["first"]
    loaded = spacy.load(tmp_path)
    first, second = lms(loaded)
    assert first is second
    assert entities(loaded(TOY_TEXT)) == TOY_ENTS


def test_other_weights_are_written_too(
    twins: Language, other_folder: Path, tmp_path: Path
):
    twins.add_pipe(
        "bert_unsup_ner",
        name="third",
        config={"model": str(other_folder), "spans_key": "third"},
    )
    twins.to_disk(tmp_path)
    assert holders(tmp_path) == ["first", "third"]
    first, second, third = lms(spacy.load(tmp_path))
    assert first is second and first is not third


def test_saving_without_the_holder(twins: Language, tmp_path: Path):
    twins.to_disk(tmp_path, exclude=["first"])
    assert holders(tmp_path) == ["second"]


def test_loading_without_the_holder_and_saving_again(twins: Language, tmp_path: Path):
    twins.to_disk(tmp_path / "a")
    part = spacy.load(tmp_path / "a", exclude=["first"])
    assert entities(part(TOY_TEXT)) == TOY_ENTS
    part.to_disk(tmp_path / "b")
    shutil.rmtree(tmp_path / "a")
    assert holders(tmp_path / "b") == ["second"]
    assert entities(spacy.load(tmp_path / "b")(TOY_TEXT)) == TOY_ENTS


def test_saving_again_over_the_whole_without_the_holder(
    twins: Language, tmp_path: Path
):
    twins.to_disk(tmp_path)
    part = spacy.load(tmp_path, exclude=["first"])
    part.to_disk(tmp_path)  # "first" is no component of it any more
    shutil.rmtree(tmp_path / "first")
    assert entities(spacy.load(tmp_path)(TOY_TEXT)) == TOY_ENTS


def test_saving_in_another_order(
    twins: Language, make_toy: MakeNLP, toy_folder: Path, tmp_path: Path
):
    twins.to_disk(tmp_path)
    turned = spacy.blank("en")
    for name in ("second", "first"):
        config = toy_config(toy_folder, spans_key=name)
        turned.add_pipe("bert_unsup_ner", name=name, config=config)
    turned.to_disk(tmp_path)
    assert holders(tmp_path) == ["second"]
    assert entities(spacy.load(tmp_path)(TOY_TEXT)) == TOY_ENTS


def test_replaced_weights_go_to_those_that_need_them(
    twins: Language, other_folder: Path, tmp_path: Path
):
    """The second is left out of the save in which the first gets another model."""
    twins.to_disk(tmp_path)
    config = {"model": str(other_folder), "spans_key": "first"}
    twins.replace_pipe("first", "bert_unsup_ner", config=config)
    twins.to_disk(tmp_path, exclude=["second"])
    assert holders(tmp_path) == ["first", "second"]
    first, second = lms(spacy.load(tmp_path))
    assert first is not second
    assert entities(spacy.load(tmp_path, exclude=["first"])(TOY_TEXT)) == TOY_ENTS


def test_a_component_by_itself_is_complete(twins: Language, tmp_path: Path):
    for name, pipe in twins.pipeline:
        pipe.to_disk(tmp_path / name)  # type: ignore[attr-defined]
    assert holders(tmp_path) == ["first", "second"]


def test_a_folder_torn_out_of_its_pipeline(twins: Language, tmp_path: Path):
    twins.to_disk(tmp_path / "nlp")
    shutil.copytree(tmp_path / "nlp/second", tmp_path / "alone/second")
    with pytest.raises(AssetsError, match="'second' takes its weights from.*'first'"):
        twins.get_pipe("second").from_disk(tmp_path / "alone/second")  # type: ignore[attr-defined]


def test_a_folder_put_in_the_place_of_the_holder(
    twins: Language, other_folder: Path, tmp_path: Path
):
    twins.to_disk(tmp_path / "nlp")
    other = spacy.blank("en")
    other.add_pipe("bert_unsup_ner", name="first", config={"model": str(other_folder)})
    other.to_disk(tmp_path / "other")
    shutil.rmtree(tmp_path / "nlp/first")
    shutil.copytree(tmp_path / "other/first", tmp_path / "nlp/first")
    with pytest.raises(AssetsError, match="'first' of the same pipeline.*other ones"):
        spacy.load(tmp_path / "nlp", exclude=["first"])


def test_saved_again_without_changes_keeps_its_weights(twins: Language, tmp_path: Path):
    twins.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    loaded.to_disk(tmp_path)
    assert holders(tmp_path) == ["first"]
    assert entities(spacy.load(tmp_path)(TOY_TEXT)) == TOY_ENTS


def test_sourced_components_are_saved_once(twins: Language, tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("second", source=twins)
    nlp.add_pipe("first", source=twins)
    nlp.to_disk(tmp_path)
    assert holders(tmp_path) == ["second"]
    assert entities(spacy.load(tmp_path)(TOY_TEXT)) == TOY_ENTS


def test_bytes_become_one_copy(twins: Language, toy_folder: Path):
    again = spacy.blank("en")
    for name in ("first", "second"):
        config = toy_config(toy_folder, spans_key=name)
        again.add_pipe("bert_unsup_ner", name=name, config=config)
    again.from_bytes(twins.to_bytes())
    first, second = lms(again)
    assert first is second
    assert entities(again(TOY_TEXT)) == TOY_ENTS


@pytest.mark.parametrize("part", ["model", "assets", "cfg"])
def test_parts_can_be_left_out(make_toy: MakeNLP, tmp_path: Path, part: str):
    ner: Any = make_toy().get_pipe("bert_unsup_ner")
    ner.to_disk(tmp_path, exclude=[part])
    found = {file.name.removesuffix(".json") for file in tmp_path.iterdir()}
    assert part not in found and {"model", "assets", "cfg"} - {part} <= found
    ner.from_disk(tmp_path, exclude=[part])
    ner.from_bytes(ner.to_bytes(exclude=[part]))
    assert ner.is_loaded


def test_a_saved_pipeline_does_not_touch_the_starter(
    nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    nlp.to_disk(tmp_path)
    wanted = entities(nlp("Ann lives in Berlin."))

    def touched(*_: Any) -> None:
        raise AssertionError("the installed starter was touched")

    find = loader.find_source
    monkeypatch.setattr(
        "spacy_bert_unsup.mlm.model.find_source",
        lambda source: touched() if source == "starter" else find(source),
    )
    monkeypatch.setattr(resources, "starter_assets", touched)
    monkeypatch.setattr(resources, "STARTER", "no-such-folder")
    loaded = spacy.load(tmp_path)
    assert entities(loaded("Ann lives in Berlin.")) == wanted
    assert "PERSON" in loaded.pipe_labels["bert_unsup_ner"]


def test_nothing_is_loaded_before_it_is_needed(make_toy: MakeNLP):
    made = make_toy()
    ner: Any = made.get_pipe("bert_unsup_ner")
    assert {"PERSON", "GPE"} <= set(ner.labels)
    assert made.config and made.meta and made.analyze_pipes()
    assert not ner.is_loaded
    before = ner.labels
    made(TOY_TEXT)
    assert ner.is_loaded and ner.labels == before
