"""Answers of the model that are kept from one batch to the next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from ..types import Bools, TopTerms


class AnswerCache:
    """The answers used last, up to a fixed number; any number of threads may share it.

    An answer is found by the whole content of its question, never by a hash alone. Each
    takes 12 bytes a term, its question, and about 200 bytes to find it by: half a
    kilobyte for 20 terms and a short question.
    """

    def __init__(self, most: int, top_k: int) -> None:
        """Start empty.

        most (int): Answers kept at most; 0 keeps none.
        top_k (int): K, terms of each answer.
        """
        self.most = most
        self.top_k = top_k
        self._lock = threading.Lock()
        self._slots: OrderedDict[bytes, int] = OrderedDict()
        self._answers = TopTerms.empty(0, top_k)

    def __len__(self) -> int:
        return len(self._slots)

    def __reduce__(self) -> tuple[object, ...]:
        return AnswerCache, (self.most, self.top_k)  # a copy starts empty

    def find(self, keys: Sequence[bytes]) -> tuple[TopTerms, Bools]:
        """Look answers up.

        keys (Sequence[bytes]): Q questions.
        RETURNS (tuple[TopTerms, Bools]): (Q, K) answers, and (Q,) which of them are
            known; ids are -1 in the others.
        """
        found = TopTerms.empty(len(keys), self.top_k)
        known = np.zeros(len(keys), np.bool_)
        with self._lock:
            slots = []
            for i, key in enumerate(keys):
                slot = self._slots.get(key)
                if slot is not None:
                    self._slots.move_to_end(key)
                    known[i] = True
                    slots.append(slot)
            held = self._answers.take(np.array(slots, np.int32))
        found.put(np.flatnonzero(known).astype(np.int32), held)
        return found, known

    def keep(self, keys: Sequence[bytes], answers: TopTerms) -> None:
        """Remember answers; those that were not used for the longest time give way.

        keys (Sequence[bytes]): Q questions.
        answers (TopTerms): (Q, K) their answers.
        """
        first = max(0, len(keys) - self.most)  # the last ones are the last used
        with self._lock:
            slots = [self._make_room(key) for key in keys[first:]]
            rows = np.arange(first, len(keys), dtype=np.int32)
            self._answers.put(np.array(slots, np.int32), answers.take(rows))

    def _make_room(self, key: bytes) -> int:
        """The slot for a question: its own, a new one, or that of the oldest."""
        slot = self._slots.pop(key, None)
        if slot is None and len(self._slots) < self.most:
            slot = len(self._slots)
            if slot == len(self._answers.ids):
                self._grow()
        elif slot is None:
            _, slot = self._slots.popitem(last=False)
        self._slots[key] = slot
        return slot

    def _grow(self) -> None:
        """Double the slots, up to the bound."""
        size = len(self._answers.ids)
        larger = TopTerms.empty(min(max(2 * size, 256), self.most), self.top_k)
        larger.put(np.arange(size, dtype=np.int32), self._answers)
        self._answers = larger
