"""Seed labels: what people wrote about vocabulary terms (spec 3.1).

Two file formats: `.jsonl` with `{"term": ..., "labels": [...]}` and `.tsv` with
`term TAB label/label`. A term that occurs twice gets the labels of both lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from ..errors import AssetsError, Errors
from ..util import read_text
from .vectors import VocabVectors

SeedLabels: TypeAlias = dict[str, tuple[str, ...]]
"""Term -> its labels, most likely first."""

CONTINUES = "##"
"""How seed files mark a term that continues a word, for every kind of tokenizer."""


def read_seed_labels(path: str | Path) -> SeedLabels:
    """Read seed labels from a `.jsonl` or `.tsv` file.

    path (str | Path): The file.
    RETURNS (SeedLabels): Terms in file order.
    RAISES (InputError): if the file is missing or not UTF-8.
    RAISES (AssetsError): if a line is not of the format; the message names it.
    """
    path = Path(path)
    if path.suffix not in (".jsonl", ".tsv"):
        raise AssetsError(Errors.E202.format(path=path))
    return parse_seed_labels(read_text(path), path)


def parse_seed_labels(text: str, where: str | Path) -> SeedLabels:
    """Read seed labels from the text of a file.

    text (str): The content.
    where (str | Path): The file's name: its suffix gives the format, and messages
        name it.
    RETURNS (SeedLabels): Terms in order.
    RAISES (AssetsError): if a line is not of the format.
    """
    path = Path(where)
    parse = _parse_tsv if path.suffix == ".tsv" else _parse_json
    return merge_seed_labels(
        parse(line, path, number)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    )


def dump_seed_labels(labels: SeedLabels) -> str:
    """The `.jsonl` text of seed labels, one term a line.

    labels (SeedLabels): What to write, in order.
    RETURNS (str): Lines.
    """
    rows = ({"term": term, "labels": list(names)} for term, names in labels.items())
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def merge_seed_labels(pairs: Iterable[tuple[str, Sequence[str]]]) -> SeedLabels:
    """Join lines about the same term: the union of its labels in order.

    pairs (Iterable[tuple[str, Sequence[str]]]): Terms and labels.
    RETURNS (SeedLabels): Each term once, where it first occurred.
    """
    merged: SeedLabels = {}
    for term, names in pairs:
        merged[term] = tuple(dict.fromkeys((*merged.get(term, ()), *names)))
    return merged


def invert_seeds(seeds: Mapping[str, Iterable[str]]) -> SeedLabels:
    """Turn label -> terms, as users write it in a config, into term -> labels.

    seeds (Mapping[str, Iterable[str]]): Label -> terms.
    RETURNS (SeedLabels): Term -> labels.
    RAISES (AssetsError): if a label holds "/" or is empty, or has no terms, or an empty
        one.
    """
    for label, terms in seeds.items():
        if not _valid_label(label):
            raise AssetsError(Errors.E205.format(label=label))
        listed = [] if isinstance(terms, str) else list(terms)
        if not listed or not all(map(_valid_term, listed)):
            raise AssetsError(Errors.E206.format(label=label, terms=terms))
    return merge_seed_labels(
        (term, (label,)) for label, terms in seeds.items() for term in terms
    )


def match_seed_labels(
    labels: SeedLabels, vectors: VocabVectors
) -> dict[int, tuple[str, ...]]:
    """Find the vocabulary entries that seed terms speak of.

    An entry is matched by its exact surface; failing that, by its lower-case form
    (spec 3.1: seeds are case-insensitive), unless the seeds know its own case variant.
    `##x` speaks of entries that continue a word, whatever the tokenizer's marker.

    labels (SeedLabels): Seeds.
    vectors (VocabVectors): The vocabulary.
    RETURNS (dict[int, tuple[str, ...]]): Vocabulary id -> labels.
    """
    exact = {seed_key(term): names for term, names in labels.items()}
    folded = {(s.lower(), c): n for (s, c), n in reversed(list(exact.items()))}
    matched = {}
    keys = zip(vectors.surfaces, vectors.continues.tolist(), strict=True)
    for i, (surface, continues) in enumerate(keys):
        key = (surface, continues)
        names = exact.get(key) or folded.get((surface.lower(), continues))
        if surface and names:
            matched[i] = names
    return matched


def find_missing_seeds(labels: SeedLabels, vectors: VocabVectors) -> list[str]:
    """Find the seed terms that no vocabulary entry is matched to.

    labels (SeedLabels): Seeds.
    vectors (VocabVectors): The vocabulary.
    RETURNS (list[str]): Terms in order.
    """
    folded = {(surface.lower(), continues) for surface, continues in vectors.index}
    missing = []
    for term in labels:
        surface, continues = seed_key(term)
        if (surface.lower(), continues) not in folded:
            missing.append(term)
    return missing


def seed_key(term: str) -> tuple[str, bool]:
    """Split a seed term into its surface and whether it continues a word.

    term (str): As written in a seed file.
    RETURNS (tuple[str, bool]): Surface, continues a word.
    """
    continues = term.startswith(CONTINUES) and len(term) > len(CONTINUES)
    return (term[len(CONTINUES) :] if continues else term), continues


def spell_term(term: int, vectors: VocabVectors) -> str:
    """A vocabulary entry as seed files write it: the inverse of `seed_key`.

    term (int): Its id.
    vectors (VocabVectors): The vocabulary.
    RETURNS (str): The surface, after "##" if it continues a word.
    """
    return CONTINUES * bool(vectors.continues[term]) + vectors.surfaces[term]


def _parse_json(line: str, path: Path, number: int) -> tuple[str, Sequence[str]]:
    try:
        row = json.loads(line)
        term, names = row["term"], row["labels"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise AssetsError(
            Errors.E203.format(path=path, number=number, line=line.strip()[:80])
        ) from error
    if isinstance(names, Mapping):  # term_labels.jsonl of `cluster`: name -> count
        names = list(names)
    if not isinstance(term, str) or not isinstance(names, list):
        raise AssetsError(
            Errors.E203.format(path=path, number=number, line=line.strip()[:80])
        )
    return _checked(term, names, path, number)


def _parse_tsv(line: str, path: Path, number: int) -> tuple[str, Sequence[str]]:
    term, tab, names = line.partition("\t")
    if not tab:
        raise AssetsError(
            Errors.E204.format(path=path, number=number, line=line.strip()[:80])
        )
    return _checked(term.strip(), [n.strip() for n in names.split("/")], path, number)


def _checked(
    term: str, names: Sequence[str], path: Path, number: int
) -> tuple[str, Sequence[str]]:
    if not _valid_term(term) or not names or not all(map(_valid_label, names)):
        raise AssetsError(
            Errors.E207.format(path=path, number=number, term=term, labels=names)
        )
    return term, names


def _valid_label(label: object) -> bool:
    return _valid_term(label) and "/" not in str(label)


def _valid_term(term: object) -> bool:
    """Spaces around a term or label are a slip that would part it from its like."""
    return isinstance(term, str) and bool(term) and term == term.strip()


def iter_labels(labels: SeedLabels) -> Iterator[str]:
    """Every label once, in order of first use.

    labels (SeedLabels): Seeds.
    YIELDS (str): Labels.
    """
    yield from dict.fromkeys(name for names in labels.values() for name in names)
