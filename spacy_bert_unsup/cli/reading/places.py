"""Positions of a text, each where the model shows it best: as it stands, or blanked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Errors, InputError
from ...types import Floats, Ints, Query

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...mlm.text import EncodedText


@dataclass(frozen=True)
class Place:
    """A position of a text, and where the model shows it.

    position (int): In the whole text; 0 is [CLS], and the last one is [SEP].
    word (Optional[int]): Which word it is of.
    ids (Ints): (n,) the sequence that shows it best, special tokens included.
    row (int): Its place there.
    """

    position: int
    word: int | None
    ids: Ints
    row: int


def choose_positions(
    text: EncodedText, words: Sequence[str], positions: Sequence[int]
) -> list[int]:
    """Find the positions that are asked for.

    text (EncodedText): N pieces.
    words (Sequence[str]): Words, spelled as in the text.
    positions (Sequence[int]): From 0, [CLS], to N + 1, [SEP].
    RETURNS (list[int]): In text order, each once; all if nothing is asked for.
    RAISES (InputError): if a word or position is not there.
    """
    last = len(text.pieces) + 1
    if not words and not positions:
        return list(range(last + 1))
    chosen = set(positions)
    if beyond := [p for p in positions if not 0 <= p <= last]:
        raise InputError(Errors.E575.format(position=beyond[0], last=last))
    for word in words:
        if word not in text.words:
            known = ", ".join(dict.fromkeys(text.words))
            raise InputError(Errors.E574.format(word=word, words=known))
    for i, word in enumerate(text.words):
        if word in words:
            first, end = text.cover[i].tolist()
            chosen.update(range(first + 1, end + 1))
    return sorted(chosen)


def plain_places(
    lm: MaskedLM, text: EncodedText, positions: Sequence[int]
) -> list[Place]:
    """Read positions as they stand, each in the window that shows it best.

    lm (MaskedLM): The model.
    text (EncodedText): N pieces.
    positions (Sequence[int]): From 0 to N + 1.
    RETURNS (list[Place]): In the same order.
    """
    from ...mlm.align import choose_window
    from ...vectors.windows import with_specials

    owner = _word_of_piece(text)
    sequences = [with_specials(lm, text.pieces.ids[s:e]) for s, e in text.windows]
    places = []
    for position in positions:
        piece = min(max(position - 1, 0), len(text.pieces) - 1)
        window = choose_window(text.windows, piece, piece + 1)
        is_border = position in (0, len(text.pieces) + 1)
        if is_border:
            window = 0 if position == 0 else len(text.windows) - 1
        row = position - text.windows[window][0]
        word = None if is_border else owner.get(piece)
        places.append(Place(position, word, sequences[window], row))
    return places


def masked_places(
    lm: MaskedLM, text: EncodedText, positions: Sequence[int]
) -> list[Place]:
    """Blank the words at some positions, each in a copy of its own, one mask a word.

    lm (MaskedLM): The model.
    text (EncodedText): N pieces.
    positions (Sequence[int]): From 0 to N + 1; those of no word are left out.
    RETURNS (list[Place]): One for each word, in order.
    """
    from ...mlm.queries import mask_span
    from ...voting.cues import window_of

    owner = _word_of_piece(text)
    words = [owner[p - 1] for p in positions if p - 1 in owner]
    places = []
    for word in dict.fromkeys(words):
        ids, first, last = window_of(text, word, word + 1, lm.max_length)
        query = mask_span(lm, ids, first, last)
        position = int(text.cover[word, 0]) + 1
        places.append(Place(position, word, query.ids, int(query.positions[0])))
    return places


def place_vectors(lm: MaskedLM, places: Sequence[Place]) -> Floats:
    """Head vectors of places; those in one sequence come out of one forward pass.

    lm (MaskedLM): The model.
    places (Sequence[Place]): P places.
    RETURNS (Floats): (P, D).
    """
    from ...vectors.decompose import position_vectors

    rows: dict[bytes, list[int]] = {}
    for i, place in enumerate(places):
        rows.setdefault(place.ids.tobytes(), []).append(i)
    vectors = np.zeros((len(places), lm.rows().shape[1]), np.float32)
    single = [i for group in rows.values() if len(group) == 1 for i in group]
    if single:  # masked copies: many at once
        queries = [_query(places[i]) for i in single]
        vectors[single] = lm.head_vectors(queries)
    for group in rows.values():
        if len(group) > 1:
            whole = position_vectors(lm, places[group[0]].ids)
            vectors[group] = whole[[places[i].row for i in group]]
    return vectors


def _query(place: Place) -> Query:
    return Query(place.ids, np.array([place.row], np.int32))


def _word_of_piece(text: EncodedText) -> dict[int, int]:
    """Piece -> the first word that it is of."""
    owner: dict[int, int] = {}
    for word, (first, last) in enumerate(text.cover.tolist()):
        for piece in range(first, last):
            owner.setdefault(piece, word)
    return owner
