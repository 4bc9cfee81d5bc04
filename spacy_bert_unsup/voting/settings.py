"""Every constant of the votes, with its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import ConfigError, Errors
from .votes import CountNorm, TermWeight

CUES = ("context", "phrase", "lexical")
MASKINGS = ("exact", "none")


@dataclass(frozen=True)
class VotingSettings:
    """How spans are asked and labelled.

    masking (str): "exact" (one masked copy per span) or "none" (read it unmasked).
    per_piece (bool): In the context cue, one mask per piece instead of one per span.
    phrase_template (str): Sentence of the phrase cue.
    cues (tuple[str, ...]): Which of "context", "phrase", "lexical" take part.
    cue_weights (Mapping[str, float]): Their weights.
    top_k (int): Terms that vote in a context or phrase cue.
    term_weight (TermWeight): Votes weigh by "probability" or "logit".
    count_norm (CountNorm): How the label counts of a term become shares.
    prior_power (float): In [0, 1]: how far the votes of labels that many frequent terms
        carry are scaled down; 0 leaves votes as they are.
    ignored_terms (tuple[str, ...]): Terms that never vote.
    non_entity_weight (float): Weight of non-entity labels in the context cue.
    last_piece (float): In the lexical cue, weight of a word's last piece.
    head (float): In the lexical cue, weight of a span's last word.
    skip_share (float): Words whose own labels are non-entity by this share or more are
        not asked; above 1 asks every word.
    join (float): Least entity share of a token that may be part of a span.
    bridges (tuple[str, ...]): Words that may stand inside a span, between two others.
    max_span (int): Longest span that is asked when tokens are joined.
    length_bonus (float): What a longer span is worth over its parts, per token.
    fine_share (float): Least share of a broad label for a finer one to be given.
    window, overlap (int): Pieces in a context, and shared by two neighbouring ones.
    """

    masking: str = "exact"
    per_piece: bool = False
    phrase_template: str = "{phrase} is a [MASK] ."
    cues: tuple[str, ...] = CUES
    cue_weights: Mapping[str, float] = field(
        default_factory=lambda: {"context": 1.0, "phrase": 1.0, "lexical": 1.0}
    )
    top_k: int = 20
    term_weight: TermWeight = "probability"
    count_norm: CountNorm = "linear"
    prior_power: float = 0.0
    ignored_terms: tuple[str, ...] = ()
    non_entity_weight: float = 1.0
    last_piece: float = 2.0
    head: float = 2.0
    skip_share: float = 0.9
    join: float = 0.4
    bridges: tuple[str, ...] = ("-", "/", "of", "'s", "’s")
    max_span: int = 6
    length_bonus: float = 0.05
    fine_share: float = 0.6
    window: int = 126
    overlap: int = 32

    def __post_init__(self) -> None:
        if self.masking not in MASKINGS:
            _refuse("masking", self.masking, MASKINGS)
        for cue in (*self.cues, *self.cue_weights):
            if cue not in CUES:
                _refuse("cues", cue, CUES)
        if not self.cues:
            _refuse("cues", "nothing", CUES)
        if self.top_k < 1 or self.max_span < 1:
            raise ConfigError(Errors.E303.format(key="top_k and max_span", least=1))

    def weight(self, cue: str) -> float:
        """The weight of a cue; 0 where it takes no part."""
        return float(self.cue_weights.get(cue, 1.0)) if cue in self.cues else 0.0


def _refuse(key: str, value: str, names: tuple[str, ...]) -> None:
    known = ", ".join(names)
    raise ConfigError(Errors.E301.format(key=key, value=value, names=known))
