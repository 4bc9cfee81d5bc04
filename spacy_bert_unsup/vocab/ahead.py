"""Work done in threads ahead of its use: numpy lets go of the interpreter meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 2
"""Threads; the products that they make use all cores already."""


def map_ahead(
    work: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
    """Do something with each item, the next few while the present one is in use.

    work (Callable): Takes an item; runs in a thread.
    items (Iterable[Item]): What to go through.
    YIELDS (Result): In the order of the items.
    """
    pool = ThreadPoolExecutor(WORKERS)
    ahead: deque[Future[Result]] = deque()
    try:
        for item in items:
            ahead.append(pool.submit(work, item))
            if len(ahead) > WORKERS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
