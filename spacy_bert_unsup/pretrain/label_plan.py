"""What is asked about labels, and in which words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from tokenizers import Tokenizer

from ..errors import Errors, PretrainError
from .data import Ids
from .seed_reader import read_seed_words
from .seed_words import SeedWords
from .settings import LabelsConfig

MASK = "[MASK]"
PHRASE = "{phrase}"


@dataclass(frozen=True, slots=True)
class Template:
    """Pieces around a phrase, one of them the mask.

    before, behind (Ids): (n,) and (m,).
    """

    before: Ids
    behind: Ids

    @classmethod
    def parse(cls, source: str, tokenizer: Tokenizer) -> Template:
        """Cut a template such as "[MASK] and {phrase}" into pieces.

        RAISES (PretrainError): If it does not hold one mask and one phrase, or a
            character that the vocabulary does not know.
        """
        if source.count(MASK) != 1 or source.count(PHRASE) != 1:
            reason = f"it must hold {MASK} and {PHRASE}, once each"
            raise PretrainError(Errors.E427.format(template=source, reason=reason))
        before, _, behind = source.partition(PHRASE)
        found = cls(_cut(before, tokenizer), _cut(behind, tokenizer))
        if tokenizer.token_to_id("[UNK]") in [*found.before, *found.behind]:
            reason = "the vocabulary does not know all of its characters"
            raise PretrainError(Errors.E427.format(template=source, reason=reason))
        return found


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """What decides which questions about labels a batch holds.

    words (SeedWords): What may be asked about.
    beside (Template): Stands beside a span in its text.
    sentence (Template): Asks about a span out of its text.
    held_out (bool): Ask about the words held out, and no others.
    """

    words: SeedWords
    settings: LabelsConfig
    beside: Template
    sentence: Template
    held_out: bool = False

    def for_validation(self) -> LabelPlan:
        """RETURNS (LabelPlan): Asks about the words that training never asks about."""
        return replace(self, held_out=True)


def make_label_plan(config: LabelsConfig, tokenizer: Tokenizer) -> LabelPlan | None:
    """Read the seeds that the config names.

    RETURNS (LabelPlan | None): None if it names none.
    RAISES (AssetsError, InputError, PretrainError): For seeds, rates or templates that
        cannot be used.
    """
    if not config.seeds:
        return None
    return LabelPlan(
        read_seed_words(config, tokenizer),
        config,
        Template.parse(config.beside, tokenizer),
        Template.parse(config.sentence, tokenizer),
    )


def _cut(text: str, tokenizer: Tokenizer) -> Ids:
    """(n,) pieces; the mask is written as people write it, whatever the tokenizer."""
    mask = tokenizer.token_to_id(MASK)
    parts = [
        tokenizer.encode(part, add_special_tokens=False).ids
        for part in text.split(MASK)
    ]
    ids = [piece for part in parts for piece in (mask, *part)][1:]
    return np.array(ids, dtype=np.int64)
