"""Histograms of terms, phrases and blanks, as plain data and for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ...errors import Errors, InputError
from ...types import Floats
from ...vocab.spelling import find_term
from ..reading.blanks import MASK, find_blanks, read_text_with_blanks
from ..terminal import bar, format_table
from .loading import Vocabulary, phrase_vector

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...vocab.geometry.cosines import Cosines
    from ...vocab.geometry.histograms import Histogram
    from ...vocab.geometry.tails import TailRule
    from ...vocab.vectors import VocabVectors

Record: TypeAlias = dict[str, Any]
STEP = 0.05
"""Width of a row of the terminal's chart."""
ORTHOGONAL = 10
"""Orthogonal terms that are named."""
LETTERS = 2
"""Named terms have more."""


class Subject(NamedTuple):
    """What a histogram is taken of.

    name (str): What to call it.
    histogram (Histogram): Its cosines with the vocabulary.
    own (Optional[int]): Its entry, if it is a term.
    """

    name: str
    histogram: Histogram
    own: int | None = None


def find_histograms(
    vocabulary: Vocabulary,
    cosines: Cosines,
    term: str | None,
    text: str | None,
    *,
    rule: TailRule,
) -> list[Subject]:
    """The histogram of a term, or of a phrase, or of each blank of a text.

    vocabulary (Vocabulary): Where the term is looked up, and who reads the text.
    cosines (Cosines): Of that vocabulary.
    term (Optional[str]): A term.
    text (Optional[str]): Or a text.
    rule (TailRule): Where tails end.
    RETURNS (list[Subject]): One, or one for each blank.
    RAISES (InputError): if there is no such term, or nothing to read.
    """
    from ...vocab.geometry.histograms import term_histogram, vector_histogram

    if term is not None:
        number = find_term(vocabulary.vectors, term)
        found = term_histogram(cosines, number, rule=rule)
        return [Subject(vocabulary.vectors.terms[number], found, number)]
    return [
        Subject(name, vector_histogram(cosines, vector, rule=rule))
        for name, vector in _text_vectors(vocabulary.model(), text or "")
    ]


def describe_histogram(
    vectors: VocabVectors,
    subject: Subject,
    *,
    threshold: float | None = None,
    marks: Sequence[Sequence[str]] = (),
) -> Record:
    """A histogram as plain data.

    vectors (VocabVectors): The vocabulary.
    subject (Subject): The histogram, and what it is of.
    threshold (Optional[float]): Neighbours are above it; None takes the tail's.
    marks (Sequence[Sequence[str]]): Groups of terms whose cosines are wanted.
    RETURNS (dict[str, Any]): `name`, `bins` (`cosine`, `terms`), `tail` (`terms`, the
        term itself included, and `threshold`), `orthogonal` (`terms`, and a `sample`
        of words in vocabulary order), `threshold`, `neighbours` (`term`,
        `cosine`; nearest first, without the term itself) and `marks` (groups of them).
    RAISES (InputError): if a marked term is not in the vocabulary.
    """
    histogram = subject.histogram
    values = histogram.cosines

    def row(number: int) -> Record:
        return {
            "term": vectors.terms[number],
            "cosine": round(float(values[number]), 2),
        }

    def whole(number: int) -> bool:
        word = len(vectors.surfaces[number]) > LETTERS
        return word and bool(vectors.usable[number]) and not vectors.continues[number]

    tail = histogram.tail
    near = histogram.above(threshold).tolist()
    zero = histogram.orthogonal.tolist()
    pairs = zip(histogram.centres, histogram.counts, strict=True)
    return {
        "name": subject.name,
        "bins": [{"cosine": round(float(c), 2), "terms": int(n)} for c, n in pairs],
        "tail": {"terms": int(tail.length), "threshold": float(tail.threshold)},
        "orthogonal": {
            "terms": len(zero),
            "sample": [vectors.terms[i] for i in zero if whole(i)][:ORTHOGONAL],
        },
        "threshold": float(tail.threshold if threshold is None else threshold),
        "neighbours": [row(i) for i in near if i != subject.own],
        "marks": [[row(find_term(vectors, mark)) for mark in group] for group in marks],
    }


def histogram_report(record: Record, *, top: int) -> str:
    """A histogram for a terminal.

    record (dict[str, Any]): From `describe_histogram`.
    top (int): Neighbours to show.
    RETURNS (str): A bar chart, and the neighbours.
    """
    tail, zero, near = record["tail"], record["orthogonal"], record["neighbours"]
    lines = [
        f"{record['name']}: a tail of {tail['terms']} terms above "
        f"{tail['threshold']:.2f}, {zero['terms']} orthogonal "
        f"({', '.join(zero['sample'])}{', ...' if zero['sample'] else ''})",
        "",
        *_chart(record),
        "",
        f"{len(near)} neighbours above {record['threshold']:.2f}",
    ]
    if near[:top]:
        rows = [[f"{row['cosine']:.2f}", row["term"]] for row in near[:top]]
        lines.append(format_table(rows, ["cosine", "term"], numbers=[0]))
    if len(near) > top:
        lines.append(f"... and {len(near) - top} more (--top)")
    for group in record["marks"]:
        shown = ", ".join(f"{row['term']} {row['cosine']:.2f}" for row in group)
        lines.append(f"Marked: {shown}")
    return "\n".join(lines)


def _chart(record: Record) -> list[str]:
    """Bars whose lengths are logarithms: a tail would not be seen otherwise."""
    end = record["tail"]["threshold"]
    counts: dict[int, int] = {}
    tail: set[int] = set()
    for part in record["bins"]:
        place = math.floor(round(part["cosine"] / STEP, 6))
        counts[place] = counts.get(place, 0) + part["terms"]
        if part["cosine"] > end:
            tail.add(place)
    most = math.log1p(max(counts.values()))
    lines = ["cosine from         terms (bars: logarithms)"]
    for place in range(max(counts), min(counts) - 1, -1):
        count = counts.get(place, 0)
        drawn = bar(math.log1p(count) / most, width=40)
        mark = "  tail" if place in tail else ""
        lines.append(f"{place * STEP:>6.2f} {drawn} {count}{mark}")
    return lines


def _text_vectors(lm: MaskedLM, text: str) -> Iterator[tuple[str, Floats]]:
    """A text's [CLS], or what the model would put into each of its blanks."""
    if MASK not in text:
        yield text, phrase_vector(lm, text)
        return
    import numpy as np

    from ...types import Query
    from ...vectors.windows import with_specials

    encoded, notes = read_text_with_blanks(lm, text)
    if notes:
        raise InputError(Errors.E542.format(pieces=len(encoded.pieces)))
    ids = with_specials(lm, encoded.pieces.ids)
    places = [encoded.cover[word, 0] + 1 for word in find_blanks(encoded)]
    queries = [Query(ids, np.array([place], np.int32)) for place in places]
    vectors = lm.head_vectors(queries)
    for number, vector in enumerate(vectors, 1):
        yield f"{MASK} {number} of {text!r}", vector
