"""`lookup`: the labels of words, by matching them with vocabulary terms (spec 4)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ...errors import Errors, InputError
from ...util import read_text
from ..options import AssetsOption, JsonFlag, ModelOption
from ..reading.labelled import DIGITS, load_labelled
from ..terminal import format_table
from .loading import (
    ClustersOption,
    CompatibleFlag,
    VectorsOption,
    VocabOption,
    VocabularySource,
    load_vocabulary,
)

if TYPE_CHECKING:
    from ...vocab.clustering.lookup import Match

TermLabels: TypeAlias = Mapping[str, Mapping[str, float]]
Record: TypeAlias = dict[str, Any]
SHOWN = 5
"""Labels of a word that are printed."""


def lookup_cli(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Any words.")],
    clusters: ClustersOption = None,
    assets: AssetsOption = None,
    legacy: Annotated[
        bool,
        typer.Option(
            "--legacy",
            help="Label all words together, by the labelled clusters whose pivots are "
            "nearest to theirs; needs --clusters.",
        ),
    ] = False,
    glue: Annotated[
        Path | None,
        typer.Option("--glue", help="With --legacy: words to drop, one a line."),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=1, help="With --legacy: pivots that answer.")
    ] = 10,
    model: ModelOption = None,
    vectors: VectorsOption = None,
    vocab: VocabOption = None,
    compatible: CompatibleFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Say which labels words have, and how they were matched.

    A word is looked up as a number, then as it is, then in lower case, then among all
    case forms of a term together. Labels come from the model's assets, or from the
    clusters of a folder.

    \b
    Example:
      python -m spacy bert-unsup lookup Paris EGFR aspirin 2019
      python -m spacy bert-unsup lookup cat dog cow --legacy --clusters clusters
    """
    import srsly

    if clusters is not None and assets is not None:
        raise InputError(Errors.E545)
    if not legacy and (vectors is not None or vocab is not None):
        raise InputError(Errors.E541)
    source = VocabularySource(model, vectors, vocab)
    if legacy:
        if clusters is None:
            raise InputError(Errors.E544)
        dropped = read_text(glue).split() if glue is not None else []
        labels = look_up_together(
            words, clusters, source, glue=dropped, top=top, compatible=compatible
        )
        typer.echo(srsly.json_dumps(labels) if as_json else " ".join(labels))
        return
    if clusters is not None:
        from ...vocab.clustering.cluster_files import read_clustering

        table: TermLabels = read_clustering(clusters).term_labels
    else:
        table = read_shares(model, assets)
    found = look_up(words, table, are_counts=clusters is not None)
    typer.echo(srsly.json_dumps(found) if as_json else lookup_table(found))


def look_up(words: list[str], table: TermLabels, *, are_counts: bool) -> list[Record]:
    """Look words up one by one (spec 4.1).

    words (list[str]): Any.
    table (TermLabels): Term -> label -> count or share.
    are_counts (bool): Whether the table has counts.
    RETURNS (list[dict[str, Any]]): `word`, `match` ("digit", "exact", "lower",
        "consolidated" or "none") and `labels` (`label`, `share`, and `count` or None),
        in order.
    """
    from ...vocab.clustering.lookup import Lookup

    known = Lookup(table)
    return [_record(known.find(word), are_counts) for word in words]


def look_up_together(
    words: list[str],
    clusters: Path,
    source: VocabularySource,
    *,
    glue: list[str],
    top: int,
    compatible: bool,
) -> list[str]:
    """Label some words together by pivots, as the original first did (spec 4.2).

    words (list[str]): Vocabulary terms.
    clusters (Path): A folder of labelled clusters.
    source (VocabularySource): The vocabulary that they were made of.
    glue (list[str]): Words to drop.
    top (int): Pivots that answer.
    compatible (bool): Whether to do as the original does.
    RETURNS (list[str]): A label of each pivot, nearest first.
    RAISES (AssetsError): if the clusters are of another vocabulary.
    """
    from ...vocab.clustering.cluster_files import check_output, read_clustering
    from ...vocab.clustering.lookup import legacy_lookup, pivot_labels
    from ...vocab.clustering.statistics import label_statistics
    from ...vocab.geometry.cosines import Cosines

    found = read_clustering(clusters)
    vocabulary = load_vocabulary(source)
    check_output(clusters, vocabulary.vectors)
    return legacy_lookup(
        Cosines(vocabulary.vectors),
        words,
        pivot_labels(found.clusters),
        glue=glue,
        frequent=list(label_statistics(found.clusters)),
        top=top,
        compatible=compatible,
    )


def read_shares(model: str | None, assets: Path | None) -> dict[str, dict[str, float]]:
    """What each term of a model is by itself, by its assets.

    model (Optional[str]): The model; the starter if None.
    assets (Optional[Path]): Its assets; None takes its own.
    RETURNS (dict[str, dict[str, float]]): Term, `##` before one that continues a word,
        -> label -> share, largest first. What people wrote has won already.
    """
    import numpy as np

    labelled = load_labelled(model, assets)
    if labelled.tables is None or labelled.assets is None:
        return {}
    names = labelled.assets.scheme.labels
    keys = dict(
        zip(labelled.vectors.index.values(), labelled.vectors.index, strict=True)
    )
    terms = {row: "##" * goes_on + surface for row, (surface, goes_on) in keys.items()}
    terms |= {row: word for word, row in labelled.tables.words.items()}
    shares = labelled.tables.alone
    found: dict[str, dict[str, float]] = {}
    order = np.argsort(-shares, axis=1, kind="stable")
    for row, term in terms.items():
        best = [column for column in order[row] if shares[row, column] > 0]
        found[term] = {names[c]: float(shares[row, c]) for c in best}
    return {term: labels for term, labels in found.items() if labels}


def lookup_table(found: list[Record]) -> str:
    """Answers for a terminal.

    found (list[dict[str, Any]]): From `look_up`.
    RETURNS (str): A table.
    """
    rows = [
        [
            record["word"],
            record["match"],
            ", ".join(
                f"{label['label']} {label['share']:.2f}"
                for label in record["labels"][:SHOWN]
            ),
        ]
        for record in found
    ]
    return format_table(rows, ["word", "match", "labels and their shares"])


def _record(match: Match, are_counts: bool) -> Record:
    total = sum(match.labels.values())
    labels = [
        {
            "label": label,
            "share": round(value / total, DIGITS) if total else 0.0,
            "count": value if are_counts else None,
        }
        for label, value in match.labels.items()
    ]
    return {"word": match.word, "match": match.match, "labels": labels}
