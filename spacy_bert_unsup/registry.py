"""Registered functions: what a config may swap, as `spacy-bert-unsup.<name>.v1`.

Annotations are not postponed: spaCy checks the arguments of a config against them.
"""

from collections.abc import Callable
from functools import partial

from .errors import ConfigError, Errors
from .voting.candidates import (
    ENTITY_MARK,
    NOUN_TAGS,
    CandidateFinder,
    find_auto,
    find_entity_marks,
    find_noun_chunks,
    find_pos_runs,
    find_span_group,
    find_tokens,
)


def create_auto_v1() -> CandidateFinder:
    """Spans proposed by the vocabulary's own labels; needs no tagger."""
    return find_auto


def create_tokens_v1() -> CandidateFinder:
    """Every token by itself."""
    return find_tokens


def create_noun_chunks_v1() -> CandidateFinder:
    """Noun chunks; needs a parser."""
    return find_noun_chunks


def create_pos_runs_v1(tags: list[str] | None = None) -> CandidateFinder:
    """Runs of tokens with certain tags; needs a tagger.

    tags (Optional[list[str]]): `token.tag_` or `token.pos_` values; nouns,
        adjectives and numbers when None.
    """
    return partial(find_pos_runs, tags=tuple(tags or NOUN_TAGS))


def create_span_group_v1(key: str = "sc") -> CandidateFinder:
    """The spans of a group.

    key (str): `doc.spans[key]`.
    """
    return partial(find_span_group, key=key)


def create_entity_marks_v1(mark: str = ENTITY_MARK) -> CandidateFinder:
    """Words marked in the text.

    mark (str): What a marked word ends in.
    """
    return partial(find_entity_marks, mark=mark)


CANDIDATES: dict[str, "Callable[[], CandidateFinder]"] = {
    "auto": create_auto_v1,
    "tokens": create_tokens_v1,
    "noun_chunks": create_noun_chunks_v1,
    "pos_runs": create_pos_runs_v1,
    "span_group": create_span_group_v1,
    "entity_marks": create_entity_marks_v1,
}
"""Short names for a config; each is registered under its long name too."""


def resolve_candidates(value: "str | CandidateFinder") -> CandidateFinder:
    """Get the function that a config names.

    value (str | CandidateFinder): A short name, or the function itself, as spaCy
        resolves `{"@misc": "spacy-bert-unsup.pos_runs.v1"}`.
    RETURNS (CandidateFinder): The function.
    RAISES (ConfigError): if there is no such name.
    """
    if not isinstance(value, str):
        return value
    if value not in CANDIDATES:
        raise ConfigError(Errors.E308.format(name=value, names=", ".join(CANDIDATES)))
    return CANDIDATES[value]()
