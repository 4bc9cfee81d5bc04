"""Give memory that was freed back to the system, where the allocator would keep it.

Batches of changing lengths leave glibc's heap full of holes of changing sizes; without
this, a process that reads long texts for hours grows by some 15 MB for a thousand
words, though nothing of them is kept.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from functools import cache

SECONDS = 2.0
"""At least so long between two times: the system then has to clear new pages."""

_lock = threading.Lock()
_last = time.monotonic()


def return_free_memory(*, seconds: float = SECONDS) -> bool:
    """Trim the heap, unless that was done a short while ago; any thread may call it.

    seconds (float): How long ago it must have been, at least.
    RETURNS (bool): Whether it was trimmed; never where the C library cannot.
    """
    global _last
    trim = _find_trim()
    if trim is None or not _lock.acquire(blocking=False):
        return False
    try:
        if time.monotonic() - _last < seconds:
            return False
        trim(0)
        _last = time.monotonic()
        return True
    finally:
        _lock.release()


@cache
def _find_trim() -> Callable[[int], int] | None:
    """`malloc_trim` of glibc; other C libraries return memory by themselves."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return None
