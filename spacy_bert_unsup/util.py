"""Small helpers that every floor may use: files and fingerprints."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
