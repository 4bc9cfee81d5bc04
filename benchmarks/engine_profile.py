"""Where the time of `bert_unsup_ner` goes: a part of `benchmarks/engine.py`."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any
from unittest.mock import patch

from tqdm import tqdm

from benchmarks.engine_texts import long_documents

PACKAGE = "spacy_bert_unsup"
STAGES = {
    "tokenise, align": ["voting.tagger.SpanTagger.encode", "pipeline.ner.read_doc"],
    "plan": [
        "voting.tagging.find_spans",
        "voting.lexicon.Lexicon.label_words",
        "voting.asking.Asker.ask",
    ],
    "encoder": ["mlm.encoder.Encoder.last_states", "mlm.encoder.Encoder.packed_states"],
    "head, top terms": ["mlm.reader.collect_terms"],
    "vote": [
        "voting.tagger.SpanTagger.vote",
        "voting.tagger.SpanTagger.label_by_words",
        "voting.tagger.pool_cues",
    ],
    "spans": ["pipeline.ner.tag_texts"],
    "evidence, annotation": ["pipeline.annotation.annotate_doc"],
}
"""Stage -> functions, less the stages that they call."""
REST = "spaCy, the rest"


class StageClock:
    """Sums up the time in each stage; a stage's time excludes the stages inside it."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys([*STAGES, REST], 0.0)
        self._running = [REST]
        self._since = time.perf_counter()

    def enter(self, stage: str) -> None:
        """Stop the stage at work, and start another."""
        self._book()
        self._running.append(stage)

    def leave(self) -> None:
        """Go back to the stage before."""
        self._book()
        self._running.pop()

    def _book(self) -> None:
        now = time.perf_counter()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its time booked on a stage."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self.enter(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self.leave()

        return timed


def find_owner(path: str) -> tuple[Any, str]:
    """The module or class that holds a function.

    path (str): For example "mlm.encoder.Encoder._run".
    RETURNS (tuple[Any, str]): The owner, and the function's name in it.
    """
    head, _, name = path.rpartition(".")
    try:
        return import_module(f"{PACKAGE}.{head}"), name
    except ModuleNotFoundError:
        module, _, owner = head.rpartition(".")
        return getattr(import_module(f"{PACKAGE}.{module}"), owner), name


def profile(settings: dict[str, Any]) -> tuple[dict[str, float], int]:
    """Tag the long documents with a clock in every stage.

    settings (dict[str, Any]): Of `bert_unsup_ner`.
    RETURNS (tuple[dict[str, float], int]): Stage -> seconds, and words tagged.
    """
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", config=settings)
    texts = long_documents()
    list(nlp.pipe(texts[:1]))  # warm up
    with ExitStack() as patches:
        clock = StageClock()
        for stage, paths in STAGES.items():
            for path in paths:
                owner, name = find_owner(path)
                timed = clock.wrap(stage, getattr(owner, name))
                patches.enter_context(patch.object(owner, name, timed))
        words = sum(len(doc) for doc in nlp.pipe(texts))
        clock.enter(REST)
    return clock.seconds, words


def profile_table(ways: dict[str, dict[str, Any]]) -> Iterator[list[str]]:
    """Shares of the wall time, for each way of masking.

    ways (dict[str, dict[str, Any]]): Name -> settings of `bert_unsup_ner`.
    YIELDS (list[str]): Markdown lines after each way.
    """
    lines = [
        "## Where the time goes: the whole component on the starter, long documents",
        "",
        f"| masking | {' | '.join([*STAGES, REST])} | words/s |",
        f"|---|{'---:|' * (len(STAGES) + 2)}",
    ]
    for way, settings in tqdm(ways.items(), unit=" ways"):
        seconds, words = profile(settings)
        total = sum(seconds.values())
        shares = [f"{100 * taken / total:.0f} %" for taken in seconds.values()]
        lines.append(f"| {way} | {' | '.join(shares)} | {words / total:.0f} |")
        yield [*lines, ""]
