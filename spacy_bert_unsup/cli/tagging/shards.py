"""Write `.spacy` files of bounded size while Docs stream by."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin


@contextmanager
def open_shards(out: Path, *, max_docs: int) -> Iterator[Callable[[Doc], None]]:
    """Collect Docs into one `.spacy` file, or several numbered ones.

    With at most `max_docs` Docs, `out` is the file; else there are `NAME-00001.spacy`
    and so on beside it. They are moved into place when everything went well, and files
    of these names from an earlier run are then gone.

    out (Path): The file; its folder is made if missing.
    max_docs (int): Docs in memory and in one file.
    YIELDS (Callable[[Doc], None]): Adds a Doc.
    """
    with open_numbered(out) as files:
        writer = _ShardWriter(files, max_docs)
        yield writer.add
        writer.flush()


@contextmanager
def open_numbered(out: Path) -> Iterator[NumberedFiles]:
    """Write one file, or several numbered ones, that appear when everything went well.

    out (Path): The file; `NAME-00001.spacy` and so on beside it where there are
        several. Files of these names from an earlier run are then gone.
    YIELDS (NumberedFiles): Gives the places to write to.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as beside:
        files = NumberedFiles(Path(beside))
        yield files
        targets = [out] if len(files.paths) == 1 else _numbered(out, files.paths)
        for stale in {out, *list_numbered(out)}:
            if stale not in targets:
                stale.unlink(missing_ok=True)
        for file, target in zip(files.paths, targets, strict=True):
            os.replace(file, target)


def list_numbered(out: Path) -> list[Path]:
    """The numbered files beside a file, which `open_numbered` replaces or takes away.

    out (Path): The file.
    RETURNS (list[Path]): Those that exist.
    """
    return list(out.parent.glob(f"{glob.escape(out.stem)}-{'[0-9]' * 5}.spacy"))


class NumberedFiles:
    """Files in a temporary folder, in the order in which they were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: list[Path] = []

    def add(self) -> Path:
        """Where to write the next file."""
        self.paths.append(self.folder / str(len(self.paths)))
        return self.paths[-1]


def _numbered(out: Path, files: list[Path]) -> list[Path]:
    return [
        out.with_name(f"{out.stem}-{number:05}.spacy")
        for number in range(1, len(files) + 1)
    ]


class _ShardWriter:
    """Keeps at most one shard in memory."""

    def __init__(self, files: NumberedFiles, max_docs: int) -> None:
        self.files = files
        self.max_docs = max_docs
        self.shard: DocBin = _new_shard()

    def add(self, doc: Doc) -> None:
        """Take a Doc; a full shard is written first."""
        if len(self.shard) >= self.max_docs:
            self.flush()
        self.shard.add(doc)

    def flush(self) -> None:
        """Write the shard, an empty one only if there is no other."""
        if len(self.shard) or not self.files.paths:
            self.shard.to_disk(self.files.add())
            self.shard = _new_shard()


def _new_shard() -> DocBin:
    from spacy.tokens import DocBin

    return DocBin(store_user_data=True)
