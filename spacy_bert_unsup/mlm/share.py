"""One copy of a model in memory, however many components and folders name it."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import torch
from torch import nn

if TYPE_CHECKING:
    from .model import MaskedLM

load_lock = threading.RLock()
_models: WeakValueDictionary[tuple[str, ...], MaskedLM] = WeakValueDictionary()


def find_shared(*key: str) -> MaskedLM | None:
    """Look for a model that is in use.

    key (str): what it was remembered by.
    RETURNS (MaskedLM | None): the model, or None when nobody holds it any more.
    """
    return _models.get(key)


def share(lm: MaskedLM, *key: str) -> MaskedLM:
    """Remember a model for as long as somebody holds it.

    lm (MaskedLM): a model just made.
    key (str): what to remember it by.
    RETURNS (MaskedLM): the model that was there under the key before, or this one.
    """
    with load_lock:
        return _models.setdefault(key, lm)


@torch.no_grad()
def digest_weights(model: nn.Module) -> str:
    """Tell models apart that have one vocabulary but different encoders.

    model (nn.Module): a model with float32 parameters.
    RETURNS (str): 16 hex digits over the names, shapes, sums and norms of all
        parameters; reading every byte of a large model would take seconds.
    """
    digest = hashlib.sha256()
    for name, parameter in model.named_parameters():
        sums = parameter.sum().item(), parameter.norm().item()
        digest.update(repr((name, tuple(parameter.shape), sums)).encode())
    return digest.hexdigest()[:16]
