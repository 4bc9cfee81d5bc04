"""Offline, on one thread, with toy models of five families."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="no-models-")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest  # noqa: E402 - the variables are read at import

from tests import toys  # noqa: E402

if TYPE_CHECKING:
    from spacy_bert_unsup.mlm.model import MaskedLM

LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse connections to other machines."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        is_local = isinstance(address, tuple) and address[0] in LOCAL
        if self.family != socket.AF_UNIX and not is_local:
            raise OSError(f"no network in tests: {address}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def bert_lm() -> MaskedLM:
    """The toy BERT."""
    return make_lm("bert")


@pytest.fixture(scope="session", params=list(toys.TOYS))
def toy_lm(request: pytest.FixtureRequest) -> MaskedLM:
    """Each toy model in turn."""
    return make_lm(request.param)


def make_lm(family: str) -> MaskedLM:
    """Wrap the toy model of a family."""
    from spacy_bert_unsup.mlm.model import MaskedLM

    model, tokenizer = toys.TOYS[family]()
    return MaskedLM.from_parts(model, tokenizer, name=family)
