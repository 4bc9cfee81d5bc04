"""The words of the seed labels, and where they stand in piece ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ..errors import Errors, PretrainError
from ..mlm.loader import STARTER
from ..types import Bools, Floats
from ..vocab.labels import CONTINUES, SeedLabels, read_seed_labels
from ..vocab.shares import share_labels
from ..vocab.workshop.merging import choose_shipped
from .data import Flags, Ids
from .kept import find_folder
from .settings import LabelsConfig

LONGEST = 16
"""Pieces of a word; longer ones are not found."""
UPPER = 4
"""Letters of a word from which on it is also found in capitals."""
SORTS = ("entity", "other")
"""What `labels.rates` may name beside labels."""
SEED = 7
"""Of the hash, and of the words held out: the same in every run."""

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class SeedWords:
    """W seed terms that are single words, and L labels.

    allowed (Flags): (W, L) what a word may be where it stands.
    entity (Flags): (W,) words that are mostly entities.
    main (Ids): (W,) the likeliest label of each.
    rates (Floats): (W,) how often it is asked what a word is, in [0, 1].
    held_out (Flags): (W,) words that training never asks about.
    entries (Ids): (E,) vocabulary entries that vote: whole words among the seeds.
    votes (Floats): (E, L) what they speak for; each row sums to 1.
    hashes (Hashes): (F,) of the forms in which the words are found, ascending.
    rows (Ids): (F,) the word of each form.
    """

    allowed: Flags
    entity: Flags
    main: Ids
    rates: Floats
    held_out: Flags
    entries: Ids
    votes: Floats
    hashes: Hashes
    rows: Ids

    def find(self, pieces: Ids, begins: Ids) -> Ids:
        """Look words up.

        pieces (Ids): (P,) vocabulary ids.
        begins (Ids): (N,) where each word begins; the first at 0.
        RETURNS (Ids): (N,) words of the seeds, -1 for others.
        """
        wanted = hash_words(pieces, begins)
        place = np.searchsorted(self.hashes, wanted).clip(max=len(self.hashes) - 1)
        return np.where(self.hashes[place] == wanted, self.rows[place], -1)


def read_seed_words(config: LabelsConfig, tokenizer: Tokenizer) -> SeedWords:
    """Read the seeds and cut their words into pieces.

    RETURNS (SeedWords): Terms that continue a word or are several are not found.
    RAISES (AssetsError, InputError): If the file cannot be read.
    RAISES (PretrainError): If none of its words is an entry of the vocabulary, none is
        an entity, or a rate is for a label that no seed has.
    """
    seeds = read_seeds(config)
    labels = list(dict.fromkeys(name for names in seeds.values() for name in names))
    entity = ~np.isin(labels, config.non_entity)
    forms = _cut_forms(list(seeds), tokenizer)
    votes = {pieces[0]: row for pieces, row in forms.items() if len(pieces) == 1}
    _check(config, labels, entity=entity, votes=votes)
    voter, alone = _share_all(seeds, labels, entity)
    entries = sorted(votes)
    hashes = _hash_forms(list(forms))
    order = np.argsort(hashes)
    return SeedWords(
        allowed=alone > 0,
        entity=alone[:, entity].sum(axis=1) > 0.5,
        main=alone.argmax(axis=1),
        rates=_choose_rates(config.rates, labels, alone, entity),
        held_out=np.random.default_rng(SEED).random(len(seeds)) < config.held_out,
        entries=np.array(entries, dtype=np.int64),
        votes=voter[[votes[entry] for entry in entries]],
        hashes=hashes[order],
        rows=np.array(list(forms.values()), dtype=np.int64)[order],
    )


def read_seeds(config: LabelsConfig) -> SeedLabels:
    """RETURNS (SeedLabels): Those of the file, then shipped ones it does not know."""
    own = read_seed_labels(Path(config.seeds))
    if config.shipped == "none":
        return own
    shipped = read_seed_labels(find_folder(STARTER) / "assets" / "seed_labels.jsonl")
    return own | {
        term: names
        for term, names in choose_shipped(shipped, config.shipped).items()
        if term not in own
    }


def hash_words(pieces: Ids, begins: Ids) -> Hashes:
    """Numbers that tell words apart by their pieces.

    pieces (Ids): (P,) vocabulary ids.
    begins (Ids): (N,) where each word begins; the first at 0.
    RETURNS (Hashes): (N,), 0 for words of more than `LONGEST` pieces.
    """
    factors = np.random.default_rng(SEED).integers(1, 2**63, LONGEST, dtype=np.uint64)
    sizes = np.diff(np.append(begins, len(pieces)))
    place = np.arange(len(pieces)) - np.repeat(begins, sizes)
    with np.errstate(over="ignore"):
        parts = (pieces.astype(np.uint64) + np.uint64(1)) * factors[place % LONGEST]
        sums = np.add.reduceat(parts, begins) * (factors[0] | np.uint64(1))
    return np.where(sizes > LONGEST, np.uint64(0), sums)


def _hash_forms(forms: Sequence[tuple[int, ...]]) -> Hashes:
    begins = np.cumsum([0, *map(len, forms[:-1])])
    return hash_words(np.array([piece for form in forms for piece in form]), begins)


def _cut_forms(
    terms: Sequence[str], tokenizer: Tokenizer
) -> dict[tuple[int, ...], int]:
    """Pieces of every form of every term -> the term; the exact form wins."""
    spelled: dict[str, int] = {}
    for change in (str, _capitalize, _shout, _hush):
        for row, term in enumerate(terms):
            if not term.startswith(CONTINUES):
                spelled.setdefault(change(term), row)
    vocab = tokenizer.get_vocab()
    rests = {i for entry, i in vocab.items() if entry.startswith(CONTINUES)}
    unknown = vocab["[UNK]"]
    cut = tokenizer.encode_batch_fast(list(spelled), add_special_tokens=False)
    forms: dict[tuple[int, ...], int] = {}
    for encoding, row in zip(cut, spelled.values(), strict=True):
        pieces = tuple(encoding.ids)
        is_word = rests.issuperset(pieces[1:]) and unknown not in pieces
        if is_word and 0 < len(pieces) <= LONGEST:
            forms.setdefault(pieces, row)
    return forms


def _capitalize(term: str) -> str:
    """As at the start of a sentence."""
    return term.capitalize() if term.islower() else term


def _shout(term: str) -> str:
    """As in a headline; initials might be something else."""
    return term.upper() if len(term) >= UPPER else term


def _hush(term: str) -> str:
    return term.lower() if len(term) >= UPPER else term


def _share_all(
    seeds: SeedLabels, labels: Sequence[str], entity: Bools
) -> tuple[Floats, Floats]:
    """(W, L) what each term speaks for when it is offered, and (W, L) by itself."""
    column = {name: i for i, name in enumerate(labels)}
    known = {
        names: share_labels([column[name] for name in names], entity)
        for names in set(seeds.values())
    }
    shares = [known[names] for names in seeds.values()]
    return np.stack([s.voter for s in shares]), np.stack([s.alone for s in shares])


def _choose_rates(
    rates: Mapping[str, float], labels: Sequence[str], alone: Floats, entity: Bools
) -> Floats:
    """(W,) the rate of each word's likeliest label, else that of its sort."""
    own = [
        rates.get(name, rates.get("entity" if is_entity else "other", 0.0))
        for name, is_entity in zip(labels, entity.tolist(), strict=True)
    ]
    return np.array(own, np.float32)[alone.argmax(axis=1)]


def _check(
    config: LabelsConfig,
    labels: Sequence[str],
    *,
    entity: Bools,
    votes: Collection[int],
) -> None:
    unknown = sorted(set(config.rates) - {*labels, *SORTS})
    reason = ""
    if unknown:
        reason = f"no seed has the label {', '.join(unknown)} of labels.rates"
    elif not votes:
        reason = "none of its words is an entry of the vocabulary"
    elif not entity.any():
        reason = "all of its labels are in labels.non_entity"
    if reason:
        raise PretrainError(Errors.E426.format(path=config.seeds, reason=reason))
