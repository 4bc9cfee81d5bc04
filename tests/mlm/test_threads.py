from __future__ import annotations

import multiprocessing
import os

import pytest
import torch

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import mask_span
from tests.toys import TEXTS


def predict(lm: MaskedLM) -> list[int]:
    """What a process sees: torch's threads, then the best term."""
    ids = lm.tokenize(TEXTS * 4)[0].ids
    best = lm.fill([mask_span(lm, ids, 1, 2)], top_k=1).ids[0, 0]
    return [torch.get_num_threads(), int(best)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_child_runs_one_thread_and_answers(
    bert_lm: MaskedLM, capfd: pytest.CaptureFixture[str]
) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        _, wanted = predict(bert_lm)
        with multiprocessing.get_context("fork").Pool(1) as pool:
            found = pool.apply_async(predict, (bert_lm,)).get(timeout=60)
        assert found == [1, wanted]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert "parallelism" not in capfd.readouterr().err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("value", [None, "true"])
def test_environment_is_restored(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    if value:
        monkeypatch.setenv("TOKENIZERS_PARALLELISM", value)
    child = os.fork()
    if child == 0:
        os._exit(os.environ["TOKENIZERS_PARALLELISM"] != "false")
    assert os.waitpid(child, 0)[1] == 0
    assert os.environ.get("TOKENIZERS_PARALLELISM") == value


def test_spawned_child_gets_its_own_copy(bert_lm: MaskedLM) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply_async(predict, (bert_lm,)).get(timeout=60)
    assert found[1] == predict(bert_lm)[1]
