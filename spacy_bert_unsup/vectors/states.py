"""The unmasked pass over a text, shared by all that want its states.

Components that stand in one pipeline and use one model read the same windows. The first
of them computes the layers that any of them wants; the others find them here. What all
have read is dropped. Where one does not come to read, as a component that is disabled,
a bound in bytes is reached, and from then on nothing is kept for it until it comes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

import numpy as np

from ..types import Floats, Ints, Query

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

MAX_BYTES = 128 * 2**20
MAX_BATCH_PIECES = 8192


class Reader:
    """One of those that share the states, known by identity.

    layers (Sequence[int]): What it wants of each text; 0 is the embedding, -1 the last.
    cls_only (bool): Whether it wants no more than [CLS], of the last layer.
    """

    def __init__(self, layers: Sequence[int], *, cls_only: bool = False) -> None:
        self.layers = tuple(layers)
        self.cls_only = cls_only


@dataclass(slots=True)
class Entry:
    """States of one sequence.

    states (Floats): (n, L, H), or (1, L, H) of [CLS] alone.
    layers (tuple[int, ...]): The L layers, counted from 0.
    cls_only (bool): Whether only [CLS] is there.
    waiting (WeakSet): Readers that have not read it yet.
    """

    states: Floats
    layers: tuple[int, ...]
    cls_only: bool
    waiting: WeakSet[Reader]


class StateStore:
    """States of a model's layers, each sequence computed once for all readers.

    Safe to use from any number of threads.

    lm (MaskedLM): The model.
    scope (object): What the store belongs to; kept, so that nothing else takes on its
        identity while the store lives.
    max_bytes (int): Bound on what is kept; the oldest goes first.
    """

    def __init__(
        self, lm: MaskedLM, scope: object = None, *, max_bytes: int = MAX_BYTES
    ) -> None:
        self.lm = lm
        self.scope = scope
        self.max_bytes = max_bytes
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._bytes = 0
        self._readers: WeakKeyDictionary[Reader, tuple[int, ...]] = WeakKeyDictionary()
        self._late: WeakSet[Reader] = WeakSet()
        self._lock = threading.Lock()

    def join(self, layers: Sequence[int], *, cls_only: bool = False) -> Reader:
        """Take part in the sharing, for as long as the returned reader is kept.

        layers (Sequence[int]): What will be wanted of each text.
        cls_only (bool): Whether no more than [CLS] of the last layer will be, which
            costs less if no other reader wants more.
        RETURNS (Reader): To be given to `read`.
        """
        reader = Reader(layers, cls_only=cls_only)
        with self._lock:
            self._readers[reader] = tuple(self._count(layers))
        return reader

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def n_bytes(self) -> int:
        """Bytes of the states that are kept."""
        return self._bytes

    def read(
        self,
        reader: Reader,
        sequences: Sequence[Ints],
        *,
        max_batch_pieces: int = MAX_BATCH_PIECES,
    ) -> list[Floats]:
        """Get the states of sequences, from the store or by a forward pass.

        reader (Reader): Who reads.
        sequences (Sequence[Ints]): Pieces, special tokens included.
        max_batch_pieces (int): Bound on rows x length of one forward pass.
        RETURNS (list[Floats]): (n, len(reader.layers), H) for each sequence; of [CLS]
            alone, n may be 1.
        RAISES (ModelError): When a sequence is too long, or there is no such layer.
        """
        keys = [ids.tobytes() for ids in sequences]
        with self._lock:
            self._late.discard(reader)
            wanted, others = self._wanted(reader)
            found = {
                key: entry for key in {*keys} if (entry := self._take(key, reader))
            }
        missing = {
            key: ids
            for key, ids in zip(keys, sequences, strict=True)
            if key not in found
        }
        if missing:
            cls_only = all(one.cls_only for one in (reader, *others))
            compute = self._compute_cls if cls_only else self._compute
            states = compute(list(missing.values()), wanted, max_batch_pieces)
            found |= {
                key: Entry(state, wanted, cls_only, WeakSet(others))
                for key, state in zip(missing, states, strict=True)
            }
            if others:
                self._keep({key: found[key] for key in missing})
        return [self._choose(found[key], reader) for key in keys]

    def _compute(
        self, sequences: list[Ints], layers: Sequence[int], most: int
    ) -> list[Floats]:
        return self.lm.hidden_states(sequences, layers=layers, max_batch_pieces=most)

    def _compute_cls(
        self, sequences: list[Ints], layers: Sequence[int], most: int
    ) -> list[Floats]:
        """[CLS] of the last layer, (1, 1, H) for each sequence."""
        first = np.zeros(1, np.int32)
        queries = [Query(ids, first) for ids in sequences]
        states = self.lm.last_states(queries, max_batch_pieces=most)
        return [state[None, None] for state in states]

    def _wanted(self, reader: Reader) -> tuple[tuple[int, ...], list[Reader]]:
        """All layers that are wanted, and by whom beside this reader, but the late."""
        layers = {*self._count(reader.layers)}
        away = {reader, *self._late}
        others = [other for other in self._readers if other not in away]
        for other in others:
            layers.update(self._readers[other])
        return tuple(sorted(layers)), others

    def _take(self, key: bytes, reader: Reader) -> Entry | None:
        """Find an entry that has all that this reader wants; drop it after the last."""
        entry = self._entries.get(key)
        if entry is None or (entry.cls_only and not reader.cls_only):
            return None
        if not {*self._count(reader.layers)} <= {*entry.layers}:
            return None
        entry.waiting.discard(reader)
        if not entry.waiting:
            self._drop(key)
        return entry

    def _keep(self, entries: dict[bytes, Entry]) -> None:
        with self._lock:
            for key, entry in entries.items():
                self._drop(key)
                if self._is_missed(entry):
                    continue
                # A view would keep the whole batch alive that it was cut from.
                entry.states = np.array(entry.states)
                self._entries[key] = entry
                self._bytes += entry.states.nbytes
            while self._bytes > self.max_bytes:
                self._give_up(next(iter(self._entries)))

    def _give_up(self, key: bytes) -> None:
        """Drop an entry, and all that is kept for nobody but those who missed it."""
        self._late.update(self._entries[key].waiting)
        self._drop(key)
        for other, entry in list(self._entries.items()):
            if self._is_missed(entry):
                self._drop(other)

    def _is_missed(self, entry: Entry) -> bool:
        """Whether nobody waits for it but those who come late, if ever."""
        return {*entry.waiting} <= {*self._late}

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.states.nbytes

    def _choose(self, entry: Entry, reader: Reader) -> Floats:
        columns = [entry.layers.index(layer) for layer in self._count(reader.layers)]
        if columns == list(range(columns[0], columns[-1] + 1)):
            return entry.states[:, columns[0] : columns[-1] + 1]  # a view costs nothing
        return entry.states[:, columns]

    def _count(self, layers: Sequence[int]) -> list[int]:
        """Count layers from 0, the embedding; one that is not there stays as it is."""
        size = self.lm.n_layers + 1
        return [layer + size if -size <= layer < 0 else layer for layer in layers]


_stores: WeakValueDictionary[tuple[int, int], StateStore] = WeakValueDictionary()
_stores_lock = threading.Lock()


def find_store(lm: MaskedLM, scope: object) -> StateStore:
    """Get the store that all readers of a model in one scope share.

    lm (MaskedLM): The model.
    scope (object): What they have in common: the vocab of their pipeline.
    RETURNS (StateStore): It lives as long as somebody holds it.
    """
    key = (id(lm), id(scope))
    with _stores_lock:
        store = _stores.get(key)
        if store is None:
            store = _stores[key] = StateStore(lm, scope)
        return store
