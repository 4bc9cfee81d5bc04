"""Label several `.spacy` files anew, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError, Errors
from ..types import Progress
from .bin_docs import read_bin, write_bin
from .flips import RevoteReport
from .revote_bins import revote_bin
from .revoter import Revoter

MOST_PROCESSES = 8
"""Unless more are asked for: each holds a file in memory."""


@dataclass(frozen=True)
class FileJob:
    """How files are labelled anew.

    revoter (Revoter): Who votes.
    key (str): The group, `doc.spans[key]`.
    most (int): Flips to report.
    """

    revoter: Revoter
    key: str
    most: int

    def run(
        self,
        path: Path,
        out: Path | None,
        *,
        source: str = "",
        tick: Progress = lambda done, total: None,
    ) -> RevoteReport:
        """Label one file anew.

        path (Path): The file.
        out (Optional[Path]): Where the result goes; where nothing changed, it is the
            same byte for byte.
        source (str): Names the file in messages.
        tick (Callable[[int, int], object]): Told how many docs are done, of how many.
        RETURNS (RevoteReport): What changed.
        RAISES (InputError, ConfigError, AssetsError): if it cannot be read or voted on.
        """
        report = RevoteReport(most=self.most)
        docs = read_bin(path)
        new = revote_bin(
            docs,
            self.revoter,
            key=self.key,
            report=report,
            source=source,
            tick=lambda _: tick(report.docs, len(docs)),
        )
        if out is not None and new is docs:
            shutil.copyfile(path, out)
        elif out is not None:
            write_bin(new, out)
        return report

    def run_all(
        self,
        paths: Sequence[Path],
        outs: Sequence[Path | None],
        *,
        processes: int,
    ) -> Generator[RevoteReport, None, None]:
        """Label several files anew, some at a time.

        paths (Sequence[Path]): The files.
        outs (Sequence[Optional[Path]]): As in `run`, one for each.
        processes (int): How many at a time, at most (`count_processes`).
        YIELDS (RevoteReport): What changed in each, in order.
        RAISES (InputError, ConfigError, AssetsError): as `run`; and if a process was
            killed.
        """
        if processes < 2 or len(paths) < 2:
            for path, out in zip(paths, outs, strict=True):
                yield self.run(path, out, source=str(path))
            return
        # A fork has the tables and the vocabulary already; and it is never handed the
        # model's work, so that the threads it lacks are not missed.
        pool = ProcessPoolExecutor(
            min(processes, len(paths)),
            mp_context=multiprocessing.get_context("fork"),
            initializer=_begin,
            initargs=(self,),
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.12
                found = [
                    pool.submit(_run_one, path, out)
                    for path, out in zip(paths, outs, strict=True)
                ]
            for future in found:
                yield future.result()
        except BrokenProcessPool as error:
            raise ConfigError(Errors.E337) from error
        except BaseException:  # Ctrl-C, too: nobody waits for the other files
            for child in list(pool._processes.values()):
                child.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


_job: FileJob | None = None


def _begin(job: FileJob) -> None:
    """Take the job that all files of this process are for; Ctrl-C is the parent's."""
    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _job = job


def _run_one(path: Path, out: Path | None) -> RevoteReport:
    assert _job is not None
    return _job.run(path, out, source=str(path))


def count_processes(wanted: int | None = None) -> int:
    """How many files are labelled at a time.

    wanted (Optional[int]): None stands for one for each processor core,
        at most `MOST_PROCESSES`.
    RETURNS (int): 1 where a process cannot safely start as a copy of this one.
    """
    if sys.platform != "linux":
        return 1
    return wanted or min(MOST_PROCESSES, len(os.sched_getaffinity(0)))
