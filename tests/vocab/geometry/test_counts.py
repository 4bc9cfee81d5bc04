"""Histograms of rows and columns, against counting one value after the other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from spacy_bert_unsup.vocab.geometry import counts
from spacy_bert_unsup.vocab.geometry.counts import count_columns, count_rows


@pytest.mark.parametrize("shape", [(1, 1), (7, 30), (30, 7), (5, 0), (0, 5)])
@pytest.mark.parametrize("chunk", [1, 40, 10_000])
def test_rows_and_columns(shape, chunk, monkeypatch):
    monkeypatch.setattr(counts, "CHUNK", chunk)
    bins = np.random.default_rng(0).integers(-3, 4, shape).astype(np.int16)
    for found, lines in [(count_rows(bins, 3), bins), (count_columns(bins, 3), bins.T)]:
        assert found.shape == (len(lines), 7)
        for row, line in zip(found.tolist(), lines.tolist(), strict=True):
            met = Counter(line)
            assert row == [met[value] for value in range(-3, 4)]
