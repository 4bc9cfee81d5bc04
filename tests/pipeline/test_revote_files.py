"""Files in processes of their own, and what happens when these end early."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.pipeline.flips import RevoteReport
from spacy_bert_unsup.pipeline.revote_files import FileJob, count_processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a safe fork")


class _Job(FileJob):
    """Does as the name of a file says."""

    def run(self, path: Path, *_: Any, **__: Any) -> RevoteReport:
        if path.name == "killed":
            os._exit(9)
        if path.name == "long":
            time.sleep(60)
        return RevoteReport()


def start(*names: str):
    job = _Job(None, "bert_unsup", 0)  # type: ignore[arg-type]
    return job.run_all([Path(n) for n in names], [None] * len(names), processes=2)


def test_a_killed_process_is_one_line():
    with pytest.raises(ConfigError, match="E337.*--processes 1") as found:
        list(start("killed", "killed"))
    assert "\n" not in str(found.value)


def test_who_stops_does_not_wait():
    """Ctrl-C waited until all files at work were done."""
    reports = start("short", "long", "long", "long")
    next(reports)
    begin = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        reports.throw(KeyboardInterrupt())
    assert time.perf_counter() - begin < 30


def test_at_most_eight_unless_asked_for(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    assert (count_processes(), count_processes(20)) == (8, 20)
