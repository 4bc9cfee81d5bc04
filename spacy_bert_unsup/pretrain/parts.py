"""Writes one part of the prepared corpus."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np


class PartWriter:
    """A context manager that writes NAME.ids and NAME.docs.npy.

    folder (Path): Where to.
    name (str): train or valid.
    dtype (str): Of the ids: uint16 or uint32.
    """

    def __init__(self, folder: Path, name: str, dtype: str) -> None:
        self.folder = folder
        self.name = name
        self.dtype = dtype
        self.starts = [0]
        self.sources: dict[str, list[int]] = {}

    def __enter__(self) -> PartWriter:
        self._file = (self.folder / f"{self.name}.ids").open("wb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        starts = np.asarray(self.starts, dtype=np.int64)
        np.save(self.folder / f"{self.name}.docs.npy", starts)

    def add(self, source: str, ids: list[int]) -> None:
        """Add a document; those of a source come in a row."""
        if not ids:
            return
        begin = self.starts[-1]
        self._file.write(np.asarray(ids, dtype=self.dtype).tobytes())
        self.starts.append(begin + len(ids))
        first = self.sources.get(source, [begin])[0]
        self.sources[source] = [first, begin + len(ids)]

    def summary(self) -> dict[str, object]:
        """RETURNS (dict[str, object]): Counts, and source -> [first, end) piece."""
        return {
            "documents": len(self.starts) - 1,
            "pieces": self.starts[-1],
            "sources": self.sources,
        }
