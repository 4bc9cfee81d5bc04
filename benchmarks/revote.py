"""How much faster `revote` labels a corpus anew than tagging it again.

Tags some sentences with the embedded model and its votes, lays them end to end until
there are enough docs, and votes again on all, from file to file: with nothing changed,
with other settings that change nothing, with other thresholds, with edited seeds, and
writing every doc. Prints a table in which tagging the same docs again is the speed that
was measured on the sentences.

    python benchmarks/revote.py [--docs 10000] [--masking exact packed] [--processes 2]
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from spacy_bert_unsup.evaluation.gold import read_gold
from spacy_bert_unsup.pipeline.bin_docs import Codec
from spacy_bert_unsup.pipeline.revote_bins import find_votes
from spacy_bert_unsup.pipeline.revote_files import FileJob, count_processes
from spacy_bert_unsup.pipeline.revoter import Revoter
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.voting.settings import MASKINGS

GOLD = Path(__file__).parents[1] / "examples" / "gold"
KEY = "bert_unsup"
EDITS = {"fever": ("DRUG",), "city": ("ORGANIZATION",), "king": ("GPE",)}
SHARD = 2000


@dataclass(frozen=True)
class Tagged:
    """Sentences with their votes.

    docs (DocBin): The sentences.
    words (int): In all of them.
    seconds (float): Time to tag them.
    """

    docs: DocBin
    words: int
    seconds: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", type=int, default=10000)
    parser.add_argument("--sentences", type=int, default=150)
    parser.add_argument("--masking", nargs="+", default=["exact"], choices=MASKINGS)
    parser.add_argument("--processes", type=int, default=count_processes())
    options = parser.parse_args()
    out = sys.stdout.write
    for masking in options.masking:
        tagged = tag(options.sentences, masking)
        count = len(tagged.docs)
        again = tagged.seconds * options.docs / count
        plural = "es" if options.processes > 1 else ""
        out(
            f"\n{masking}: tagging {count} sentences of {tagged.words} words took "
            f"{tagged.seconds:.1f} s ({tagged.words / tagged.seconds:.0f} words/s), so "
            f"{options.docs} docs take {again:.0f} s; voting again in "
            f"{options.processes} process{plural}\n\n"
            "| vote again | docs changed | seconds | docs/s | times as fast |\n"
            "|---|---:|---:|---:|---:|\n"
        )
        with tempfile.TemporaryDirectory() as folder:
            paths = write_shards(tagged.docs, options.docs, Path(folder))
            size = sum(path.stat().st_size for path in paths) / options.docs
            for name, revoter in revoters(tagged.docs):
                seconds, changed = vote_again(paths, revoter, options.processes)
                out(
                    f"| {name} | {changed} | {seconds:.1f} | "
                    f"{options.docs / seconds:.0f} | {again / seconds:.0f} |\n"
                )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        out(f"\n{size / 1000:.1f} kB a doc on disk; peak memory {peak:.0f} MB\n")


def tag(sentences: int, masking: str) -> Tagged:
    """Tag the sentences of the gold files; a few first, so that all is loaded."""
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", config={"keep_votes": True, "masking": masking})
    files = ("general.conll", "biomedical.conll")
    texts = [text for name in files for text in read_gold(GOLD / name)][:sentences]
    list(nlp.pipe(text.to_doc(nlp.vocab) for text in texts[:5]))
    docs = [text.to_doc(nlp.vocab) for text in texts]
    start = time.perf_counter()
    docs = list(nlp.pipe(docs))
    seconds = time.perf_counter() - start
    stored = DocBin(docs=docs, store_user_data=True)
    return Tagged(stored, sum(map(len, docs)), seconds)


def write_shards(docs: DocBin, wanted: int, folder: Path) -> list[Path]:
    """Files of the docs over and over, as `annotate` writes them."""
    paths = []
    for number, first in enumerate(range(0, wanted, SHARD)):
        shard = DocBin(store_user_data=True)
        while len(shard) < min(SHARD, wanted - first):
            shard.merge(docs)
        for column in ("tokens", "spaces", "cats", "flags", "span_groups", "user_data"):
            del getattr(shard, column)[min(SHARD, wanted - first) :]
        paths.append(folder / f"{number}.spacy")
        shard.to_disk(paths[-1])
    return paths


def revoters(docs: DocBin) -> Iterator[tuple[str, Revoter]]:
    """Who votes in each row of the table."""
    first, _, _ = find_votes(docs, 0, key=KEY, where="Doc 1", codec=Codec())
    same = Revoter.for_docs(first)
    yield "nothing changed", same
    yield "other settings, same result", same.changed(overwrite_ents=True)
    yield "PERSON needs 0.5", same.changed(label_thresholds={"PERSON": 0.5})
    old = same.tagger.assets
    edited = ClusterAssets.build(
        VocabVectors.from_mlm(same.tagger.lm),
        {**old.seeds, **EDITS},
        model=old.model,
        parents=old.scheme.parents,
        how=old.propagation,
        thresholds=old.thresholds,
    )
    yield f"{len(EDITS)} seeds edited", Revoter.for_docs(first, edited)
    voting = {**same.settings.voting, "most_voters": 7}
    tagger = replace(same, settings=replace(same.settings, voting=voting))
    yield "every doc written", tagger


def vote_again(
    paths: list[Path], revoter: Revoter, processes: int
) -> tuple[float, int]:
    """Seconds from files to files, and how many docs changed."""
    job = FileJob(revoter, KEY, most=0)
    outs = [path.with_suffix(".out") for path in paths]
    start = time.perf_counter()
    reports = list(job.run_all(paths, outs, processes=processes))
    seconds = time.perf_counter() - start
    return seconds, sum(report.changed for report in reports)


if __name__ == "__main__":
    main()
