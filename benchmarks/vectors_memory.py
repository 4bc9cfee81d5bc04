"""Memory over many docs with all three components for vectors, with a curve.

The texts are those of `benchmarks/vectors.py`, titles, sentences and documents, each
with a number that was never seen before. Nobody keeps the docs.

    python -m benchmarks.vectors_memory [--docs 5000] [--threads 2]
        [--plot benchmarks/results/vectors_memory.png]
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import spacy
import torch
from spacy.language import Language
from tqdm import tqdm

from benchmarks.memory import Sample, draw, report, resident_megabytes
from benchmarks.vectors import CLS, TOKENS, make_texts

PIPES = (CLS, TOKENS, "bert_unsup_importance")
KINDS = 500
"""Different texts, before they are numbered."""


def main() -> None:
    """Print a line, and draw the curve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docs", type=int, default=5_000)
    parser.add_argument("--every", type=int, default=250, help="docs of a batch")
    parser.add_argument("--warm-up", type=int, default=1_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    nlp = spacy.blank("en")
    for name in PIPES:
        nlp.add_pipe(name, config={"model": options.model})
    samples = list(measure(nlp, options.docs, every=options.every))
    report("all three components", samples, options.warm_up)
    if options.plot:
        draw({"all three components": samples}, options.plot, options.warm_up)


def measure(nlp: Language, docs: int, *, every: int) -> Iterator[Sample]:
    """Read docs that nobody keeps, and sample in between."""
    known = make_texts(KINDS, "mixed")
    texts = (f"{i} {known[i % KINDS]}" for i in range(docs))
    done = 0
    with tqdm(total=docs, unit=" docs") as progress:
        while batch := list(islice(texts, every)):
            with nlp.memory_zone():
                for _ in nlp.pipe(batch):
                    done += 1
            gc.collect()
            progress.update(len(batch))
            yield Sample(done, resident_megabytes(), len(nlp.vocab.strings))


if __name__ == "__main__":
    main()
