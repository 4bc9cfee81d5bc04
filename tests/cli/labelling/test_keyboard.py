"""Answers at a real terminal: a pseudo-terminal, with keys sent to the command."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

import pytest

from spacy_bert_unsup.vocab.labels import read_seed_labels
from spacy_bert_unsup.vocab.workshop.building import Build
from tests.toys import make_lm

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")
LIMIT = 60
"""Seconds until the command must have asked or ended."""


@pytest.fixture
def shop(tmp_path):
    seeds = {"Paris": ("PLACE",), "London": ("PLACE",), "aspirin": ("DRUG",)}
    lm = make_lm("bert")
    Build(tmp_path / "a", "toy", "key", lambda: lm, given=seeds, shipped={}).run()
    return tmp_path / "a"


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, *args):
        self.end, slave = pty.openpty()
        command = [sys.executable, "-m", "spacy_bert_unsup", *map(str, args)]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.seen = ""

    def read(self):
        """Take up what it shows; False once it has ended."""
        if select.select([self.end], [], [], 0.05)[0]:
            try:
                self.seen += os.read(self.end, 4096).decode()
            except OSError:  # nobody holds the other side any more
                return False
        return True

    def press(self, keys, *, prompt):
        """Wait for a prompt, and until keys come one by one, and send some."""
        deadline = time.monotonic() + LIMIT
        raw = False
        while not (self.seen.count("\n> ") >= prompt and raw):
            assert time.monotonic() < deadline, self.seen
            assert self.read(), self.seen
            raw = not termios.tcgetattr(self.end)[3] & termios.ICANON
        os.write(self.end, keys.encode())

    def finish(self):
        """Wait for its end. RETURNS (int): The exit status."""
        while self.read():
            pass
        os.close(self.end)
        return self.process.wait(LIMIT)


def test_keys_act_at_once_and_ctrl_c_keeps_what_was_said(shop):
    terminal = Terminal("label", shop, "--interactive", "--units", "terms")
    terminal.press("1", prompt=1)
    terminal.press("s", prompt=2)
    terminal.press("u", prompt=3)  # back to the second
    terminal.press("+NEX\x7fW\r", prompt=4)  # a line, with a slip mended
    terminal.press("\x1b[A", prompt=5)  # an arrow says nothing
    terminal.press("\x03", prompt=5)
    status = terminal.finish()
    assert status != 0
    assert "2 units labelled, all saved" in terminal.seen
    assert "Traceback" not in terminal.seen
    said = list(read_seed_labels(shop / "seed_labels.jsonl").values())
    assert said[:3] == [("PLACE",), ("PLACE",), ("DRUG",)]
    assert len(said) == 5
    assert ("NEW",) in said[3:]


def test_keys_that_come_together_and_the_end_of_input(shop):
    terminal = Terminal("label", shop, "--interactive", "--units", "terms")
    terminal.press("ss+NEW\r\r", prompt=1)
    terminal.press("\x04", prompt=5)
    assert terminal.finish() == 0
    assert "1 units labelled" in terminal.seen
    assert ("NEW",) in read_seed_labels(shop / "seed_labels.jsonl").values()
