"""Small helpers that every floor may use: files and fingerprints."""

from __future__ import annotations

import hashlib
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

import numpy as np

from .errors import Errors, InputError
from .types import Floats


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it: never half a file.

    path (Path): The file; its folder must exist.
    content (bytes): What it shall hold.
    """
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


@contextmanager
def folder_atomic(folder: Path, *, stale: Sequence[str] = ()) -> Iterator[Path]:
    """Fill a folder beside its place and move the files in when all went well.

    Files of other names that lie in the folder already stay there.

    folder (Path): The folder; made where missing.
    stale (Sequence[str]): Glob patterns of files to delete unless written anew, so that
        no part of an earlier version stays behind.
    YIELDS (Path): Where to write.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        yield beside
        folder.mkdir(exist_ok=True)
        written = sorted(file.name for file in beside.iterdir())
        for name in written:
            os.replace(beside / name, folder / name)
        for pattern in stale:
            for old in folder.glob(pattern):
                if old.name not in written:
                    old.unlink()
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def read_text(path: Path) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    path (Path): The file.
    RETURNS (str): Its text.
    RAISES (InputError): if it is missing or not UTF-8, naming the byte.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
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
    mask = os.umask(0)
    os.umask(mask)
    return mask
