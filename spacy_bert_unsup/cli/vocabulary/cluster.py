"""`cluster`: group the terms of a vocabulary, or of any vector table (spec 2, 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from ...errors import Warnings
from ..messages import good, warn
from ..options import JsonFlag, ModelOption
from ..progress import show_progress
from ..terminal import format_table
from .loading import (
    CompatibleFlag,
    MaxBinOption,
    TailBinOption,
    VectorsOption,
    VocabOption,
    Vocabulary,
    VocabularySource,
    ZScoreOption,
    load_vocabulary,
)

if TYPE_CHECKING:
    from ...vocab.clustering.results import Clustering
    from ...vocab.labels import SeedLabels

Mode: TypeAlias = Literal["adaptive", "fixed", "neighbors"]
SHIPPED = "shipped"
LARGEST = 10
UNKNOWN = 5
"""Clusters that are shown."""


def cluster_cli(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the clusters.")],
    model: ModelOption = None,
    vectors: VectorsOption = None,
    vocab: VocabOption = None,
    mode: Annotated[
        Mode,
        typer.Option(
            "--mode",
            help="Members are a term's tail, what is above --threshold, or its nearest "
            "labelled neighbours and all between them.",
        ),
    ] = "adaptive",
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold", help="Cosine for fixed (default .5) and neighbors (.2)."
        ),
    ] = None,
    preserve: Annotated[
        Path | None,
        typer.Option(
            "--preserve", help="Terms of one or two letters to keep, one a line."
        ),
    ] = None,
    seed_labels: Annotated[
        str | None,
        typer.Option(
            "--seed-labels", help="A .tsv or .jsonl file, or 'shipped' for our own."
        ),
    ] = None,
    restrict: Annotated[
        bool,
        typer.Option(
            "--restrict-to-bootstrap",
            help="A term gets only labels that its own seed line has.",
        ),
    ] = False,
    picks: Annotated[
        int,
        typer.Option("--picks", min=1, help="Labelled neighbours, for neighbors."),
    ] = 20,
    max_size: Annotated[
        int | None,
        typer.Option("--max-size", min=1, help="Most members of a cluster."),
    ] = None,
    max_bin: MaxBinOption = 20,
    tail_bin: TailBinOption = 10,
    z_score: ZScoreOption = None,
    compatible: CompatibleFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Cluster the terms of a vocabulary; clusters overlap, in vocabulary order.

    Writes clusters.jsonl (key, pivot, seed, mean, std, terms, labels), meta.json and
    term_labels.jsonl (term, labels). A folder with clusters of another vocabulary is
    refused.

    \b
    Example:
      python -m spacy bert-unsup cluster --seed-labels shipped --out clusters
      python -m spacy bert-unsup cluster --vectors v.npy --vocab v.txt --out clusters
    """
    import srsly

    from ...vocab.clustering.cluster_files import check_output, digest, write_clustering
    from ...vocab.clustering.clusters import cluster_vocab
    from ...vocab.clustering.results import ClusterSettings
    from ...vocab.geometry.cosines import check_range
    from ...vocab.geometry.tails import TailRule

    if threshold is not None:
        check_range("--threshold", threshold, low=-1, high=1)
        if mode == "adaptive":
            warn(Warnings.W532.format(threshold=threshold))
    seeds = read_seeds(seed_labels)
    kept = _read_preserve(preserve)
    rule = TailRule(max_bin=max_bin, tail_bin=tail_bin, z_score=z_score)
    settings = ClusterSettings(
        rule=rule, picks=picks, max_size=max_size, restrict_to_bootstrap=restrict
    )
    vocabulary = load_vocabulary(VocabularySource(model, vectors, vocab))
    check_output(out, vocabulary.vectors)
    _say_unknown_seeds(seeds or {}, vocabulary, str(seed_labels))
    with show_progress("clustering") as progress:
        found = cluster_vocab(
            vocabulary.vectors,
            mode=mode,
            threshold=threshold,
            preserve=kept,
            seeds=seeds,
            settings=settings,
            compatible=compatible,
            progress=progress,
        )
    write_clustering(out, found, vocabulary.vectors, model=vocabulary.name)
    summary = summarize(found, vocabulary, digest(found))
    if as_json:
        typer.echo(srsly.json_dumps(summary))
    else:
        typer.echo(cluster_report(found))
        typer.echo(summary_line(summary))
    good(f"Wrote {out}")


def read_seeds(source: str | None) -> SeedLabels | None:
    """Seed labels from a file, or those that come with this package.

    source (Optional[str]): A path, "shipped" or nothing.
    RETURNS (Optional[SeedLabels]): Term -> labels; None if there are none.
    RAISES (AssetsError): if the file is not of the format.
    """
    if source is None:
        return None
    if source == SHIPPED:
        from ...pipeline.resources import starter_assets

        return starter_assets().seeds
    from ...vocab.labels import read_seed_labels

    return read_seed_labels(source)


def _say_unknown_seeds(seeds: SeedLabels, vocabulary: Vocabulary, source: str) -> None:
    from ...vocab.labels import find_missing_seeds
    from ...vocab.spelling import suggest_spellings

    missing = find_missing_seeds(seeds, vocabulary.vectors)
    if not missing:
        return
    shown = ", ".join(missing[:UNKNOWN]) + (", ..." if len(missing) > UNKNOWN else "")
    near = suggest_spellings(missing[0], vocabulary.vectors.surfaces)
    warn(
        Warnings.W533.format(
            count=len(missing),
            source=source,
            terms=shown,
            near=", ".join(near) or "nothing",
        )
    )


def summarize(found: Clustering, vocabulary: Vocabulary, digest: str) -> dict[str, Any]:
    """The facts of a clustering; equal hashes are equal clusterings.

    found (Clustering): The clusters.
    vocabulary (Vocabulary): What was clustered.
    digest (str): Of the clustering.
    RETURNS (dict[str, Any]): `vocabulary`, `terms`, `clusters`, `singletons`, `empty`,
        `labelled` terms, their `labelled_share` and the `hash`.
    """
    terms = len(vocabulary.vectors)
    return {
        "vocabulary": vocabulary.name,
        "terms": terms,
        "clusters": len(found.clusters),
        "singletons": len(found.singletons),
        "empty": len(found.empty),
        "labelled": found.labelled,
        "labelled_share": round(found.labelled / max(terms, 1), 4),
        "hash": digest,
    }


def summary_line(summary: dict[str, Any]) -> str:
    """The facts in a line that two users can compare.

    summary (dict[str, Any]): From `summarize`.
    RETURNS (str): One line.
    """
    return (
        f"{summary['terms']} terms of {summary['vocabulary']}: "
        f"{summary['clusters']} clusters, {summary['singletons']} singletons, "
        f"{summary['empty']} empty, {100 * summary['labelled_share']:.1f} % labelled, "
        f"hash {summary['hash']}"
    )


def cluster_report(found: Clustering) -> str:
    """The largest clusters for a terminal.

    found (Clustering): The clusters.
    RETURNS (str): A table.
    """
    largest = sorted(found.clusters, key=lambda c: -len(c.terms))[:LARGEST]
    rows = [
        [
            str(cluster.key),
            str(len(cluster.terms)),
            f"{cluster.mean:.2f}",
            next(iter(cluster.labels), ""),
            ", ".join(cluster.terms),
        ]
        for cluster in largest
    ]
    header = ["largest", "terms", "mean", "label", ""]
    return format_table(rows, header, numbers=[1, 2], label_column=3)


def _read_preserve(path: Path | None) -> list[str]:
    from ...vocab.tables import read_preserve

    return [] if path is None else read_preserve(path)
