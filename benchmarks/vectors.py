"""Vectors by the components against plain transformers, one text at a time.

The same model, the same texts and the same run; the two take turns. Texts are runs of
the sentences in `examples/gold`, from 3 words up. The plain loop gets long texts cut
into the same windows and need not merge pieces to tokens. It runs the encoder and the
head's transform only; one line shows the whole model's own forward pass instead.

    python benchmarks/vectors.py [--model starter] [--docs 400] [--threads 2]
        [--memory-docs 5000] [--out vectors.md]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.language import Language
from transformers import AutoModelForMaskedLM

from spacy_bert_unsup.evaluation.gold import read_gold
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.types import Ints
from spacy_bert_unsup.util import write_text
from spacy_bert_unsup.vectors.windows import (
    encode_whole,
    split_words,
    window_sequences,
)

GOLD = Path(__file__).parents[1] / "examples" / "gold"
TURNS = 3
LAYERS = 4
CLS, TOKENS = "cls_vectors", "bert_unsup_token_vectors"
Plain = Callable[[list[list[Ints]]], None]


def main() -> None:
    """Print docs per second, their ratio, and how the memory goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter")
    parser.add_argument("--docs", type=int, default=400)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-docs", type=int, default=5000)
    parser.add_argument("--out", type=Path, help="write the table there too")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    lm = MaskedLM.load(options.model, device="cpu", dtype="float32")
    cls_plain, whole_plain, tokens_plain = make_plain(lm)
    pairs: list[tuple[str, list[str], Plain]] = [
        ("`cls_vectors`", [CLS], cls_plain),
        ("`cls_vectors`; plain scores the vocabulary too", [CLS], whole_plain),
        ("`bert_unsup_token_vectors`", [TOKENS], tokens_plain),
        ("both, one shared pass", [CLS, TOKENS], tokens_plain),
    ]
    lines = [
        f"{lm.name}, {options.threads} threads, {options.docs} docs, float32",
        "",
        "| component | texts | docs/s | plain docs/s | ratio |",
        "|---|---|---:|---:|---:|",
    ]
    for kind, longest in (("3 to 45 words", 45), ("3 to 400 words", 400)):
        texts = make_texts(options.docs, longest=longest)
        for name, pipes, plain in pairs:
            lines.append(compare(lm, options.model, name, kind, texts, pipes, plain))
            sys.stdout.write(lines[-1] + "\n")
    lines += ["", watch_memory(options)]
    table = "\n".join(lines) + "\n"
    sys.stdout.write(table)
    if options.out is not None:
        write_text(options.out, table)


def make_texts(number: int, *, longest: int) -> list[str]:
    """Texts of mixed lengths: as many short as long ones, on a logarithmic scale."""
    files = sorted(GOLD.glob("*.conll"))
    words = [word for file in files for text in read_gold(file) for word in text.words]
    rng = np.random.default_rng(0)
    sizes = np.exp(rng.uniform(np.log(3), np.log(longest), number)).astype(int)
    starts = rng.integers(0, len(words) - longest, number)
    return [
        " ".join(words[start : start + size])
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]


def make_plain(lm: MaskedLM) -> tuple[Plain, Plain, Plain]:
    """The loops through plain transformers, over the windows of each text."""
    with tempfile.TemporaryDirectory() as folder:
        lm.save(Path(folder), storage="float32")
        model = AutoModelForMaskedLM.from_pretrained(folder).eval()

    def run_cls(docs: list[list[Ints]]) -> None:
        for windows in docs:
            for ids in windows:
                hidden = model.base_model(as_batch(ids)).last_hidden_state[:, :1]
                model.cls.predictions.transform(hidden).numpy()

    def run_whole(docs: list[list[Ints]]) -> None:
        for windows in docs:
            for ids in windows:
                output = model(as_batch(ids), output_hidden_states=True)
                hidden = output.hidden_states[-1][:, :1]
                model.cls.predictions.transform(hidden).numpy()

    def run_tokens(docs: list[list[Ints]]) -> None:
        for windows in docs:
            for ids in windows:
                output = model.base_model(as_batch(ids), output_hidden_states=True)
                torch.stack(output.hidden_states[-LAYERS:]).sum(dim=0).numpy()

    frozen = torch.inference_mode()
    return frozen(run_cls), frozen(run_whole), frozen(run_tokens)


def as_batch(ids: Ints) -> Any:
    """One row."""
    return torch.from_numpy(ids.astype(np.int64))[None]


def compare(
    lm: MaskedLM,
    model: str,
    name: str,
    kind: str,
    texts: list[str],
    pipes: list[str],
    plain: Plain,
) -> str:
    """One line of the table."""
    nlp = make_nlp(model, pipes)
    list(nlp.pipe(texts[:20]))
    ours, theirs = [], []
    for _ in range(TURNS):
        ours.append(clock(lambda: [None for _ in nlp.pipe(texts)]))
        theirs.append(clock(lambda: plain(cut(lm, texts))))
    mine, other = statistics.median(ours), statistics.median(theirs)
    speed, plain_speed = len(texts) / mine, len(texts) / other
    ratio = f"{other / mine:.1f}"
    return f"| {name} | {kind} | {speed:.0f} | {plain_speed:.0f} | {ratio} |"


def cut(lm: MaskedLM, texts: list[str]) -> list[list[Ints]]:
    """Tokenise one text after the other, into windows where it is too long."""
    return [
        window_sequences(lm, encode_whole(lm, [split_words(text)])[0]) for text in texts
    ]


def make_nlp(model: str, pipes: list[str]) -> Language:
    """A pipeline with some of the components."""
    nlp = spacy.blank("en")
    for pipe in pipes:
        nlp.add_pipe(pipe, config={"model": model, "dtype": "float32"})
    return nlp


def clock(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def watch_memory(options: argparse.Namespace) -> str:
    """Resident memory in the course of many docs, in megabytes."""
    nlp = make_nlp(options.model, [CLS, TOKENS, "bert_unsup_importance"])
    base = make_texts(500, longest=200)
    texts = (f"{i} {base[i % len(base)]}" for i in range(options.memory_docs))
    seen = []
    step = max(1, options.memory_docs // 5)
    for i, _ in enumerate(nlp.pipe(texts), start=1):
        if i % step == 0:
            seen.append(f"{i} docs {resident_mb():.0f} MB")
    return "Resident memory with all three components: " + ", ".join(seen) + "."


def resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    for line in Path("/proc/self/status").read_text("utf8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
