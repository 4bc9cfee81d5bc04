"""Work in threads: in order, with its errors, and without anything left behind."""

from __future__ import annotations

import threading

import numpy  # noqa: F401 - its library must be there to be found
import pytest

from spacy_bert_unsup.vocab.geometry import ahead
from spacy_bert_unsup.vocab.geometry.ahead import map_ahead, one_product_thread


def test_order_and_errors():
    assert list(map_ahead(lambda n: 12 // n, range(1, 7))) == [12, 6, 4, 3, 2, 2]
    assert list(map_ahead(str, [])) == []
    found = map_ahead(lambda n: 12 // n, [3, 0, 1])
    assert next(found) == 4
    with pytest.raises(ZeroDivisionError):
        next(found)


def test_threads_end_when_it_is_left():
    before, done = threading.active_count(), []
    found = map_ahead(done.append, range(100))
    next(found)
    found.close()
    assert threading.active_count() == before
    assert len(done) < 10


def test_products_get_one_thread_and_their_threads_back():
    blas = pytest.importorskip("threadpoolctl").ThreadpoolController()
    blas = blas.select(user_api="blas")

    def threads():
        return {library.num_threads for library in blas.lib_controllers}

    before = threads()
    with one_product_thread():
        with one_product_thread():
            assert threads() == {1}
        assert threads() == {1}
        assert list(map_ahead(lambda _: threads(), range(3))) == [{1}] * 3
    assert threads() == before
    with pytest.raises(KeyError), one_product_thread():
        raise KeyError
    assert threads() == before


def test_without_the_package_nothing_is_limited(monkeypatch):
    monkeypatch.setattr(ahead, "_find_blas", lambda: None)
    assert ahead.count_workers() == ahead.WORKERS
    with one_product_thread():
        assert list(map_ahead(str, [1, 2])) == ["1", "2"]
