"""A progress bar on stderr for whatever takes longer than two seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..types import Progress

DELAY = 2.0
"""Seconds before a bar is shown."""


@contextmanager
def show_progress(what: str, *, unit: str = "terms") -> Iterator[Progress]:
    """Count something on stderr, where a person sees it.

    what (str): What is being done, in a word or two.
    unit (str): What is counted.
    YIELDS (Callable[[int, int], None]): To be told how many are done, of how many.
    """
    from tqdm import tqdm

    with tqdm(desc=what, unit=f" {unit}", delay=DELAY, disable=None) as bar:

        def update(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update
