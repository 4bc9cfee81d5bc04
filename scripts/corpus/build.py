"""Makes one file of the corpus: reads its archives, filters, writes."""

from __future__ import annotations

import csv
import hashlib
import logging
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.util import atomic_path

from .archives import read_member, read_members
from .filters import Exclusion, keep_prose
from .rules import Listing, Source

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What a corpus file holds, and what was left out of it."""

    documents: int = 0
    paragraphs: int = 0
    words: int = 0
    excluded: int = 0
    unreadable: int = 0


def build_file(
    sources: Sequence[Source],
    folder: Path,
    out: Path,
    *,
    exclusion: Exclusion,
    quiet: bool = False,
) -> Counts:
    """Write a corpus file: a paragraph a line, a blank line between documents.

    A file inside an archive that cannot be read is left out, and logged.

    sources (Sequence[Source]): All of this file.
    folder (Path): Where the archives are.
    out (Path): The .txt.xz file; it is there whole, or as it was.
    exclusion (Exclusion): Knows the paragraphs to leave out.
    quiet (bool): Show no progress.
    RAISES (InputError): If an archive is damaged, or has no text that fits its rule.
    """
    counts = Counts()
    with atomic_path(out) as path, lzma.open(path, "wt", encoding="utf-8") as file:
        for source in sources:
            before = counts.documents
            for paragraphs in _documents(source, folder, counts, quiet):
                fit = [
                    text
                    for paragraph in paragraphs
                    for text in keep_prose(paragraph, source.least)
                ]
                kept = [text for text in fit if not exclusion.knows(text)]
                counts.excluded += len(fit) - len(kept)
                if kept:
                    file.write("\n".join(kept) + "\n\n")
                    counts.documents += 1
                    counts.paragraphs += len(kept)
                    counts.words += sum(len(text.split()) for text in kept)
            if counts.documents == before:
                raise InputError(
                    f"{archive_path(folder, source)} has no text for {source.corpus}: "
                    f"no file like '{source.members}' with paragraphs. Is it the "
                    "archive of the commit that project.yml names?"
                )
    return counts


def archive_path(folder: Path, source: Source) -> Path:
    """RETURNS (Path): Where a source's archive is."""
    return folder / f"{source.archive}.tar.gz"


def _documents(
    source: Source, folder: Path, counts: Counts, quiet: bool
) -> Iterator[list[str]]:
    archive = archive_path(folder, source)
    listed = _read_listing(archive, source.listing) if source.listing else None
    for name, content in read_members(archive, source.members, quiet=quiet):
        if listed is not None and PurePosixPath(name).stem not in listed:
            continue
        try:
            documents = list(source.read(content))
        except (ValueError, LookupError, csv.Error) as error:
            counts.unreadable += 1
            logger.warning("%s: %s left out: %s", archive, name, error)
            continue
        for number, document in enumerate(documents):
            if _is_drawn(f"{name}#{number}", source.share):
                yield document


def _read_listing(archive: Path, listing: Listing) -> frozenset[str]:
    _, _, text = read_member(archive, listing.member).partition(listing.after)
    return frozenset(re.findall(listing.names, text))


def _is_drawn(place: str, share: float) -> bool:
    digest = hashlib.blake2b(place.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64
