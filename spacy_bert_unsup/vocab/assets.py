"""ClusterAssets: what a tagger needs beside a model, as a folder of plain files.

meta.json                     format version, model, fingerprint, labels, thresholds
seed_labels.jsonl             what people wrote; no build ever changes it
entity_vectors.safetensors    counts of labels per term, sparse rows
label_map.json                fine label -> broad label
clusters.jsonl                clusters of the vocabulary, to read; may be missing
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ..errors import AssetsError, Errors
from ..types import Floats, Progress
from ..util import atomic_folder
from .adoption import adopt_terms
from .labels import (
    SeedLabels,
    dump_seed_labels,
    iter_labels,
    match_seed_labels,
    parse_seed_labels,
)
from .propagation import Propagation, propagate_labels
from .scheme import BROAD, LabelScheme
from .vectors import VocabVectors

FORMAT_VERSION = 1
FILES = META, SEEDS, VECTORS, LABEL_MAP = (
    "meta.json",
    "seed_labels.jsonl",
    "entity_vectors.safetensors",
    "label_map.json",
)
CLUSTERS = "clusters.jsonl"


@dataclass(frozen=True)
class ClusterAssets:
    """Seed labels, and what they make of every term of one model's vocabulary.

    model (str): Name of the model that the counts were made with.
    fingerprint (str): Of its vocabulary and vectors.
    scheme (LabelScheme): L labels.
    seeds (SeedLabels): Term -> labels, as written by people.
    counts (Floats): (V, L) labels heard by each term from its neighbourhoods.
    thresholds (Mapping[str, float]): Label -> least share; "" is the general one.
    propagation (Propagation): Limits that the counts were made with.
    adopted (SeedLabels): Terms that went with a user's seeds; they stand apart from
        what people wrote.
    clusters (str): JSON lines, as `cluster_files` writes them; "" if the assets were
        built without. Nothing votes by them.
    """

    model: str
    fingerprint: str
    scheme: LabelScheme
    seeds: SeedLabels
    counts: Floats
    thresholds: Mapping[str, float] = field(default_factory=dict)
    propagation: Propagation = field(default_factory=Propagation)
    adopted: SeedLabels = field(default_factory=dict)
    clusters: str = ""

    @property
    def term_labels(self) -> SeedLabels:
        """Term -> labels, as written by people, or adopted from a user's seeds."""
        return {**self.seeds, **self.adopted}

    @classmethod
    def build(
        cls,
        vectors: VocabVectors,
        seeds: SeedLabels,
        *,
        model: str,
        parents: Mapping[str, str] = BROAD,
        how: Propagation | None = None,
        thresholds: Mapping[str, float] | None = None,
        adopted: SeedLabels | None = None,
        progress: Progress | None = None,
    ) -> ClusterAssets:
        """Propagate seed labels over a vocabulary.

        vectors (VocabVectors): The V terms of a model.
        seeds (SeedLabels): Term -> labels.
        model (str): The model's name, kept for messages.
        parents (Mapping[str, str]): Fine label -> broad label.
        how (Optional[Propagation]): Limits of the propagation.
        thresholds (Optional[Mapping[str, float]]): Kept with the assets.
        adopted (Optional[SeedLabels]): Terms that go with a user's seeds instead.
        progress (Optional[Progress]): Told terms done, and all terms.
        RETURNS (ClusterAssets): Assets of this vocabulary.
        RAISES (AssetsError): if no seed term is an entry of the vocabulary.
        """
        adopted = adopted or {}
        labels = {**seeds, **adopted}
        scheme = LabelScheme.collect(iter_labels(labels), parents)
        matched = match_seed_labels(labels, vectors)
        if not matched:
            raise AssetsError(Errors.E211.format(seeds=len(seeds), model=model))
        how = how or Propagation()
        return cls(
            model,
            vectors.fingerprint,
            scheme,
            seeds,
            propagate_labels(
                vectors, matched, scheme.labels, how=how, progress=progress
            ),
            thresholds or {},
            how,
            adopted,
        )

    def with_seeds(
        self, vectors: VocabVectors, seeds: SeedLabels, *, only: bool = False
    ) -> ClusterAssets:
        """Add a user's seed labels; where a term is in both, the user's win.

        Terms that are more like the user's seeds than like the old ones go with them:
        see `adopt_terms`.

        vectors (VocabVectors): The vocabulary that these assets were built for.
        seeds (SeedLabels): Term -> labels.
        only (bool): Forget the old seeds instead of adding to them.
        RETURNS (ClusterAssets): New assets; thresholds of labels that are gone are too.
        """
        old = {} if only else self.seeds
        adopted = adopt_terms(vectors, seeds, old, how=self.propagation) if old else {}
        kept = {term: names for term, names in old.items() if term not in seeds}
        built = ClusterAssets.build(
            vectors,
            kept | seeds,
            model=self.model,
            parents={**BROAD, **self.scheme.parents},
            how=self.propagation,
            adopted={t: n for t, n in adopted.items() if t not in seeds},
        )
        known = {"", *built.scheme.labels}
        return built.with_thresholds(
            {name: least for name, least in self.thresholds.items() if name in known}
        )

    def check_fits(self, fingerprint: str, model: str) -> None:
        """Refuse a model that these assets were not made for.

        fingerprint (str): Of the model's vocabulary and vectors.
        model (str): The model's name.
        RAISES (AssetsError): naming both models, if they differ.
        """
        if fingerprint != self.fingerprint:
            message = Errors.E212.format(
                assets=self.model,
                theirs=self.fingerprint,
                model=model,
                ours=fingerprint,
            )
            raise AssetsError(message)

    def with_thresholds(self, thresholds: Mapping[str, float]) -> ClusterAssets:
        """The same assets with other thresholds.

        thresholds (Mapping[str, float]): Label -> least share; "" is the general one.
        RETURNS (ClusterAssets): A copy.
        """
        return replace(self, thresholds=dict(thresholds))

    def to_bytes(self) -> dict[str, bytes]:
        """The files of the folder as bytes.

        RETURNS (dict[str, bytes]): File name -> content.
        """
        rows, columns = np.nonzero(self.counts)
        starts = np.searchsorted(rows, np.arange(len(self.counts) + 1))
        tensors: dict[str, np.ndarray] = {
            "starts": starts.astype(np.int32),
            "labels": columns.astype(np.uint16),
            "counts": self.counts[rows, columns].astype(np.float32),
        }
        meta = {
            "format_version": FORMAT_VERSION,
            "model": self.model,
            "fingerprint": self.fingerprint,
            "labels": list(self.scheme.labels),
            "non_entity": list(self.scheme.non_entity),
            "thresholds": dict(self.thresholds),
            "propagation": asdict(self.propagation),
            "adopted": {term: list(names) for term, names in self.adopted.items()},
        }
        found = {
            META: _dump(meta),
            SEEDS: dump_seed_labels(self.seeds).encode("utf8"),
            VECTORS: save(tensors),
            LABEL_MAP: _dump(dict(self.scheme.parents)),
        }
        return found | (
            {CLUSTERS: self.clusters.encode("utf8")} if self.clusters else {}
        )

    @classmethod
    def from_bytes(
        cls, files: Mapping[str, bytes], *, where: str = "bytes"
    ) -> ClusterAssets:
        """Read what `to_bytes` gave.

        files (Mapping[str, bytes]): File name -> content.
        where (str): Where they come from, for messages.
        RETURNS (ClusterAssets): The assets.
        RAISES (AssetsError): if a file is missing, corrupt or of another format.
        """
        for name in FILES:
            if name not in files:
                raise AssetsError(Errors.E213.format(where=where, name=name))
        meta = _parse(files[META], f"{where}/{META}")
        if meta.get("format_version") != FORMAT_VERSION:
            found = meta.get("format_version")
            raise AssetsError(
                Errors.E214.format(where=where, found=found, known=FORMAT_VERSION)
            )
        parents = _parse(files[LABEL_MAP], f"{where}/{LABEL_MAP}")
        try:
            seeds = parse_seed_labels(files[SEEDS].decode("utf8"), f"{where}/{SEEDS}")
            scheme = LabelScheme(
                tuple(meta["labels"]), parents, tuple(meta["non_entity"])
            )
            counts = _dense(load(files[VECTORS]), len(scheme.labels))
            if new := set(iter_labels(seeds)).difference(scheme.labels):
                found = ", ".join(sorted(new))
                raise AssetsError(Errors.E217.format(where=where, labels=found))
            return cls(
                meta["model"],
                meta["fingerprint"],
                scheme,
                seeds,
                counts,
                meta["thresholds"],
                Propagation(**meta["propagation"]),
                {t: tuple(names) for t, names in meta.get("adopted", {}).items()},
                files.get(CLUSTERS, b"").decode("utf8"),
            )
        except AssetsError:
            raise
        except (KeyError, TypeError, IndexError, ValueError, SafetensorError) as error:
            raise AssetsError(Errors.E215.format(where=where, error=error)) from error

    def to_disk(self, path: str | Path, *, exclude: Collection[str] = ()) -> None:
        """Write the folder; its files are written beside and renamed.

        path (str | Path): The folder, made if missing.
        exclude (Collection[str]): Names of files to leave as they are.
        """
        stale = [] if CLUSTERS in exclude else [CLUSTERS]
        with atomic_folder(path, stale=stale) as beside:
            for name, content in self.to_bytes().items():
                if name not in exclude:
                    (beside / name).write_bytes(content)

    @classmethod
    def from_disk(cls, path: str | Path) -> ClusterAssets:
        """Read a folder written by `to_disk`.

        path (str | Path): The folder.
        RETURNS (ClusterAssets): The assets.
        RAISES (AssetsError): if the folder or a file in it is missing or corrupt.
        """
        path = Path(path)
        if not path.is_dir():
            raise AssetsError(Errors.E216.format(path=path))
        here = [name for name in (*FILES, CLUSTERS) if (path / name).is_file()]
        files = {name: (path / name).read_bytes() for name in here}
        return cls.from_bytes(files, where=str(path))


def _dense(tensors: Mapping[str, np.ndarray], width: int) -> Floats:
    starts, columns = tensors["starts"], tensors["labels"]
    counts = np.zeros((len(starts) - 1, width), np.float32)
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    counts[rows, columns] = tensors["counts"]
    return counts


def _dump(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf8")


def _parse(content: bytes, where: str) -> dict:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise AssetsError(Errors.E215.format(where=where, error=error)) from error
    if not isinstance(found, dict):
        raise AssetsError(Errors.E215.format(where=where, error="not an object"))
    return found
