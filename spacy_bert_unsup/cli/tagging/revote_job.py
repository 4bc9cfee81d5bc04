"""The work of `revote`: files of votes in, files and scores out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Errors, InputError, Warnings
from ...evaluation.gold import GoldSet
from ...evaluation.metrics import SpanScores, score_spans
from ..messages import warn
from ..progress import show_progress
from .shards import open_numbered
from .threshold_sweep import (
    Sweep,
    align_gold,
    held_ents,
    predict_ents,
    sweep_thresholds,
)

if TYPE_CHECKING:
    from spacy.tokens import DocBin

    from ...pipeline.flips import RevoteReport
    from ...pipeline.revoter import Revoter
    from ...pipeline.stored import StoredVotes


@dataclass
class RevoteJob:
    """Files of docs that are voted on again.

    paths (Sequence[Path]): The files.
    key (str): The span group.
    """

    paths: Sequence[Path]
    key: str
    report: RevoteReport = field(init=False)
    revoter: Revoter = field(init=False)
    _gold: GoldSet | None = None
    _votes: list[list[StoredVotes]] = field(default_factory=list)

    def load(
        self,
        model: str | None,
        assets: Path | None,
        *,
        config: Path | None,
        pipeline: str | None,
        changes: dict[str, Any],
    ) -> None:
        """Find out who votes; arguments as in `Source`.

        changes (dict[str, Any]): Other `VoteSettings`.
        """
        from ...pipeline.bin_docs import Codec, read_bin
        from ...pipeline.revote_bins import find_votes
        from ...pipeline.revoter import Revoter
        from .pipelines import Source, load_pipeline

        if config is not None or pipeline is not None:
            source = Source(model, assets, config, pipeline)
            revoter = Revoter.from_pipe(load_pipeline(source)[1])
        else:
            docs = read_bin(self.paths[0])
            if not len(docs):
                raise InputError(Errors.E559.format(path=self.paths[0]))
            first, _, _ = find_votes(
                docs, 0, key=self.key, where="Doc 1", codec=Codec()
            )
            revoter = Revoter.for_docs(first, assets, model=model)
        if "label_thresholds" in changes:  # the others stay
            known = revoter.settings.label_thresholds
            changes = {**changes}
            changes["label_thresholds"] = {**known, **changes["label_thresholds"]}
        self.revoter = revoter.changed(**changes)

    def read_gold(self, path: Path, label_map: Path | None) -> None:
        """Read what is right; the votes of all docs stay in memory then.

        path (Path): CoNLL or `.spacy`.
        label_map (Optional[Path]): Gold tag to label.
        """
        from ...pipeline.bin_docs import read_bin
        from ...vocab.scheme import read_label_map

        names = None if label_map is None else read_label_map(label_map)
        gold = GoldSet.read(path, names)
        words: list[list[str]] = []
        for file in self.paths:
            words += self._remember(read_bin(file), first=len(words))
        self._gold = align_gold(gold, words)

    def run(self, out: Path | None, *, most: int, processes: int | None = None) -> None:
        """Vote again on all files.

        out (Optional[Path]): Where the result goes.
        most (int): Flips to keep.
        processes (Optional[int]): Files at a time; one for each core, at most 8,
            when None.
        """
        from ...pipeline.flips import RevoteReport
        from ...pipeline.revote_files import FileJob, count_processes

        self.report = RevoteReport(most=most)
        job = FileJob(self.revoter, self.key, most)
        with ExitStack() as stack:
            files = stack.enter_context(open_numbered(out)) if out is not None else None
            places = [files.add() if files is not None else None for _ in self.paths]
            if len(self.paths) == 1:
                progress = stack.enter_context(show_progress("revote", unit="docs"))
                self.report = job.run(self.paths[0], places[0], tick=progress)
            else:
                reports = stack.enter_context(
                    closing(
                        job.run_all(
                            self.paths, places, processes=count_processes(processes)
                        )
                    )
                )
                progress = stack.enter_context(show_progress("revote", unit="files"))
                for done, report in enumerate(reports, 1):
                    self.report.merge(report)
                    progress(done, len(self.paths))
        if lacking := self.report.unseen + self.report.missing:
            warn(Warnings.W551.format(count=lacking))

    def score(self) -> tuple[SpanScores, SpanScores]:
        """Strict scores of the entities as they were, and as they are now."""
        assert self._gold is not None
        is_a = self.revoter.rollup.scheme.is_a
        now = predict_ents(self.revoter, self._votes)
        return (
            score_spans(self._gold, held_ents(self._votes), is_a=is_a),
            score_spans(self._gold, now, is_a=is_a),
        )

    def sweep(self, step: float) -> Sweep:
        """Try thresholds.

        step (float): Distance of two of them.
        RETURNS (Sweep): Scores, and the best of each label.
        """
        assert self._gold is not None
        with show_progress("sweep", unit="thresholds") as progress:
            return sweep_thresholds(
                lambda bars: predict_ents(
                    self.revoter.with_thresholds(bars), self._votes
                ),
                self._gold,
                self.revoter,
                step=step,
                progress=progress,
            )

    def write_thresholds(self, best: Mapping[str, float], folder: Path) -> None:
        """Write a copy of the assets that holds thresholds.

        best (Mapping[str, float]): Label -> threshold; all others are those in force.
        folder (Path): A new folder.
        """
        present = self.revoter.thresholds
        stored = {"": present.general, **present.labels, **best}
        self.revoter.tagger.assets.with_thresholds(stored).to_disk(folder)

    def _remember(self, docs: DocBin, *, first: int) -> list[list[str]]:
        """Keep the votes of a file; gives the words of its docs."""
        from spacy.strings import StringStore

        from ...pipeline.bin_docs import Codec, read_words
        from ...pipeline.revote import BATCH_DOCS, name_doc
        from ...pipeline.revote_bins import find_votes

        codec, strings = Codec(), StringStore(docs.strings)
        for start in range(0, len(docs), BATCH_DOCS):
            batch = []
            for i in range(start, min(start + BATCH_DOCS, len(docs))):
                where = name_doc(first + i)
                votes, _, _ = find_votes(
                    docs, i, key=self.key, where=where, codec=codec
                )
                self.revoter.check(votes, where)
                batch.append(votes)
            self._votes.append(batch)
        return [read_words(docs, i, strings)[0] for i in range(len(docs))]
