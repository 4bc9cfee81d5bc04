"""Vectors by the components against plain transformers, one text at a time.

The same model, the same texts and the same run; the ways take turns. Texts are runs of
words of `examples/gold`: titles of 3 to 10 words, sentences as long as those there (9
to 32 words), documents of 100 to 400 words; "mixed" is four, five and one of ten.

The plain loop tokenises a text, cuts it into the same overlapping windows where it is
too long for the model, runs the encoder on each and, for `cls_vectors`, the head's
transform on [CLS]. It need not merge pieces to tokens, nor make docs. "Whole model" is
the model's own forward pass, which also scores the vocabulary at every piece.

"Arithmetic" is the encoder alone on the same windows, in the batches that suit it, all
tokenised and padded before: no program that computes all layers of all pieces can be
faster, so arithmetic / plain is the greatest ratio. The share of the arithmetic is what
our own time has of it; it may exceed 100 % where less is computed.

    python -m benchmarks.vectors [--sizes starter base] [--docs 200] [--threads 2]
        [--cpu-time] [--out benchmarks/results/vectors.md]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.language import Language
from tqdm import tqdm

from benchmarks.engine_rows import make_lm
from spacy_bert_unsup.evaluation.gold import read_gold
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import length_buckets
from spacy_bert_unsup.util import write_text
from spacy_bert_unsup.vectors.windows import OVERLAP

GOLD = Path(__file__).parents[1] / "examples" / "gold"
TURNS = 3
LAYERS = 4
CLS, TOKENS = "cls_vectors", "bert_unsup_token_vectors"
KINDS = {"short": (5, 5, 0), "mixed": (4, 5, 1), "documents": (0, 0, 1)}
"""Name -> shares of titles, sentences and documents."""
FEWER = {"starter": 1, "base": 20, "short": 1, "mixed": 1, "documents": 10}
"""By how many the number of docs is divided where each takes longer."""
SIZES = ("starter", "base")
CACHED = 2**21
"""Numbers of the widest layer of a batch, so that it stays in the processor's cache."""


def main() -> None:
    """Print docs per second and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", default=SIZES, choices=SIZES)
    parser.add_argument("--docs", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--cpu-time", action="store_true", help="where others compute; with 1 thread"
    )
    parser.add_argument("--out", type=Path, help="write the table there too")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    clock = time.process_time if options.cpu_time else time.perf_counter
    shown = "processor time" if options.cpu_time else "time"
    lines = [
        f"{options.threads} threads, float32, {shown}, median of {TURNS} turns.",
        "",
        "| model | texts | component | docs/s | plain docs/s | ratio | greatest "
        "| share of the arithmetic |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    total = len(options.sizes) * len(KINDS)
    with tqdm(total=total, unit=" tables") as progress:
        for size in options.sizes:
            lm = make_lm(size, dtype="float32", device="cpu")
            for kind in KINDS:
                number = max(2, options.docs // FEWER[size] // FEWER[kind])
                texts = make_texts(number, kind)
                for row in compare_all(lm, texts, clock):
                    lines.append(f"| {size} | {kind} ({len(texts)}) | {row} |")
                    progress.write(lines[-1], file=sys.stderr)
                progress.update()
    table = "\n".join(lines) + "\n"
    sys.stdout.write(table)
    if options.out is not None:
        write_text(options.out, table)


def make_texts(number: int, kind: str) -> list[str]:
    """Texts of the lengths of a kind, each one different."""
    files = sorted(GOLD.glob("*.conll"))
    gold = [text.words for file in files for text in read_gold(file)]
    words = [word for sentence in gold for word in sentence]
    rng = np.random.default_rng(0)
    lengths = {
        "title": rng.integers(3, 11, number),
        "sentence": rng.choice([len(sentence) for sentence in gold], number),
        "document": rng.integers(100, 401, number),
    }
    shares = np.array(KINDS[kind]) / sum(KINDS[kind])
    which = rng.permutation(np.arange(number) / number)
    sorts = np.searchsorted(np.cumsum(shares), which, side="right")
    sizes = np.choose(sorts, list(lengths.values()))
    starts = rng.integers(0, len(words) - sizes.max(), number)
    return [
        " ".join(words[start : start + size])
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]


def compare_all(
    lm: MaskedLM, texts: list[str], clock: Callable[[], float]
) -> Iterator[str]:
    """One line for each component, or pair of them."""
    model = lm._parts.model
    encoder = model.base_model

    def run_cls(ids: Any) -> None:
        hidden = encoder(ids).last_hidden_state[:, :1]
        model.cls.predictions.transform(hidden).numpy()

    def run_whole_cls(ids: Any) -> None:
        output = model(ids, output_hidden_states=True)
        model.cls.predictions.transform(output.hidden_states[-1][:, :1]).numpy()

    def run_tokens(ids: Any, reader: Any = encoder) -> None:
        output = reader(ids, output_hidden_states=True)
        torch.stack(output.hidden_states[-LAYERS:]).sum(dim=0).numpy()

    batches = make_batches(lm, texts)
    seconds = measure(
        {
            "cls": partial(run_pipeline, make_nlp(lm, [CLS]), texts),
            "plain cls": partial(run_plain, lm, texts, run_cls),
            "tokens": partial(run_pipeline, make_nlp(lm, [TOKENS]), texts),
            "plain tokens": partial(run_plain, lm, texts, run_tokens),
            "both": partial(run_pipeline, make_nlp(lm, [CLS, TOKENS]), texts),
            "whole cls": partial(run_plain, lm, texts, run_whole_cls),
            "whole tokens": partial(
                run_plain, lm, texts, partial(run_tokens, reader=model)
            ),
            "arithmetic": partial(run_batches, lm, batches),
        },
        clock,
    )
    for name, mine, plain in (
        ("`cls_vectors`", "cls", "plain cls"),
        ("`cls_vectors`, plain: whole model", "cls", "whole cls"),
        ("`bert_unsup_token_vectors`", "tokens", "plain tokens"),
        ("`bert_unsup_token_vectors`, plain: whole model", "tokens", "whole tokens"),
        ("both, one shared pass", "both", "plain tokens"),
    ):
        ours, theirs, least = (seconds[key] for key in (mine, plain, "arithmetic"))
        yield (
            f"{name} | {len(texts) / ours:.1f} | {len(texts) / theirs:.1f} "
            f"| {theirs / ours:.1f} | {theirs / least:.1f} | {least / ours:.0%}"
        )


@torch.inference_mode()
def measure(
    works: dict[str, Callable[[], None]], clock: Callable[[], float]
) -> dict[str, float]:
    """Median seconds that each takes, all of them in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(TURNS):
        for name, work in works.items():
            start = clock()
            work()
            seconds[name].append(clock() - start)
    return {name: statistics.median(found) for name, found in seconds.items()}


def run_pipeline(nlp: Language, texts: list[str]) -> None:
    """Our way."""
    for _ in nlp.pipe(texts):
        pass


def run_plain(lm: MaskedLM, texts: list[str], read: Callable[[Any], None]) -> None:
    """The plain loop: one text, one window at a time."""
    for text in texts:
        for ids in cut(lm, text):
            read(torch.tensor([ids]))


def run_batches(lm: MaskedLM, batches: list[dict[str, Any]]) -> None:
    """The encoder alone."""
    for inputs in batches:
        lm._parts.model.base_model(**inputs)


def cut(lm: MaskedLM, text: str) -> list[list[int]]:
    """Tokenise a text as transformers does, with overlapping windows."""
    encoding = lm._parts.tokenizer(
        text,
        truncation=True,
        max_length=lm.max_length,
        stride=OVERLAP,
        return_overflowing_tokens=True,
    )
    rows: list[list[int]] = encoding["input_ids"]
    return rows


def make_batches(lm: MaskedLM, texts: list[str]) -> list[dict[str, Any]]:
    """The same windows, sorted by length and padded, as the encoder takes them."""
    rows = [row for text in texts for row in cut(lm, text)]
    width = lm._parts.model.config.intermediate_size
    batches = []
    for bucket in length_buckets([len(row) for row in rows], CACHED // width):
        longest = max(len(rows[i]) for i in bucket)
        ids = torch.full((len(bucket), longest), lm.pad_id)
        for k, i in enumerate(bucket):
            ids[k, : len(rows[i])] = torch.tensor(rows[i])
        inputs = {"input_ids": ids}
        if (ids == lm.pad_id).any():
            inputs["attention_mask"] = (ids != lm.pad_id).long()
        batches.append(inputs)
    return batches


def make_nlp(lm: MaskedLM, pipes: list[str]) -> Language:
    """A pipeline with some of the components, over a model that is in memory."""
    nlp = spacy.blank("en")
    for pipe in pipes:
        component: Any = nlp.add_pipe(pipe)
        component.use_model(lm)
    return nlp


if __name__ == "__main__":
    main()
