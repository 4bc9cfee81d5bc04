"""The prepared token ids, and where in them a training sequence starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ..errors import Errors, PretrainError

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio, odd."""
SENTENCE_ENDS = (".", "?", "!")

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SpecialIds:
    """Ids of the pieces that a sequence is built with."""

    pad: int
    unk: int
    cls: int
    sep: int
    mask: int


class PieceStore:
    """One part of the prepared corpus.

    ids (NDArray): (N,) piece ids of all documents in a row, memory-mapped.
    docs (Ids): (documents + 1,) where each document starts; the last is N.
    entries (list[str]): (V,) the vocabulary.
    continues (Flags): (V,) entries that continue a word.
    ends_sentence (Flags): (V,) entries after which a sentence may start.
    first_term (int): Ids below this are special or unused: never a random word.
    """

    def __init__(
        self, folder: Path, part: str, weights: Mapping[str, float] | None = None
    ) -> None:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self.ids = np.memmap(folder / f"{part}.ids", dtype=meta["dtype"], mode="r")
        self.docs: Ids = np.load(folder / f"{part}.docs.npy")
        vocab = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
        entries = sorted(vocab, key=lambda entry: vocab[entry])
        self.entries = entries
        self.size = len(entries)
        self.continues: Flags = np.array([e.startswith("##") for e in entries])
        self.ends_sentence: Flags = np.array([e in SENTENCE_ENDS for e in entries])
        self.special = SpecialIds(
            *(vocab[f"[{name}]"] for name in ("PAD", "UNK", "CLS", "SEP", "MASK"))
        )
        reserved = [e.startswith("[") and e.endswith("]") for e in entries]
        self.first_term = reserved.index(False)
        self._share, self._starts = _weigh(meta[part]["sources"], weights or {})

    def places(self, indices: NDArray[np.uint64], seed: int) -> Ids:
        """Spread draws evenly over the text, heavier sources more densely.

        Draw i lies at the fraction of i times the golden ratio (a Weyl sequence): any
        run of draws covers the whole text evenly, and a draw depends on its number
        alone, so a resumed run goes on with the same data.

        indices (NDArray[np.uint64]): (n,) numbers of the draws.
        seed (int): Shifts the sequence.
        RETURNS (Ids): (n,) piece positions.
        """
        with np.errstate(over="ignore"):
            shifted = indices * GOLDEN + np.uint64(seed) * np.uint64(0xD1342543DE82EF95)
        fraction = shifted.astype(np.float64) / 2.0**64
        return self.at_fraction(fraction)

    def at_fraction(self, fraction: NDArray[np.float64]) -> Ids:
        """RETURNS (Ids): (n,) positions at fractions in [0, 1) of the weighted text."""
        places = np.interp(fraction, self._share, self._starts)
        return np.clip(places.astype(np.int64), 0, len(self.ids) - 1)


def _weigh(
    sources: Mapping[str, tuple[int, int]], weights: Mapping[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Break points of the map from share of draws to piece position."""
    unknown = sorted(set(weights) - set(sources))
    if unknown:
        known = ", ".join(sources)
        raise PretrainError(Errors.E416.format(names=", ".join(unknown), known=known))
    sizes = [
        (end - start) * weights.get(name, 1.0) for name, (start, end) in sources.items()
    ]
    share = np.concatenate([[0.0], np.cumsum(sizes)]) / max(sum(sizes), 1e-9)
    ends = [end for _, end in sources.values()]
    return share, np.array([0, *ends], dtype=np.float64)
