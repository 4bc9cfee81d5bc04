from __future__ import annotations

import pickle
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, strategies as st

from spacy_bert_unsup.types import TopTerms
from spacy_bert_unsup.voting.answer_cache import AnswerCache


def answer(*numbers: int) -> TopTerms:
    """An answer of two terms for each number."""
    ids = np.repeat(np.array(numbers, np.int32)[:, None], 2, axis=1)
    return TopTerms(ids, ids.astype(np.float32), -ids.astype(np.float32))


def keys(*numbers: int) -> list[bytes]:
    return [str(number).encode() for number in numbers]


calls = st.lists(st.lists(st.integers(0, 9), max_size=8, unique=True), max_size=12)


@given(st.integers(0, 6), calls)
def test_equals_a_slow_one(most, batches):
    """Every call looks for its numbers and keeps those that it does not find."""
    cache = AnswerCache(most, top_k=2)
    slow: OrderedDict[int, None] = OrderedDict()
    for numbers in batches:
        found, known = cache.find(keys(*numbers))
        for number in numbers:
            if number in slow:
                slow.move_to_end(number)
        assert known.tolist() == [number in slow for number in numbers]
        wanted = [number if number in slow else -1 for number in numbers]
        assert found.ids.tolist() == [[n, n] for n in wanted]
        new = [number for number in numbers if number not in slow]
        cache.keep(keys(*new), answer(*new))
        for number in new:
            slow[number] = None
            if len(slow) > most:
                slow.popitem(last=False)
        assert len(cache) == len(slow) <= most


def test_an_answer_is_kept_whole():
    cache = AnswerCache(3, top_k=2)
    cache.keep(keys(7), answer(7))
    found, _ = cache.find(keys(7))
    assert found.probs.tolist() == [[7, 7]] and found.logits.tolist() == [[-7, -7]]


def test_the_bound_holds_however_many_come_at_once():
    cache = AnswerCache(5, top_k=2)
    cache.keep(keys(*range(1000)), answer(*range(1000)))
    assert len(cache) == 5
    assert cache.find(keys(999, 995, 994))[1].tolist() == [True, True, False]


def test_a_copy_starts_empty():
    cache = AnswerCache(5, top_k=2)
    cache.keep(keys(1), answer(1))
    copy = pickle.loads(pickle.dumps(cache))
    assert (len(copy), copy.most, copy.top_k) == (0, 5, 2)


def test_threads_find_their_own_answers():
    cache = AnswerCache(50, top_k=2)

    def work(seed: int) -> bool:
        numbers = np.random.default_rng(seed).integers(0, 80, 40).tolist()
        numbers = list(dict.fromkeys(numbers))
        found, known = cache.find(keys(*numbers))
        cache.keep(keys(*numbers), answer(*numbers))
        wanted = np.where(known, numbers, -1)
        return bool((found.ids[:, 0] == wanted).all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(400)))
    assert len(cache) == 50
