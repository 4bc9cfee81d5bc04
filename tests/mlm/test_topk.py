"""The best terms against plain sorting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from spacy_bert_unsup.mlm import answers, topk
from spacy_bert_unsup.mlm.answers import join_batches
from spacy_bert_unsup.mlm.encoder import StatesAt
from spacy_bert_unsup.mlm.topk import best_scores, top_terms


@given(
    n_terms=st.integers(1, 400),
    top_k=st.integers(1, 25),
    seed=st.integers(0, 99),
    levels=st.sampled_from([3, 10**6]),
)
def test_best_scores(n_terms: int, top_k: int, seed: int, levels: int) -> None:
    """With few levels most scores are equal: any of the equal ones will do."""
    top_k = min(top_k, n_terms)
    scores = torch.from_numpy(
        np.random.default_rng(seed).integers(0, levels, (3, n_terms)).astype(np.float32)
    )
    best, entries = best_scores(scores, top_k)
    wanted = scores.sort(dim=1, descending=True).values[:, :top_k]
    assert best.tolist() == wanted.tolist()
    assert scores.gather(1, entries).tolist() == wanted.tolist()
    assert all(len(set(row)) == top_k for row in entries.tolist())


@pytest.mark.parametrize("counts", [[1, 1, 1, 1], [1, 2, 1]])
@pytest.mark.parametrize("banned", [False, True])
def test_top_terms(counts: list[int], banned: bool) -> None:
    """Shares of the whole vocabulary, banned terms left out afterwards."""
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(4, 300)).astype(np.float32) * 3
    out = generator.random(300) < 0.3 if banned else np.zeros(300, bool)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    query = np.repeat(np.arange(len(counts)), counts)
    shares = np.array([shares[query == i].mean(axis=0) for i in range(len(counts))])
    wanted = np.argsort(-np.where(out, -1, shares), axis=1)[:, :5]
    ids, probs, best = top_terms(
        lambda hidden: hidden.clone(),
        torch.from_numpy(logits),
        counts,
        top_k=5,
        n_terms=300,
        banned=torch.from_numpy(out) if banned else None,
    )
    assert ids.tolist() == wanted.tolist()
    np.testing.assert_allclose(
        probs, np.take_along_axis(shares, wanted, 1), rtol=1e-5, atol=1e-7
    )
    means = np.array([logits[query == i].mean(axis=0) for i in range(len(counts))])
    np.testing.assert_allclose(best, np.take_along_axis(means, wanted, 1), rtol=1e-5)


def test_fewer_terms_than_wanted() -> None:
    banned = torch.ones(100, dtype=torch.bool)
    banned[[3, 70]] = False
    scores = torch.arange(100.0)[None]
    found = top_terms(
        lambda hidden: hidden.clone(), scores, [1], top_k=4, n_terms=100, banned=banned
    )
    ids, probs, logits = (tensor[0].tolist() for tensor in found)
    assert ids == [70, 3, -1, -1]
    assert probs[2:] == [0, 0] and logits[:2] == [70, 3]
    assert logits[2:] == [-np.inf] * 2


def test_small_batches_are_scored_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topk, "MAX_BLOCK", 50)  # five places of ten terms

    def batches() -> Iterator[StatesAt]:
        for i in range(8):
            yield [2 * i, 2 * i + 1], [1, 1], torch.full((2, 3), float(i))

    joined = list(answers.join_batches(batches(), 10))
    assert [len(hidden) for _, _, hidden in joined] == [6, 6, 4]
    assert [row for rows, _, _ in joined for row in rows] == list(range(16))
    states = torch.cat([hidden for _, _, hidden in joined])
    assert states[:, 0].tolist() == [i // 2 for i in range(16)]
    assert list(join_batches([], 10)) == []
