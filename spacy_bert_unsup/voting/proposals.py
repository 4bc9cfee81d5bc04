"""Which spans of a text to ask about when nobody says: the candidates `auto`.

No tagger is needed: the vocabulary's own labels tell which words can be entities.
Around each such word, spans are proposed that take in neighbours of the same kind,
adjectives, kind words ("disease"), and bridges ("-", "of") between two words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..mlm.text import EncodedText
from ..types import Bools, TokenSpan
from .candidates import group_tokens
from .lexicon import WordLabels
from .settings import VotingSettings
from .tables import VoteTables


@dataclass(frozen=True)
class TokenRoles:
    """What each of T tokens may do in a span.

    core (Bools): (T,) an entity by itself, or part of one.
    extra (Bools): (T,) may only be taken in beside a core token.
    bridge (Bools): (T,) may only stand between two others.
    """

    core: Bools
    extra: Bools
    bridge: Bools


def assign_roles(
    text: EncodedText, words: WordLabels, tables: VoteTables, settings: VotingSettings
) -> TokenRoles:
    """Say what the tokens of a text may do, by the labels of their own words.

    text (EncodedText): T tokens.
    words (WordLabels): Their labels.
    tables (VoteTables): Which labels are entities, and which block.
    settings (VotingSettings): `propose`, `kinds`, `block`, `capitals`, `bridges`.
    RETURNS (TokenRoles): One role or none per token.
    """
    bridge = find_bridges(text.words, settings.bridges)
    return label_roles(words, bridge, tables, settings)


def label_roles(
    words: WordLabels, bridge: Bools, tables: VoteTables, settings: VotingSettings
) -> TokenRoles:
    """As `assign_roles`, where the text itself is not at hand.

    words (WordLabels): Labels of T words.
    bridge (Bools): (T,) words that may only stand between two others.
    tables (VoteTables): Which labels are entities, and which block.
    settings (VotingSettings): `propose`, `kinds`, `block`, `capitals`.
    RETURNS (TokenRoles): One role or none per token.
    """
    said = words.voters if settings.kinds else words.alone
    unknown = ~words.voters.any(axis=1)
    entity = said[:, tables.entity].sum(axis=1) >= settings.propose
    blocks = words.alone[:, tables.blocking].sum(axis=1) > settings.block
    capital = words.capital & settings.capitals
    doubtful = capital | ~words.known  # pieces and endings are weak witnesses
    core = words.is_word & (unknown | entity | (doubtful & ~blocks))
    extra = words.is_word & ~core & (capital | ~blocks)
    return TokenRoles(core & ~bridge, extra & ~bridge, bridge)


def find_bridges(words: Sequence[str], bridges: Sequence[str]) -> Bools:
    """(T,) words that may only stand between two others, and stops after initials."""
    lower = np.array([word.lower() for word in words], object)
    return np.isin(lower, list(bridges)) | _after_initial(words)


def propose_spans(roles: TokenRoles, settings: VotingSettings) -> list[TokenSpan]:
    """Enumerate spans that start and end with a word and hold a core token.

    roles (TokenRoles): Of T tokens.
    settings (VotingSettings): `extend`, `max_span`.
    RETURNS (list[TokenSpan]): In text order; they overlap.
    """
    inside = roles.core | roles.extra | _between(roles)
    found: list[TokenSpan] = []
    for low, high in group_tokens(inside.tolist()):
        cores = np.flatnonzero(roles.core[low:high]) + low
        if not len(cores):
            continue
        first, last = int(cores[0]), int(cores[-1]) + 1
        low, high = max(low, first - settings.extend), min(high, last + settings.extend)
        for start in range(low, high):
            for end in range(start + 1, min(high, start + settings.max_span) + 1):
                edges = roles.bridge[start] or roles.bridge[end - 1]
                if not edges and _near_core(roles, start, end, settings.extend):
                    found.append((start, end))
    return found


def _near_core(roles: TokenRoles, start: int, end: int, extend: int) -> bool:
    """Whether a span has a core token and few others before and after its cores."""
    cores = np.flatnonzero(roles.core[start:end])
    if not len(cores):
        return False
    return bool(cores[0] <= extend and end - start - 1 - cores[-1] <= extend)


def _between(roles: TokenRoles) -> Bools:
    """One or two bridges in a row with a word on either side ("Parkinson ' s")."""
    word = roles.core | roles.extra
    inside = np.zeros_like(word)
    for start, end in group_tokens(roles.bridge.tolist()):
        if 0 < start and end < len(word) and end - start <= 2:
            inside[start:end] = word[start - 1] and word[end]
    return inside


def _after_initial(words: Sequence[str]) -> Bools:
    """Full stops that follow a single capital letter ("M . bovis")."""
    befores = ["", *words[:-1]] if words else []
    return np.array(
        [
            word == "." and len(before) == 1 and before.isupper()
            for word, before in zip(words, befores, strict=True)
        ],
        bool,
    )
