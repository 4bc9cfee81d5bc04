"""Work in threads: in order, with its errors, and without anything left behind."""

from __future__ import annotations

import threading

import pytest

from spacy_bert_unsup.vocab.ahead import map_ahead


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
