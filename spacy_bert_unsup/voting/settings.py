"""Every constant of the votes, with its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConfigError, Errors
from ..vocab.scheme import COMPOUNDS
from .votes import CountNorm, TermWeight

CUES = ("context", "phrase", "lexical")
ASKED = ("phrase", "context")
"""Cues that ask the model, the cheap one first."""
MASKINGS = ("exact", "packed", "none")
CHOICES = {
    "masking": MASKINGS,
    "term_weight": ("probability", "logit"),
    "count_norm": ("linear", "log", "sqrt", "softmax"),
}
LEAST = dict.fromkeys(("top_k", "max_span", "window", "phrase_templates"), 1)
LEAST |= dict.fromkeys(
    (
        *("extend", "overlap", "most_voters", "last_piece", "head", "ending"),
        *("context_width", "max_cached_answers", "foreign_cost", "herald_cost"),
    ),
    0,
)
CONTEXT_TEMPLATES = {
    "exact": ("[MASK]", "{phrase} and other [MASK]", "[MASK] and {phrase}"),
    "none": ("[MASK]", "{phrase} and other [MASK]", "[MASK] and {phrase}"),
    "packed": ("[MASK]", "[MASK] and {phrase}"),
}
"""What the context cue asks where a config does not say; by F1 on three sets.

A template that is there twice weighs double, and is asked once.
"""
ASK_ALL = 100.0
"""A margin from which on every span is asked."""
SHARES = ("propose", "block", "entity_share", "fine_share", "near_share")


@dataclass(frozen=True)
class VotingSettings:
    """How spans are asked and labelled.

    masking (str): "exact" (one masked copy per question), "packed" (all questions about
        a window in one row with it) or "none" (read the span unmasked).
    per_piece (bool): In the context cue, one mask per piece instead of one per span.
    context_templates (tuple[str, ...]): What stands in the place of the span in the
        context cue: "[MASK]" blanks it; with "{phrase}" in it, it asks for its like.
        None takes those that suit the masking: see `CONTEXT_TEMPLATES`.
    phrase_templates (tuple[str, ...]): Sentences of the phrase cue.
    stand_in (str): With "packed", a sentence of the phrase cue is read once with this
        word in the place of the phrase, and all phrases beside it; "" asks each phrase
        in a sentence of its own, as the other ways of masking do.
    cues (tuple[str, ...]): Which of "context", "phrase", "lexical" take part.
    cue_weights (Mapping[str, float]): Their weights.
    top_k (int): Terms that vote in a context or phrase cue.
    term_weight (TermWeight): Votes weigh by "probability" or "logit".
    count_norm (CountNorm): How the label counts of a term become shares.
    ignored_terms (tuple[str, ...]): Terms that never vote.
    non_entity_weight (float): Weight of non-entity labels in the context cue.
    last_piece (float): In the lexical cue, weight of a word's last piece.
    head (float): In the lexical cue, weight of a span's last word that is no numeral.
    ending (float): In the lexical cue, weight of a seed like "##itis" for a word that
        the vocabulary cuts and that ends so; 0 leaves endings out.
    number_term, year_term (str): Terms whose labels numerals get that are no entry of
        the vocabulary; four digits that start with 1 or 2 are a year.
    propose (float): Least entity share, by its own words, of a token around which spans
        are proposed; 0 proposes around every word.
    kinds (bool): Also propose spans around words that name a kind ("disease") or belong
        to one ("renal").
    block (float): A word whose function-word, verb and adverb share is above this is in
        no span, unless it is capitalised.
    extend (int): Words that are no entity by themselves (adjectives, kind words) that a
        span may take in on either side.
    capitals (bool): A capitalised word inside a sentence may be part of a span even if
        its words say no; a weak hint, since biomedical names are lower case.
    bridges (tuple[str, ...]): Words that may stand inside a span, between two others.
    max_span (int): Longest span that is asked when tokens are joined.
    entity_share (float): Least share of all entity labels together for an entity.
    extra_cost (float): What each word without a capital that is no entity, and neither
        names nor belongs to a kind ("disease", "renal"), costs a span, in shares; it
        keeps adjectives and generic nouns out of the edges.
    number_cost (float): What it costs a span to begin with a numeral ("two cities"),
        a number to hold a word that is none, and a name to hold a numeral if the seeds
        of its label have capitals and no digits ("Smith 46").
    foreign_cost (float): What each word in lower case costs a span that surely speaks
        for another label, if `compounds` do not take it in ("lithium toxicity"); a
        name may begin behind such a word without `split_cost`. 0 looks at no kinds.
    compounds (Mapping[str, tuple[str, ...]]): Broad label -> broad labels whose words
        its names take in ("breast cancer"); labels that are not named take in all. A
        config is merged with the default, label by label.
    herald_cost (float): What each word costs a name that says the kind of what stands
        behind it ("President Miller", "the bacterium Bdellovibrio"). 0 looks for none;
        else `cut_cost` does not keep such a word and its name together, whatever
        the label.
    heralded (tuple[str, ...]): Broad labels whose names do not take in such words.
    binomials (tuple[str, ...]): Broad labels whose names are a word with a capital and
        one in lower case; a word that the vocabulary lacks belongs to such a name.
    lower_cost (float): What each word in lower case costs a span with capitals, for
        labels whose seeds all have capitals; much less where fewer have. It keeps
        "coach" out of "coach Smith". Not used without `capitals`.
    cut_cost (float): What it costs a span to part tokens that belong together: a run
        of capitalised words, "E. coli", "IL - 6".
    split_cost (float): What it costs to have two spans side by side.
    context_margin (float): A proposed span is asked in context only if words and phrase
        alone make it worth more than minus this per token; 100 or more asks all.
    phrase_margin (float): The same for the question about the phrase, by words alone.
    fine_share (float): Least share of a broad label for a finer one to be given.
    near_share (float): Spans that lost are kept in the span group from this score on.
    most_voters (int): Terms kept as evidence of a span.
    window, overlap (int): Pieces in a context, and shared by two neighbouring ones.
    context_width (int): Pieces on either side of a span that the context cue shows; 0
        shows the whole window.
    max_cached_answers (int): Answers kept from one batch to the next, for each of the
        two cues that ask the model; about half a kilobyte each. 0 keeps none.
    """

    masking: str = "packed"
    per_piece: bool = False
    context_templates: tuple[str, ...] = ()
    phrase_templates: tuple[str, ...] = ("such as {phrase} and [MASK] .",)
    stand_in: str = "things"
    cues: tuple[str, ...] = CUES
    cue_weights: Mapping[str, float] = field(
        default_factory=lambda: {"context": 1.0, "phrase": 0.7, "lexical": 1.25}
    )
    top_k: int = 20
    term_weight: TermWeight = "probability"
    count_norm: CountNorm = "linear"
    ignored_terms: tuple[str, ...] = ()
    non_entity_weight: float = 1.0
    last_piece: float = 2.0
    head: float = 2.0
    ending: float = 10.0
    number_term: str = "two"
    year_term: str = "1999"
    propose: float = 0.2
    kinds: bool = True
    block: float = 0.7
    extend: int = 2
    capitals: bool = True
    bridges: tuple[str, ...] = (
        *("-", "–", "'", "’", "'s", "’s", "s"),
        *("of", "de", "del", "la", "von", "van", "der", "el", "al", "&"),
    )
    max_span: int = 6
    entity_share: float = 0.5
    extra_cost: float = 1.0
    number_cost: float = 1.0
    foreign_cost: float = 1.0
    compounds: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: dict(COMPOUNDS)
    )
    herald_cost: float = 2.0
    heralded: tuple[str, ...] = ("PERSON", "SPECIES")
    binomials: tuple[str, ...] = ("SPECIES",)
    lower_cost: float = 3.0
    cut_cost: float = 0.75
    split_cost: float = 1.0
    context_margin: float = 0.1
    phrase_margin: float = 0.4
    fine_share: float = 0.6
    near_share: float = 0.25
    most_voters: int = 8
    window: int = 126
    overlap: int = 32
    context_width: int = 0
    max_cached_answers: int = 32768

    def __post_init__(self) -> None:
        for key, known in CHOICES.items():
            if getattr(self, key) not in known:
                _refuse(key, getattr(self, key), known)
        for cue in (*self.cues, *self.cue_weights):
            if cue not in CUES:
                _refuse("cues", cue, CUES)
        if not self.cues:
            _refuse("cues", "nothing", CUES)
        for key, least in LEAST.items():
            value = getattr(self, key)
            if (len(value) if isinstance(value, tuple) else value) < least:
                raise ConfigError(Errors.E303.format(key=key, least=least))
        for key in SHARES:
            if not 0 <= getattr(self, key) <= 1:
                raise ConfigError(Errors.E310.format(key=key, value=getattr(self, key)))

    def templates(self, cue: str) -> tuple[str, ...]:
        """The templates of the cue "context" or "phrase"."""
        if cue == "phrase":
            return self.phrase_templates
        return self.context_templates or CONTEXT_TEMPLATES[self.masking]

    def margin(self, cue: str) -> float:
        """How much less than nothing a token may be worth for a cue to be asked."""
        return {"phrase": self.phrase_margin, "context": self.context_margin}[cue]

    def weight(self, cue: str) -> float:
        """The weight of a cue; 0 where it takes no part."""
        return float(self.cue_weights.get(cue, 1.0)) if cue in self.cues else 0.0


def as_config(value: Any) -> Any:
    """A setting as a config can hold it: lists for tuples, in tables too."""
    if isinstance(value, Mapping):
        return {key: as_config(part) for key, part in value.items()}
    return list(value) if isinstance(value, tuple) else value


def from_config(value: Any) -> Any:
    """The setting that `as_config` was given."""
    if isinstance(value, Mapping):
        return {key: from_config(part) for key, part in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _refuse(key: str, value: str, names: tuple[str, ...]) -> None:
    known = ", ".join(names)
    raise ConfigError(Errors.E301.format(key=key, value=value, names=known))
