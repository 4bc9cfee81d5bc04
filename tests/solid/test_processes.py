"""Several processes: the same entities, nothing hangs, no GPU is inherited."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from spacy.language import Language

from spacy_bert_unsup.mlm.model import MaskedLM
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, assert_same, entities

TEXTS = [TOY_TEXT, "Anna works in Berlin.", "", "Peter visited Texas."] * 3
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A test that hangs fails in the end."""

    def give_up(*_: Any) -> None:
        raise TimeoutError("a child hangs")

    old = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(180)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, old)


@pytest.fixture
def in_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """`nlp.pipe` forks, also where that is not the default."""
    context = multiprocessing.get_context("fork")
    monkeypatch.setattr("spacy.language.mp", context)


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.usefixtures("in_forks")
@pytest.mark.parametrize("used_before", [True, False])
def test_forks(make_toy: MakeNLP, used_before: bool):
    """With all of torch's threads running in the parent, or none of them yet."""
    nlp = make_toy(cues=["context", "phrase", "lexical"])
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        if used_before:
            nlp(TOY_TEXT)
        docs = list(nlp.pipe(TEXTS, n_process=2, batch_size=2))
        assert ner.is_loaded  # in the parent, for both children
        assert_same(docs, list(nlp.pipe(TEXTS)))
    finally:
        torch.set_num_threads(threads)


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.usefixtures("in_forks")
def test_a_hub_name_is_left_to_the_children(make_toy: MakeNLP):
    nlp = make_toy(model="nobody/has-this-model", assets=None)
    with pytest.raises(ValueError, match=r"nobody/has-this-model.*hf download"):
        list(nlp.pipe(TEXTS, n_process=2, batch_size=2))


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.usefixtures("in_forks")
def test_a_model_on_a_gpu_is_refused_in_forks(make_toy: MakeNLP):
    nlp = make_toy()
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    on_gpu = MaskedLM.from_bytes(ner.lm.to_bytes(), name="on a GPU", dtype="bfloat16")
    on_gpu.device = "cuda:0"  # as far as the component can see
    ner.use_model(on_gpu)
    with pytest.raises(ValueError, match=r"E344.*cuda:0.*n_process=1"):
        list(nlp.pipe(TEXTS, n_process=2, batch_size=2))
    assert entities(nlp(TOY_TEXT)) == TOY_ENTS  # and nowhere else


def test_spawned_processes(make_toy: MakeNLP, monkeypatch: pytest.MonkeyPatch):
    """As on macOS and Windows: components go to the children as pickles."""
    context = multiprocessing.get_context("spawn")
    monkeypatch.setattr("spacy.language.mp", context)
    nlp = make_toy(attrs={"confidence": "sureness_of_a_test"})
    docs = list(nlp.pipe(TEXTS, n_process=2, batch_size=2))
    assert_same(docs, list(nlp.pipe(TEXTS)))
    assert [ent._.sureness_of_a_test for ent in docs[0].ents] == [1.0] * 5


def test_pickles_hold_no_tables(nlp: Language):
    """The model, the assets' files, and no more than a tenth beside them."""
    ner: Any = nlp.get_pipe("bert_unsup_ner")
    assets = sum(map(len, ner.assets.to_bytes().values()))
    size = len(ner.lm.to_bytes()) + assets
    assert len(pickle.dumps(ner)) < 1.1 * size


def test_a_pickle_is_complete_before_its_first_use(
    make_toy: MakeNLP, toy_folder: Path, tmp_path: Path
):
    (tmp_path / "model").symlink_to(toy_folder)
    nlp = make_toy(model=str(tmp_path / "model"))
    pickled = pickle.dumps(nlp)
    (tmp_path / "model").unlink()
    assert entities(pickle.loads(pickled)(TOY_TEXT)) == TOY_ENTS


def test_pickles_of_two_components_hold_the_model_once(twins: Any):
    twins.initialize()
    both = len(pickle.dumps([pipe for _, pipe in twins.pipeline]))
    one = len(pickle.dumps([twins.get_pipe("first")]))
    assert both < 1.5 * one
