"""Offline, on one thread, with toy models of five families."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from spacy_bert_unsup.mlm.model import MaskedLM

# Before anybody imports the libraries that read them.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="no-models-")
os.environ["SPACY_BERT_UNSUP_CACHE"] = tempfile.mkdtemp(prefix="no-assets-")
os.environ.setdefault("OMP_NUM_THREADS", "1")
for _variable in ("HF_HOME", "SPACY_BERT_UNSUP_CACHE"):
    atexit.register(shutil.rmtree, os.environ[_variable], ignore_errors=True)

# A busy machine is no reason to fail.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

FAMILIES = ["bert", "distilbert", "roberta", "albert", "modernbert"]
LOCAL = {"127.0.0.1", "::1", "localhost"}
_connect = socket.socket.connect


def pytest_runtest_setup() -> None:
    """Refuse connections to other machines, before the fixtures of each test."""
    socket.socket.connect = connect_locally  # type: ignore[method-assign]


def connect_locally(self: socket.socket, address: object) -> None:
    """Connect to this machine only."""
    is_local = isinstance(address, tuple) and address[0] in LOCAL
    if self.family != socket.AF_UNIX and not is_local:
        raise OSError(f"no network in tests: {address}")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def bert_lm() -> MaskedLM:
    """The toy BERT."""
    from tests.toys import make_lm

    return make_lm("bert")


@pytest.fixture(scope="session", params=FAMILIES)
def toy_lm(request: pytest.FixtureRequest) -> MaskedLM:
    """Each toy model in turn."""
    from tests.toys import make_lm

    return make_lm(request.param)
