"""Reads repository archives (.tar.gz) from front to back, without unpacking them."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from spacy_bert_unsup.errors import InputError

Member = tuple[str, bytes]
"""Path inside the archive, without the folder that holds all; and content."""
Documents = Iterator[list[str]]
"""What readers make of a file: paragraphs of each document, not filtered yet."""

CHUNK = 2**20
BROKEN = (
    "{path} cannot be read as an archive after '{name}': {error}. The download may be "
    "incomplete: delete the file, and run `python -m spacy project assets --extra`."
)
NOT_INSIDE = "{path} has no file '{name}'. Is it of the commit that project.yml names?"


def read_members(
    archive: Path, pattern: str, *, quiet: bool = True
) -> Iterator[Member]:
    """Stream the files of an archive, with a progress bar over its bytes.

    archive (Path): A .tar.gz whose files lie in one folder, as GitHub makes them.
    pattern (str): Regular expression for whole paths inside that folder.
    quiet (bool): Show no bar.
    YIELDS (Member): In the order of the archive; folders and links are left out.
    RAISES (InputError): If the archive is damaged or cut off.
    """
    wanted, name = re.compile(pattern), "the beginning"
    total = archive.stat().st_size
    with (
        archive.open("rb") as raw,
        tqdm(total=total, unit="B", unit_scale=True, disable=quiet) as bar,
    ):
        bar.set_description(archive.name)
        try:
            with gzip.open(raw) as plain:
                with tarfile.open(fileobj=plain, mode="r|") as files:
                    for entry in files:
                        name = entry.name.partition("/")[2]
                        if entry.isfile() and wanted.fullmatch(name):
                            file = files.extractfile(entry)
                            yield name, file.read() if file else b""
                        bar.update(raw.tell() - bar.n)
                # tarfile stops quietly at a broken header; the checksum is at the end.
                while plain.read(CHUNK):
                    pass
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise InputError(
                BROKEN.format(path=archive, name=name, error=error)
            ) from error


def read_member(archive: Path, name: str) -> str:
    """Read one text file of an archive.

    RAISES (InputError): If the archive is damaged, or has no such file.
    """
    for _, content in read_members(archive, re.escape(name)):
        return content.decode("utf-8")
    raise InputError(NOT_INSIDE.format(path=archive, name=name))


def unzip(content: bytes, pattern: str) -> Iterator[Member]:
    """The files of a .zip.

    pattern (str): Regular expression for whole paths.
    RAISES (ValueError): If it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            for name in files.namelist():
                if re.fullmatch(pattern, name):
                    yield name, files.read(name)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(str(error)) from error
