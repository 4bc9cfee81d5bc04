"""Small helpers that every floor may use: files and fingerprints."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .errors import Errors, InputError
from .types import Floats


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary file beside the target that takes its place when all went well.

    A killed process or a full disk leaves the old file as it was.

    path (str | Path): the file to be written; missing parent folders are made.
    YIELDS (Path): where to write.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(0o666 & ~_umask())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def atomic_folder(folder: str | Path, *, stale: Sequence[str] = ()) -> Iterator[Path]:
    """A temporary folder beside the target whose files move in when all went well.

    Files of other names that lie in the target already stay there.

    folder (str | Path): the folder to be filled; made when missing.
    stale (Sequence[str]): glob patterns of files to delete from it unless they were
        written anew, so that no part of an earlier version stays behind.
    YIELDS (Path): where to write.
    """
    target = Path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield beside
        target.mkdir(exist_ok=True)
        written = sorted(file.name for file in beside.iterdir())
        for name in written:
            (beside / name).chmod(0o666 & ~_umask())
            os.replace(beside / name, target / name)
        for pattern in stale:
            for old in target.glob(pattern):
                if old.name not in written:
                    old.unlink()
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 text file in one step: it is there whole, or not at all.

    path (str | Path): the file.
    text (str): what it shall hold.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file in one step: it is there whole, or not at all.

    path (str | Path): the file.
    content (bytes): what it shall hold.
    """
    with atomic_path(path) as beside:
        beside.write_bytes(content)


def read_text(path: str | Path) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    path (str | Path): the file.
    RETURNS (str): its text.
    RAISES (InputError): if it cannot be read or is not UTF-8, naming the byte.
    """
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(Errors.E002.format(path=path, error=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise InputError(Errors.E003.format(path=path, offset=error.start)) from error


def fingerprint(terms: Sequence[str], matrix: Floats) -> str:
    """Name a vocabulary and its vectors, so that assets never meet another model.

    terms (Sequence[str]): V entries.
    matrix (Floats): (V, D) vectors.
    RETURNS (str): 16 hex digits of a SHA-256.
    """
    digest = hashlib.sha256("\0".join(terms).encode("utf-8", "surrogatepass"))
    digest.update(np.ascontiguousarray(matrix, dtype="<f4").tobytes())
    return digest.hexdigest()[:16]


def _umask() -> int:
    """The process's file mode mask; reading it means setting it for a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
