"""Which spans to ask about (design: candidates, the unsaid heart)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ..errors import ConfigError, Errors
from ..types import TokenSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc

NOUN_TAGS = (
    *("NFP", "JJ", "NN", "FW", "NNS", "NNPS", "JJS", "JJR", "NNP", "POS", "CD"),
    *("NOUN", "PROPN", "ADJ", "NUM"),
)
"""Penn tags of spec 6.1, and the universal ones for other tag sets."""
ENTITY_MARK = ":__entity__"


@dataclass(frozen=True)
class Candidates:
    """Spans to ask about in one text.

    spans (list[TokenSpan]): In text order; they may overlap.
    join (bool): Spans are proposed around the words that can be entities, and those
        in `spans` are not used.
    unread (list[TokenSpan]): Stretches of characters, as (start, end), that the model
        shall not read.
    sure (bool): The spans are entities, and only their labels are asked: a word that
        names a kind ("patients") then speaks for it by itself, too.
    """

    spans: list[TokenSpan]
    join: bool = False
    unread: list[tuple[int, int]] = field(default_factory=list)
    sure: bool = False


CandidateFinder: TypeAlias = "Callable[[Doc], Candidates]"
"""What a registered `candidates` function makes."""


def find_auto(doc: Doc) -> Candidates:
    """Spans proposed by the vocabulary's own labels; needs no tagger."""
    return Candidates([], join=True)


def find_tokens(doc: Doc) -> Candidates:
    """Every token that has a letter or digit, by itself."""
    words = ((t.i, t.i + 1) for t in doc if any(map(str.isalnum, t.text)))
    return Candidates(list(words))


def find_noun_chunks(doc: Doc) -> Candidates:
    """Noun chunks of the parser, without leading determiners and pronouns.

    RAISES (ConfigError): if the doc has no parse, or its language no noun chunks.
    """
    try:
        chunks = [(chunk.start, chunk.end) for chunk in doc.noun_chunks]
    except (ValueError, NotImplementedError) as error:
        raise ConfigError(
            Errors.E304.format(name="noun_chunks", need="parser")
        ) from error
    trimmed = [(_skip_determiners(doc, start, end), end) for start, end in chunks]
    return Candidates([(start, end) for start, end in trimmed if start < end])


def find_pos_runs(doc: Doc, tags: Sequence[str] = NOUN_TAGS) -> Candidates:
    """Maximal runs of tokens with certain fine-grained tags (spec 6.1).

    tags (Sequence[str]): `token.tag_` or `token.pos_` values.
    RAISES (ConfigError): if the doc has no tags.
    """
    if not (doc.has_annotation("TAG") or doc.has_annotation("POS")):
        raise ConfigError(Errors.E304.format(name="pos_runs", need="tagger"))
    wanted = set(tags)
    return Candidates(group_tokens([t.tag_ in wanted or t.pos_ in wanted for t in doc]))


def find_span_group(doc: Doc, key: str = "sc") -> Candidates:
    """The spans of `doc.spans[key]`; none if there is no such group."""
    group = doc.spans.get(key, [])
    bounds = {(span.start, span.end) for span in group if span.end > span.start}
    return Candidates(sorted(bounds))


def find_entity_marks(doc: Doc, mark: str = ENTITY_MARK) -> Candidates:
    """Phrases marked in the text (spec 6.1), such as `New:__entity__ York:__entity__`.

    A white-space word that ends in the mark is marked; marked words in a row form one
    phrase. The model does not read the marks; the tokens keep them.

    mark (str): What ends a marked word.
    """
    unread: list[tuple[int, int]] = []
    marked: list[bool] = [False] * len(doc)
    for word in re.finditer(r"\S+", doc.text):
        if word.group().endswith(mark):
            cut = word.end() - len(mark)
            unread.append((cut, word.end()))
            for token in doc:
                inside = word.start() <= token.idx < cut
                marked[token.i] = marked[token.i] or inside
    # The tokens of a mark itself must not part the words on either side of it.
    hidden = [any(a <= t.idx < b for a, b in unread) for t in doc]
    runs = group_tokens([m or h for m, h in zip(marked, hidden, strict=True)])
    spans = [_trim_run(marked, start, end) for start, end in runs]
    return Candidates([span for span in spans if span[0] < span[1]], unread=unread)


def group_tokens(wanted: Sequence[bool]) -> list[TokenSpan]:
    """Maximal runs of wanted tokens.

    wanted (Sequence[bool]): (T,).
    RETURNS (list[TokenSpan]): Runs in order.
    """
    runs: list[TokenSpan] = []
    for i, want in enumerate(wanted):
        if want and runs and runs[-1][1] == i:
            runs[-1] = (runs[-1][0], i + 1)
        elif want:
            runs.append((i, i + 1))
    return runs


def _trim_run(marked: Sequence[bool], start: int, end: int) -> TokenSpan:
    """A run without the tokens of marks at its borders."""
    while end > start and not marked[end - 1]:
        end -= 1
    while start < end and not marked[start]:
        start += 1
    return start, end


def _skip_determiners(doc: Doc, start: int, end: int) -> int:
    while start < end and doc[start].pos_ in ("DET", "PRON", "PUNCT"):
        start += 1
    return start
