from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.mlm import encoder
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import (
    FREE_PADDING,
    PADDING_SHARE,
    length_buckets,
    mask_span,
    plain_query,
    share_rows,
    unique_queries,
)

IDS = np.array([10, 11, 12, 13], dtype=np.int32)


def test_one_mask_for_a_span(bert_lm: MaskedLM) -> None:
    query = mask_span(bert_lm, IDS, 1, 3)
    cls, sep, mask = bert_lm.cls_id, bert_lm.sep_id, bert_lm.mask_id
    assert query.ids.tolist() == [cls, 10, mask, 13, sep]
    assert query.positions.tolist() == [2]
    assert query.ids.dtype == query.positions.dtype == np.int32


def test_one_mask_per_piece(bert_lm: MaskedLM) -> None:
    query = mask_span(bert_lm, IDS, 1, 3, per_piece=True)
    mask = bert_lm.mask_id
    assert query.ids.tolist() == [bert_lm.cls_id, 10, mask, mask, 13, bert_lm.sep_id]
    assert query.positions.tolist() == [2, 3]


def test_mask_between_pieces(bert_lm: MaskedLM) -> None:
    for per_piece in (False, True):
        query = mask_span(bert_lm, IDS, 2, 2, per_piece=per_piece)
        assert query.ids[query.positions].tolist() == [bert_lm.mask_id]
        assert len(query.ids) == len(IDS) + 3


def test_plain_query_masks_nothing(bert_lm: MaskedLM) -> None:
    query = plain_query(bert_lm, IDS, 1, 3)
    assert query.ids.tolist() == [bert_lm.cls_id, *IDS, bert_lm.sep_id]
    assert query.ids[query.positions].tolist() == [11, 12]


def test_equal_queries_are_found(bert_lm: MaskedLM) -> None:
    queries = [mask_span(bert_lm, IDS, i, i + 1) for i in (0, 1, 0, 2, 1)]
    unique, back = unique_queries(queries)
    assert len(unique) == 3
    assert back.tolist() == [0, 1, 0, 2, 1]


def test_same_ids_at_other_places_differ(bert_lm: MaskedLM) -> None:
    queries = [plain_query(bert_lm, IDS, 0, 1), plain_query(bert_lm, IDS, 1, 2)]
    assert len(unique_queries(queries)[0]) == 2


@given(
    lengths=st.lists(st.integers(1, 70), max_size=80),
    bound=st.integers(1, 600),
)
def test_buckets(lengths: list[int], bound: int) -> None:
    """Each sequence once; within the bound; nearly no padding."""
    buckets = length_buckets(lengths, bound)
    assert sorted(i for bucket in buckets for i in bucket) == list(range(len(lengths)))
    for bucket in buckets:
        sizes = [lengths[i] for i in bucket]
        cells = len(sizes) * max(sizes)
        assert cells <= bound or len(bucket) == 1
        padding = cells - sum(sizes)
        assert padding <= max(FREE_PADDING, PADDING_SHARE * sum(sizes))


def test_equal_lengths_share_a_bucket() -> None:
    assert length_buckets([5] * 8, 40) == [list(range(8))]
    assert len(length_buckets([5] * 9, 40)) == 2


def test_planning_queries_needs_no_torch() -> None:
    code = (
        "import sys, spacy_bert_unsup.mlm.align, spacy_bert_unsup.mlm.queries;"
        "sys.exit(bool({'torch', 'transformers', 'spacy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_queries_of_one_row_share_it(bert_lm: MaskedLM) -> None:
    whole = [plain_query(bert_lm, IDS, i, i + 1) for i in range(4)]
    masked = mask_span(bert_lm, IDS, 1, 2)
    sequences, readers = share_rows([whole[0], masked, *whole[1:]])
    assert [ids.tolist() for ids in sequences] == [
        whole[0].ids.tolist(),
        masked.ids.tolist(),
    ]
    assert readers == [[0, 2, 3, 4], [1]]


def test_a_shared_row_answers_as_rows_of_their_own(toy_lm: MaskedLM) -> None:
    queries = [plain_query(toy_lm, IDS, i, j) for i, j in ((0, 1), (1, 4), (3, 4))]
    alone = [toy_lm.fill([query], top_k=5) for query in queries]
    toy_lm.stats.reset()
    found = toy_lm.fill(queries, top_k=5)
    assert (toy_lm.stats.rows, toy_lm.stats.head_positions) == (1, 5)
    for i, one in enumerate(alone):
        assert found.ids[i].tolist() == one.ids[0].tolist()
        np.testing.assert_allclose(found.probs[i], one.probs[0], atol=1e-5)


def test_a_pass_is_what_the_caches_hold(
    bert_lm: MaskedLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is allowed; the toy has 32 numbers in its widest activation."""
    queries = [mask_span(bert_lm, IDS + i, 1, 2) for i in range(20)]
    wanted = bert_lm.fill(queries)
    monkeypatch.setattr(encoder, "LEAST_PIECES", 12)
    for states, forwards in ((32 * 36, 4), (32 * 6, 10)):
        monkeypatch.setattr(encoder, "WIDEST_STATES", states)
        bert_lm.stats.reset()
        found = bert_lm.fill(queries)
        assert bert_lm.stats.forwards == forwards
        np.testing.assert_allclose(found.probs, wanted.probs, atol=1e-5)
