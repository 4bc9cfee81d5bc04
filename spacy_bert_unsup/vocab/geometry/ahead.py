"""Work done in threads ahead of its use: numpy lets go of the interpreter meanwhile."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 2
"""Threads where the threads of numpy's products cannot be limited to one each."""


def map_ahead(
    work: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
    """Do something with each item, the next few while the present one is in use.

    Every core gets a thread that makes its products alone: threads that share one
    product wait for each other, busily, whenever a core has other work too.

    work (Callable): Takes an item; runs in a thread.
    items (Iterable[Item]): What to go through.
    YIELDS (Result): In the order of the items.
    """
    workers = count_workers()
    ahead: deque[Future[Result]] = deque()
    with one_product_thread():
        pool = ThreadPoolExecutor(workers)
        try:
            for item in items:
                ahead.append(pool.submit(work, item))
                if len(ahead) > workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


class _Limit:
    """The limit while anybody needs it: the last one who leaves lifts it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.limiter: Any = None

    def enter(self, blas: Any) -> None:
        with self.lock:
            if not self.users:
                self.limiter = blas.limit(limits=1, user_api="blas")
            self.users += 1

    def leave(self) -> None:
        with self.lock:
            self.users -= 1
            if not self.users:
                self.limiter.restore_original_limits()


_LIMIT = _Limit()


@contextmanager
def one_product_thread() -> Iterator[None]:
    """Let numpy make each matrix product in the thread that asks for it, alone.

    Nothing changes where the package threadpoolctl is not installed.
    """
    blas = _find_blas()
    if blas is None:
        yield
        return
    _LIMIT.enter(blas)
    try:
        yield
    finally:
        _LIMIT.leave()


@cache
def _find_blas() -> Any:
    """What controls the libraries for products; None without threadpoolctl."""
    import numpy  # noqa: F401 - its library must be there to be found

    try:
        from threadpoolctl import (  # type: ignore[import-untyped, unused-ignore]
            ThreadpoolController,
        )
    except ImportError:
        return None
    return ThreadpoolController().select(user_api="blas")


def count_workers() -> int:
    """How many threads work at a time.

    RETURNS (int): One for each core that this process may use.
    """
    if _find_blas() is None:
        return WORKERS
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
