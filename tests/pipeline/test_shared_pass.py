"""Components side by side read each doc in one pass, from the very first doc on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

import spacy_bert_unsup.pipeline.vector_factories  # noqa: F401
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.pipeline import component

TEXTS = [
    f"Mary lives in Paris and John works in {word}." for word in "a b c d e f".split()
]
ALL: dict[str, dict[str, Any]] = {
    "bert_unsup_token_vectors": {},
    "cls_vectors": {"kind": "mean"},
    "bert_unsup_importance": {"own_score": True},
}


def make_nlp(folder: Path, **changes: Any) -> Language:
    nlp = spacy.blank("en")
    for name, config in ALL.items():
        layers = {"layers": [0, -1]} if name != "bert_unsup_importance" else {}
        nlp.add_pipe(name, config={"model": str(folder), **layers, **config, **changes})
    return nlp


@pytest.fixture
def lm(toy_folder: Path) -> MaskedLM:
    """The model that all components get, with its counters at zero."""
    lm = MaskedLM.load(toy_folder)
    lm.stats.reset()
    return lm


def test_first_doc_is_read_once(toy_folder: Path, lm: MaskedLM):
    nlp = make_nlp(toy_folder)
    doc = nlp(TEXTS[0])
    assert nlp.get_pipe("cls_vectors").lm is lm  # type: ignore[attr-defined]
    assert lm.stats.rows == 1
    assert doc[0]._.token_vector is not None and doc._.cls_vector is not None
    nlp(TEXTS[1])
    assert lm.stats.rows == 2


def test_each_batch_of_a_stream_is_read_once(
    toy_folder: Path, lm: MaskedLM, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(component, "MAX_WORDS", 16)  # batches of two docs
    nlp = make_nlp(toy_folder)
    docs = nlp.pipe(TEXTS)
    next(docs)
    assert (lm.stats.forwards, lm.stats.rows) == (1, 2)
    list(docs)
    assert (lm.stats.forwards, lm.stats.rows) == (3, 6)


def test_pipeline_from_disk_shares_too(toy_folder: Path, tmp_path: Path):
    make_nlp(toy_folder).to_disk(tmp_path)
    nlp = spacy.load(tmp_path)
    stats = nlp.get_pipe("cls_vectors").lm.stats  # type: ignore[attr-defined]
    stats.reset()
    nlp(TEXTS[0])
    assert stats.rows == 1


def test_another_pipeline_is_left_alone(toy_folder: Path, lm: MaskedLM):
    nlp, other = make_nlp(toy_folder), make_nlp(toy_folder)
    nlp(TEXTS[0])
    assert [pipe.is_loaded for _, pipe in other.pipeline] == [False] * 3  # type: ignore[attr-defined]


def test_other_precision_is_not_shared(toy_folder: Path, lm: MaskedLM):
    nlp = make_nlp(toy_folder)
    nlp.add_pipe(
        "cls_vectors",
        name="rough",
        config={
            "model": str(toy_folder),
            "dtype": "bfloat16",
            "attrs": {"cls_vector": "rough_vector"},
        },
    )
    nlp.get_pipe("cls_vectors").load()  # type: ignore[attr-defined]
    assert not nlp.get_pipe("rough").is_loaded  # type: ignore[attr-defined]


def test_last_layer_is_read_at_cls_only_where_nobody_wants_more(
    toy_folder: Path, lm: MaskedLM
):
    nlp = spacy.blank("en")
    nlp.add_pipe("cls_vectors", config={"model": str(toy_folder)})
    alone = list(nlp.pipe(TEXTS))
    assert lm.stats.head_positions == lm.stats.rows == len(TEXTS)
    lm.stats.reset()
    config = {"model": str(toy_folder), "layers": [-1]}
    nlp.add_pipe("bert_unsup_token_vectors", config=config)
    together = list(nlp.pipe(TEXTS))
    assert lm.stats.head_positions == 0
    assert lm.stats.rows == len(TEXTS)
    for one, other in zip(alone, together, strict=True):
        assert one._.cls_vector == pytest.approx(other._.cls_vector, abs=1e-4)
