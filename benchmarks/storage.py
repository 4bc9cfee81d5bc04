"""What float16 and int8 storage cost in accuracy, against the weights as they are.

Masks one word in each of a few hundred sentences and compares the scores of the whole
vocabulary at the mask.

    python benchmarks/storage.py MODEL_FOLDER TEXT_FILE [--sentences 500]
"""

from __future__ import annotations

import argparse
import lzma
import sys
import tempfile
from pathlib import Path

import numpy as np

from spacy_bert_unsup.mlm.align import align_tokens
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import mask_span
from spacy_bert_unsup.types import Floats, Query


def main() -> None:
    """Print one line for each storage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("text", type=Path)
    parser.add_argument("--sentences", type=int, default=500)
    options = parser.parse_args()
    lm = MaskedLM.load(options.model, device="cpu", dtype="float32")
    queries = mask_sentences(lm, options.text, options.sentences)
    wanted = score(lm, queries)
    out = sys.stdout.write
    out(f"{len(queries)} masked sentences of {options.text.name}\n")
    out("storage  MB     logit: mean, max  prob: mean L1, max  top-1  top-10\n")
    for storage in ("float32", "float16", "int8"):
        with tempfile.TemporaryDirectory() as folder:
            lm.save(Path(folder), storage=storage)
            files = Path(folder).glob("*.safetensors")
            size = sum(file.stat().st_size for file in files) / 1e6
            stored = MaskedLM.load(folder, device="cpu", dtype="float32")
            out(f"{storage:8} {size:5.1f}  {compare(wanted, score(stored, queries))}\n")


def mask_sentences(lm: MaskedLM, path: Path, number: int) -> list[Query]:
    """Mask a random word of random sentences that fit in the model."""
    opened = lzma.open(path, "rt") if path.suffix == ".xz" else path.open()
    with opened as file:
        text = file.read(20_000_000)
    sentences = [s.strip() for line in text.splitlines() for s in line.split(". ")]
    sentences = [s for s in sentences if 40 < len(s) < 200]
    rng = np.random.default_rng(0)
    rng.shuffle(sentences)
    queries = []
    for sentence in sentences[:number]:
        pieces = lm.tokenize([sentence])[0]
        ends = np.cumsum([len(word) + 1 for word in sentence.split(" ")]) - 1
        starts = np.concatenate([[0], ends[:-1] + 1])
        words = align_tokens(pieces, starts.astype(np.int32), ends.astype(np.int32))
        first, last = rng.choice(words)
        if first < last and len(pieces) + 2 <= lm.max_length:
            queries.append(mask_span(lm, pieces.ids, int(first), int(last)))
    return queries


def score(lm: MaskedLM, queries: list[Query]) -> Floats:
    """The logits of the whole vocabulary, (Q, V)."""
    return lm.head_vectors(queries) @ lm.rows().T + lm.bias()


def compare(wanted: Floats, found: Floats) -> str:
    """Differences of logits and probabilities, and agreement of the best terms."""
    off = np.abs(wanted - found)
    probs = np.abs(softmax(wanted) - softmax(found))
    best = np.argsort(-wanted, axis=1)[:, :10]
    other = np.argsort(-found, axis=1)[:, :10]
    shared = [len(set(a) & set(b)) for a, b in zip(best, other, strict=True)]
    return (
        f"{off.mean():.5f}, {off.max():.3f}    "
        f"{probs.sum(axis=1).mean():.5f}, {probs.max():.3f}    "
        f"{(best[:, 0] == other[:, 0]).mean():.1%}  {np.mean(shared) / 10:.1%}"
    )


def softmax(logits: Floats) -> Floats:
    """Probabilities over the vocabulary."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


if __name__ == "__main__":
    main()
