"""Says how well a vocabulary covers running words and a list of terms."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """How a vocabulary meets its corpus.

    entries (int): Size of the vocabulary.
    continuations (int): Entries that continue a word (##).
    fertility (float): Pieces per running word.
    whole_words (float): Share of the running words that are one entry.
    unknown (float): Share of the running words that become [UNK].
    terms (int), terms_whole (float): Size of the term list, and the share of it that
        is one entry; 0 without a list.
    """

    entries: int
    continuations: int
    fertility: float
    whole_words: float
    unknown: float
    terms: int
    terms_whole: float

    def to_dict(self) -> dict[str, float]:
        """RETURNS (dict[str, float]): For JSON."""
        return asdict(self)


def report_coverage(
    tokenizer: Tokenizer, words: Counter[str], terms: list[str]
) -> CoverageReport:
    """Measure fertility and whole-word coverage.

    words (Counter[str]): Word -> how often it runs through the corpus.
    terms (list[str]): Terms to look up; may be empty.
    """
    vocab = tokenizer.get_vocab()
    total = max(sum(words.values()), 1)
    pieces = whole = unknown = 0
    for batch in _batched(words.items(), 10_000):
        encoded = tokenizer.encode_batch(
            [word for word, _ in batch], add_special_tokens=False
        )
        for (word, count), encoding in zip(batch, encoded, strict=True):
            pieces += len(encoding.ids) * count
            whole += count * (word in vocab)
            unknown += count * ("[UNK]" in encoding.tokens)
    covered = sum(term in vocab for term in terms)
    return CoverageReport(
        entries=len(vocab),
        continuations=sum(piece.startswith("##") for piece in vocab),
        fertility=round(pieces / total, 4),
        whole_words=round(whole / total, 4),
        unknown=round(unknown / total, 6),
        terms=len(terms),
        terms_whole=round(covered / max(len(terms), 1), 4),
    )


def _batched(
    items: Iterable[tuple[str, int]], size: int
) -> Iterator[list[tuple[str, int]]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
