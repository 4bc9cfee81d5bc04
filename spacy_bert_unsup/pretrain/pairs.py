"""Lays pairs of texts around places in the corpus, for next-sentence prediction."""

from __future__ import annotations

import numpy as np

from .data import Ids, PieceStore

REACH = 24
"""How far, in pieces, a cut may move to fall on the start of a sentence."""
NO_LABEL = -100


def pack_pairs(
    store: PieceStore,
    places: Ids,
    length: int,
    *,
    rng: np.random.Generator,
    single_share: float,
) -> tuple[Ids, Ids, Ids, Ids]:
    """Lay [CLS] first [SEP] second [SEP] around the given places.

    Starts and cuts fall on sentence starts where one is near, else on word starts. Half
    of the second texts come from elsewhere, with the same length.

    RETURNS (tuple): ids, segments, attention, each (B, length), and follows (B,).
    """
    doc = np.searchsorted(store.docs, places, side="right") - 1
    low, high = store.docs[doc], store.docs[doc + 1]
    room = length - 3
    latest = np.maximum(high - room, low)
    start = np.clip(places - rng.integers(0, room, len(places)), low, latest)
    start = _snap(store, start, low, latest, opens=low)
    size = np.minimum(high - start, room)
    wanted = start + (size * rng.uniform(0.25, 0.75, len(places))).astype(np.int64)
    middle = _snap(store, wanted, start + size // 5 + 1, start + size - size // 5 - 1)
    middle = np.clip(middle, start + 1, start + size)
    first, second = middle - start, start + size - middle
    elsewhere = rng.random(len(places)) < 0.5
    other = _draw_other(store, doc, second, rng)
    begin = np.where(elsewhere, other, middle)
    follows = elsewhere.astype(np.int64)
    single = (rng.random(len(places)) < single_share) | (second < 1)
    follows[single] = NO_LABEL
    first = np.where(single, np.minimum(high - start, length - 2), first)
    second = np.where(single, -1, np.minimum(second, len(store.ids) - begin))
    return *_lay_out(store, start, first, begin, second, length), follows


def _draw_other(
    store: PieceStore, doc: Ids, size: Ids, rng: np.random.Generator
) -> Ids:
    """A place in another document (as far as two tries find one)."""
    place = store.at_fraction(rng.random(len(doc)))
    again = store.at_fraction(rng.random(len(doc)))
    found = np.searchsorted(store.docs, place, side="right") - 1
    place = np.where(found == doc, again, place)
    found = np.searchsorted(store.docs, place, side="right") - 1
    low = store.docs[found]
    latest = np.maximum(store.docs[found + 1] - size, low)
    return _snap(store, np.clip(place, low, latest), low, latest, opens=low)


def _snap(
    store: PieceStore, place: Ids, low: Ids, high: Ids, *, opens: Ids | None = None
) -> Ids:
    """Move places to the nearest sentence start, else word start, in [low, high].

    opens (Ids): (B,) places known to start a document.
    """
    offsets = np.arange(-REACH, REACH + 1)
    around = place[:, None] + offsets
    inside = (around >= low[:, None]) & (around <= high[:, None])
    at = np.clip(around, 0, len(store.ids) - 1)
    before = store.ids[np.clip(around - 1, 0, len(store.ids) - 1)]
    word = ~store.continues[store.ids[at]]
    sentence = store.ends_sentence[before] & word
    if opens is not None:
        sentence |= around == opens[:, None]
    cost = np.abs(offsets) + 1e3 * ~sentence + 1e6 * ~word + 1e9 * ~inside
    best = np.argmin(cost, axis=1)
    rows = np.arange(len(place))
    return np.where(inside[rows, best], around[rows, best], place)


def _lay_out(
    store: PieceStore, start: Ids, first: Ids, begin: Ids, second: Ids, length: int
) -> tuple[Ids, Ids, Ids]:
    """Gather both texts and their special pieces; second = -1 for one text."""
    column = np.arange(length)
    a, b = first[:, None], second[:, None]
    in_first = (column >= 1) & (column <= a)
    in_second = (column >= a + 2) & (column < a + 2 + b)
    source = np.where(in_second, begin[:, None] - a - 2, start[:, None] - 1) + column
    taken = store.ids[np.clip(source, 0, len(store.ids) - 1)].astype(np.int64)
    special = store.special
    ids = np.where(in_first | in_second, taken, special.pad)
    ids[:, 0] = special.cls
    ends = (column == a + 1) | ((column == a + 2 + b) & (b >= 0))
    ids[ends] = special.sep
    used = column <= np.where(b >= 0, a + 2 + b, a + 1)
    segments = (used & (column >= a + 2)).astype(np.int64)
    return ids, segments, used.astype(np.int64)
