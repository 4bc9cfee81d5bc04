"""Freed memory goes back to the system, and not too often."""

from __future__ import annotations

import subprocess
import sys

import pytest

from spacy_bert_unsup.mlm import allocator
from spacy_bert_unsup.mlm.allocator import return_free_memory

PROGRAM = """
import ctypes
from pathlib import Path
from spacy_bert_unsup.mlm.allocator import return_free_memory

def used():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

ctypes.CDLL(None).mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD: everything in the heap
ctypes.CDLL(None).mallopt(-1, 1 << 30)  # M_TRIM_THRESHOLD: never by itself
blocks = [bytearray(b"x" * 100_000) for _ in range(1000)]
kept = blocks[::100]  # so that the heap cannot just end earlier
del blocks
before = used()
assert return_free_memory(seconds=0)
print(before - used())
"""

pytestmark = pytest.mark.skipif(
    allocator._find_trim() is None, reason="this C library has no malloc_trim"
)


def test_freed_blocks_between_kept_ones_are_returned():
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50_000_000  # of some 90 MB that are free


def test_it_is_done_once_in_a_while(monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    monkeypatch.setattr(allocator, "_find_trim", lambda: calls.append)
    assert return_free_memory(seconds=0)
    assert not return_free_memory(seconds=3600)
    assert return_free_memory(seconds=0)
    assert calls == [0, 0]


def test_nothing_happens_where_the_library_cannot(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(allocator, "_find_trim", lambda: None)
    assert not return_free_memory(seconds=0)


def test_a_thread_does_not_wait_for_another():
    with allocator._lock:
        assert not return_free_memory(seconds=0)
