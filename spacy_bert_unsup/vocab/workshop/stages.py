"""Which stages of a build are done, and what they were made of.

`stages/done.json` in the assets folder has one entry per stage: a key over all its
inputs, and facts for the summary. A stage whose key is still the same is not done
again. The entry goes before a stage starts and comes back when it is finished, so a
killed build repeats only what it was in the middle of.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ...util import read_text, write_text

logger = logging.getLogger(__name__)

Facts: TypeAlias = dict[str, Any]
FILE = "done.json"


@dataclass
class StageLog:
    """What is done in one folder.

    path (Path): The file.
    entries (dict[str, dict[str, Any]]): Stage -> its `key` and `facts`.
    """

    path: Path
    entries: dict[str, Facts] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> StageLog:
        """Read a folder's log.

        folder (Path): Where the stages keep their files.
        RETURNS (StageLog): Empty if there is none. One that cannot be read is empty
            too, after a warning: then everything is made again.
        """
        log = cls(folder / FILE)
        if not log.path.exists():
            return log
        try:
            found = json.loads(read_text(log.path))
            log.entries = {
                name: {"key": str(entry["key"]), "facts": dict(entry["facts"])}
                for name, entry in found.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.warning("%s is damaged: all stages are made again.", log.path)
        return log

    def is_done(self, stage: str, key: str, files: Iterable[Path] = ()) -> bool:
        """Whether a stage was made of the same things already.

        stage (str): Its name.
        key (str): From `make_key`.
        files (Iterable[Path]): What it left, and must still be there.
        RETURNS (bool): True if nothing need be done.
        """
        same = self.entries.get(stage, {}).get("key") == key
        return same and all(file.is_file() for file in files)

    def facts(self, stage: str) -> Facts:
        """What a finished stage left for the summary.

        stage (str): Its name.
        RETURNS (dict[str, Any]): Empty if it is not done.
        """
        return self.entries.get(stage, {}).get("facts", {})

    def begin(self, stage: str) -> None:
        """Forget a stage, since it is made anew.

        stage (str): Its name.
        """
        if self.entries.pop(stage, None) is not None:
            self._write()

    def finish(self, stage: str, key: str, facts: Facts) -> None:
        """Remember a stage whose files are all in their places.

        stage (str): Its name.
        key (str): From `make_key`.
        facts (dict[str, Any]): For the summary; plain data.
        """
        self.entries[stage] = {"key": key, "facts": facts}
        self._write()

    def _write(self) -> None:
        text = json.dumps(self.entries, indent=2, ensure_ascii=False)
        write_text(self.path, text + "\n")


def make_key(*parts: object) -> str:
    """Name the inputs of a stage.

    parts (object): Fingerprints and parameters: plain data.
    RETURNS (str): 16 hex digits; the same for the same parts, everywhere.
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()[:16]
