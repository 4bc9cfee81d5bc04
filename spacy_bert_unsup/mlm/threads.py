"""Make torch and the tokenizers behave in processes that were forked.

A child of ``nlp.pipe(n_process=2)`` inherits torch's thread pool without its threads
and waits for them for ever; with one thread it does not use the pool. The tokenizers
library is told before the fork not to use its own pool in the child.
"""

from __future__ import annotations

import os
import sys
from functools import cache

_VARIABLE = "TOKENIZERS_PARALLELISM"
_found: list[str | None] = []


def _before_fork() -> None:
    _found.append(os.environ.get(_VARIABLE))
    os.environ[_VARIABLE] = "false"


def _after_fork_in_parent() -> None:
    if not _found:  # registered while the fork was under way
        return
    found = _found.pop()
    if found is None:
        del os.environ[_VARIABLE]
    else:
        os.environ[_VARIABLE] = found


def _after_fork_in_child() -> None:
    _found.clear()
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@cache
def guard_forks() -> None:
    """Register the guards, once, before anything can fork; torch need not be there."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_before_fork,
            after_in_parent=_after_fork_in_parent,
            after_in_child=_after_fork_in_child,
        )
