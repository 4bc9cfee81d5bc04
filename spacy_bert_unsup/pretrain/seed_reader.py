"""Reads seed labels as words to ask about."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from ..errors import Errors, PretrainError
from ..mlm.loader import STARTER
from ..types import Bools, Floats
from ..vocab.labels import CONTINUES, SeedLabels, read_seed_labels
from ..vocab.scheme import NON_ENTITY
from ..vocab.shares import share_labels
from ..vocab.workshop.merging import choose_shipped, put_beneath
from .data import Flags
from .kept import find_folder
from .seed_words import LONGEST, Hashes, SeedWords, hash_words
from .settings import LabelsConfig

OTHER_CASE = 4
"""Letters from which on a word is also found in capitals, or in lower case."""
SORTS = {"entity": 0.6, "other": 0.5}
"""What `labels.rates` may name beside labels, and the rates where it does not."""

logger = logging.getLogger(__name__)


def read_seed_words(config: LabelsConfig, tokenizer: Tokenizer) -> SeedWords:
    """Read the seeds and cut their words into pieces.

    RETURNS (SeedWords): Terms that continue a word or are several are not found.
    RAISES (AssetsError, InputError): If the file cannot be read.
    RAISES (PretrainError): If nothing can be asked about: E426 says why.
    """
    seeds = read_seeds(config)
    labels = list(dict.fromkeys(name for names in seeds.values() for name in names))
    shipped = NON_ENTITY if config.shipped != "none" else ()
    entity = ~np.isin(labels, [*config.non_entity, *shipped])
    forms = _cut_forms(list(seeds), tokenizer)
    votes = {pieces[0]: row for pieces, row in forms.items() if len(pieces) == 1}
    voter, alone = _share_all(seeds, labels, entity)
    rates = _choose_rates(config.rates, labels, alone, entity)
    held_out = hold_out(seeds, config.held_out)
    found = np.array(list(forms.values()), dtype=np.int64)
    asked = (rates > 0) & ~held_out
    _check(config, labels, entity=entity, votes=votes, asked=asked[found])
    logger.info(
        "Labels: %d of %d seed terms are words that are found in the text",
        len(np.unique(found)),
        len(seeds),
    )
    named = alone[:, entity].sum(axis=1) > 0.5
    entries = sorted(votes)
    hashes = _hash_forms(list(forms))
    order = np.argsort(hashes)
    return SeedWords(
        allowed=np.concatenate([alone, voter]) > 0,
        entity=named,
        kind=(voter[:, entity].sum(axis=1) > 0.5) & ~named,
        numeral=np.array([term[:1].isdigit() for term in seeds]),
        rates=rates,
        held_out=held_out,
        entries=np.array(entries, dtype=np.int64),
        votes=voter[[votes[entry] for entry in entries]],
        hashes=hashes[order],
        rows=found[order],
        digest=hash_questions(config, seeds),
    )


def read_seeds(config: LabelsConfig) -> SeedLabels:
    """RETURNS (SeedLabels): Those of the file, then shipped ones it does not know."""
    own = read_seed_labels(Path(config.seeds))
    if config.shipped == "none":
        return own
    shipped = read_seed_labels(find_folder(STARTER) / "assets" / "seed_labels.jsonl")
    return put_beneath(own, choose_shipped(shipped, config.shipped))


def hash_questions(config: LabelsConfig, seeds: SeedLabels) -> str:
    """RETURNS (str): Changes with the seeds and with what is asked about them."""
    kept = [list(seeds.items()), config.non_entity, config.rates, config.held_out]
    text = json.dumps([*kept, config.beside, config.sentence], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def hold_out(terms: Iterable[str], share: float) -> Flags:
    """Choose terms by their spelling: the same in every run, in any case form.

    RETURNS (Flags): (W,).
    """
    numbers = [
        int.from_bytes(hashlib.blake2b(term.lower().encode(), digest_size=8).digest())
        for term in terms
    ]
    return np.array(numbers, dtype=np.float64) / 2.0**64 < share


def _hash_forms(forms: Sequence[tuple[int, ...]]) -> Hashes:
    begins = np.cumsum([0, *map(len, forms[:-1])])
    return hash_words(np.array([piece for form in forms for piece in form]), begins)


def _cut_forms(
    terms: Sequence[str], tokenizer: Tokenizer
) -> dict[tuple[int, ...], int]:
    """Pieces of every form of every term -> the term; the exact form wins."""
    spelled: dict[str, int] = {}
    for change in (str, _capitalize, _upper, _lower):
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


def _upper(term: str) -> str:
    """As in a headline; initials might be something else."""
    return term.upper() if len(term) >= OTHER_CASE else term


def _lower(term: str) -> str:
    """As names are written in haste; entries of the vocabulary are matched so, too."""
    return term.lower() if len(term) >= OTHER_CASE else term


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
    rates = SORTS | dict(rates)
    own = [
        rates.get(name, rates["entity" if is_entity else "other"])
        for name, is_entity in zip(labels, entity.tolist(), strict=True)
    ]
    return np.array(own, np.float32)[alone.argmax(axis=1)]


def _check(
    config: LabelsConfig,
    labels: Sequence[str],
    *,
    entity: Bools,
    votes: Collection[int],
    asked: Flags,
) -> None:
    unknown = sorted(set(config.rates) - {*labels, *SORTS})
    reason = ""
    if unknown:
        reason = f"no seed has the label {', '.join(unknown)} of labels.rates"
    elif not votes:
        reason = "none of its terms is an entry of the vocabulary"
    elif not entity.any():
        reason = "all of its labels are in labels.non_entity"
    elif not asked.any():
        reason = "labels.rates and labels.held_out leave nothing to ask about"
    if reason:
        raise PretrainError(Errors.E426.format(path=config.seeds, reason=reason))
