from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.types import Query
from tests.toys import TOYS, make_lm


@pytest.mark.parametrize("family", list(TOYS))
def test_mapped_states_are_the_head_vectors(family):
    lm = make_lm(family)
    ids = np.array([lm.cls_id, 9, 12, 7, lm.sep_id], np.int32)
    states = lm.hidden_states([ids], layers=[-1])[0][:, 0]
    queries = [Query(ids, np.array([i], np.int32)) for i in range(len(ids))]
    wanted = lm.head_vectors(queries)
    np.testing.assert_allclose(lm.map_states(states), wanted, atol=1e-4)


def test_no_states_give_no_vectors():
    lm = make_lm("bert")
    empty = np.zeros((0, lm.rows().shape[1]), np.float32)
    assert lm.map_states(empty).shape == empty.shape
