"""A clustering as a folder of text files (design, section 4).

clusters.jsonl      a cluster a line, in the order of their making
meta.json           parameters, singletons, empty seeds, counts; fingerprint and model
term_labels.jsonl   every term of the vocabulary with its labels and their counts
inferred.jsonl      terms of which people said nothing (with restrict_to_bootstrap)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...errors import AssetsError, Errors
from ...util import atomic_folder, read_text
from ..vectors import VocabVectors
from .aggregation import LabelCounts
from .results import Cluster, Clustering

FORMAT_VERSION = 1
KIND = "clusters"
CLUSTERS, META, TERM_LABELS, INFERRED = (
    "clusters.jsonl",
    "meta.json",
    "term_labels.jsonl",
    "inferred.jsonl",
)


def write_clustering(
    folder: str | Path,
    clustering: Clustering,
    vectors: VocabVectors,
    *,
    model: str = "",
) -> None:
    """Write a clustering; its files are written beside and renamed.

    folder (str | Path): Made if missing. An older clustering of the same vocabulary is
        replaced, other files stay.
    clustering (Clustering): What to write.
    vectors (VocabVectors): The vocabulary that was clustered.
    model (str): Its name, for messages.
    RAISES (AssetsError): if the folder holds something else; nothing is changed then.
    """
    check_output(folder, vectors)
    files = {
        **_contents(clustering),
        META: json.dumps(
            {
                "format_version": FORMAT_VERSION,
                "kind": KIND,
                "model": model,
                "fingerprint": vectors.fingerprint,
                "digest": digest(clustering),
                **_summary(clustering),
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n",
    }
    with atomic_folder(folder, stale=[INFERRED]) as beside:
        for name, text in files.items():
            (beside / name).write_text(text, encoding="utf-8")


def check_output(folder: str | Path, vectors: VocabVectors) -> None:
    """Refuse a folder in which the work of another model would be overwritten.

    folder (str | Path): Where a clustering shall be written.
    vectors (VocabVectors): The vocabulary that is clustered.
    RAISES (AssetsError): if it is a file, or holds something else than a clustering of
        the same vocabulary.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise AssetsError(Errors.E225.format(path=folder, content="a file"))
    path = folder / META
    if not path.exists():
        if (folder / CLUSTERS).exists() or (folder / TERM_LABELS).exists():
            content = "clusters of an unknown vocabulary"
            raise AssetsError(Errors.E225.format(path=folder, content=content))
        return
    meta = _read_meta(path)
    theirs = meta.get("fingerprint")
    if meta.get("kind") != KIND:
        content = "something else than a clustering, with a meta.json of its own"
    elif theirs != vectors.fingerprint:
        content = (
            f"the clusters of {meta.get('model') or 'another vocabulary'!r} "
            f"(fingerprint {theirs}, not {vectors.fingerprint})"
        )
    else:
        return
    raise AssetsError(Errors.E225.format(path=folder, content=content))


def read_clustering(folder: str | Path) -> Clustering:
    """Read what `write_clustering` wrote.

    folder (str | Path): The folder.
    RETURNS (Clustering): The clustering.
    RAISES (InputError): if a file is missing or not UTF-8.
    RAISES (AssetsError): if a file is damaged, or is none of a clustering.
    """
    folder = Path(folder)
    meta = _read_meta(folder / META)
    if meta.get("kind") != KIND or meta.get("format_version") != FORMAT_VERSION:
        error = f"kind {meta.get('kind')!r}, format {meta.get('format_version')!r}"
        raise AssetsError(Errors.E227.format(path=folder / META, error=error))
    inferred = {}
    if (folder / INFERRED).exists():
        inferred = _parse_labels(folder / INFERRED)
    try:
        singletons, empty = tuple(meta["singletons"]), tuple(meta["empty"])
        parameters = dict(meta["parameters"])
    except (KeyError, TypeError, ValueError) as error:
        raise AssetsError(
            Errors.E227.format(path=folder / META, error=error)
        ) from error
    return Clustering(
        parse_clusters(read_text(folder / CLUSTERS), folder / CLUSTERS),
        singletons,
        empty,
        _parse_labels(folder / TERM_LABELS),
        inferred,
        parameters,
    )


def dump_clusters(clusters: Iterable[Cluster]) -> str:
    """The text of clusters.jsonl.

    clusters (Iterable[Cluster]): Clusters in order.
    RETURNS (str): A line of JSON for each.
    """
    return "".join(map(_line, map(asdict, clusters)))


def parse_clusters(text: str, where: str | Path) -> tuple[Cluster, ...]:
    """Read the text of clusters.jsonl.

    text (str): The content.
    where (str | Path): The file's name, for messages.
    RETURNS (tuple[Cluster, ...]): Clusters in order.
    RAISES (AssetsError): if a line is no cluster, naming it.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
                row["terms"] = tuple(row["terms"])
                row["labels"] = dict(row.get("labels", {}))
                found.append(Cluster(**row))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise AssetsError(
                    Errors.E226.format(path=where, number=number, error=error)
                ) from error
    return tuple(found)


def dump_term_labels(term_labels: Mapping[str, LabelCounts]) -> str:
    """The text of term_labels.jsonl.

    term_labels (Mapping[str, LabelCounts]): Term -> labels with counts, in order.
    RETURNS (str): A line of JSON for each term.
    """
    rows = ({"term": term, "labels": row} for term, row in term_labels.items())
    return "".join(map(_line, rows))


def digest(clustering: Clustering) -> str:
    """Name a clustering, so that two people can see whether they have the same.

    clustering (Clustering): The clustering.
    RETURNS (str): 16 hex digits over clusters, labels, singletons and parameters.
    """
    parts = [*_contents(clustering).values(), _line(_summary(clustering))]
    whole = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:16]


def _contents(clustering: Clustering) -> dict[str, str]:
    files = {
        CLUSTERS: dump_clusters(clustering.clusters),
        TERM_LABELS: dump_term_labels(clustering.term_labels),
    }
    if clustering.inferred:
        files[INFERRED] = dump_term_labels(clustering.inferred)
    return files


def _summary(clustering: Clustering) -> dict[str, Any]:
    return {
        "parameters": clustering.parameters,
        "counts": {
            "terms": len(clustering.term_labels),
            "clusters": len(clustering.clusters),
            "singletons": len(clustering.singletons),
            "empty": len(clustering.empty),
            "labelled": clustering.labelled,
        },
        "singletons": list(clustering.singletons),
        "empty": list(clustering.empty),
    }


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _read_meta(path: Path) -> dict[str, Any]:
    try:
        meta = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise AssetsError(Errors.E227.format(path=path, error=error)) from error
    if not isinstance(meta, dict):
        raise AssetsError(Errors.E227.format(path=path, error="no JSON object"))
    return meta


def _parse_labels(path: Path) -> dict[str, LabelCounts]:
    found: dict[str, LabelCounts] = {}
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
                found[row["term"]] = dict(row["labels"])
            except (ValueError, KeyError, TypeError) as error:
                raise AssetsError(
                    Errors.E226.format(path=path, number=number, error=error)
                ) from error
    return found
