from __future__ import annotations

import os
import socket

import pytest


def test_other_machines_are_out_of_reach() -> None:
    with socket.socket() as one, pytest.raises(OSError, match="no network in tests"):
        one.connect(("192.0.2.1", 80))


def test_model_hub_is_switched_off() -> None:
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert not os.listdir(os.environ["HF_HOME"])
