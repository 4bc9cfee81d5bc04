"""Load models before the process is forked, so that children share the memory.

`nlp.pipe(n_process=2)` forks without telling the components.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING
from weakref import WeakSet

from ..mlm.threads import guard_forks

if TYPE_CHECKING:
    from .component import ModelComponent

logger = logging.getLogger(__name__)

loading = threading.RLock()
"""Held while a component loads its model, and during a fork."""
waiting: WeakSet[ModelComponent] = WeakSet()
"""Components that have no model yet."""


def load_waiting() -> None:
    """Load what is at hand.

    Whatever fails here fails again, and is reported, where the component is used.
    """
    loading.acquire()
    for component in list(waiting):
        try:
            if component.can_load_now():
                component.load()
        except Exception as error:
            logger.debug("%s was not loaded before a fork: %s", component.name, error)


guard_forks()  # registered first, so that it runs after `load_waiting`
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=load_waiting,
        after_in_parent=loading.release,
        after_in_child=loading.release,
    )
