from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.util import (
    atomic_folder,
    atomic_path,
    fingerprint,
    read_text,
    write_bytes,
    write_text,
)


def test_write_and_read(tmp_path: Path) -> None:
    write_text(tmp_path / "deep" / "file.txt", "é\n")
    assert read_text(tmp_path / "deep" / "file.txt") == "é\n"
    assert (tmp_path / "deep" / "file.txt").read_bytes() == "é\n".encode()


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "file", b"old")
    with pytest.raises(RuntimeError), atomic_path(tmp_path / "file") as beside:
        beside.write_bytes(b"half")
        raise RuntimeError
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.name == "nt", reason="file modes")
def test_file_mode_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "file", "")
        with atomic_folder(tmp_path / "folder") as beside:
            (beside / "inside").touch(mode=0o600)
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "folder" / "inside").stat().st_mode & 0o777 == 0o640


def test_folder_keeps_other_files_and_drops_stale_ones(tmp_path: Path) -> None:
    for name in ("mine.txt", "old.bin", "both.bin"):
        (tmp_path / name).write_text("old")
    with atomic_folder(tmp_path, stale=["*.bin"]) as beside:
        (beside / "both.bin").write_text("new")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["both.bin", "mine.txt"]
    assert (tmp_path / "both.bin").read_text() == "new"


def test_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "old.bin").touch()
    with (
        pytest.raises(RuntimeError),
        atomic_folder(tmp_path / "in", stale=["*"]) as new,
    ):
        (new / "new.bin").touch()
        raise RuntimeError
    assert [file.name for file in (tmp_path / "in").iterdir()] == ["old.bin"]
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


def test_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfabc")
    assert read_text(tmp_path / "file") == "abc"


def test_unreadable_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc\xff")
    with pytest.raises(InputError, match="E003.*byte 3"):
        read_text(tmp_path / "file")
    with pytest.raises(InputError, match="E002"):
        read_text(tmp_path / "missing")


def test_fingerprint_names_terms_and_numbers() -> None:
    matrix = np.ones((2, 3), dtype=np.float32)
    name = fingerprint(["a", "b"], matrix)
    assert len(name) == 16 and set(name) <= set("0123456789abcdef")
    assert name == fingerprint(["a", "b"], matrix.copy())
    assert name != fingerprint(["a", "c"], matrix)
    assert name != fingerprint(["a", "b"], matrix * 2)
