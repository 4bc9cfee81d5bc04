"""`evaluate`: strict scores on gold files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import Warnings
from ...evaluation.evaluate import Evaluation, evaluate_pipe
from ...evaluation.gold import GoldSet
from ...evaluation.metrics import Counts, SpanScores
from ...util import write_text
from ..messages import warn
from ..options import (
    AssetsOption,
    ConfigOption,
    GoldMapOption,
    JsonFlag,
    ModelOption,
    PipelineOption,
)
from ..terminal import format_table
from .pipelines import Source, load_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

    from ...pipeline.ner import BertUnsupNER

DIGITS = 4


def evaluate_cli(
    gold: Annotated[
        list[Path], typer.Argument(metavar="GOLD", help="CoNLL or .spacy files.")
    ],
    label_map: GoldMapOption = None,
    given_spans: Annotated[
        bool,
        typer.Option(
            "--given-spans",
            help="Only type the gold spans, whatever the thresholds.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File for the scores too, as JSON."),
    ] = None,
    model: ModelOption = None,
    assets: AssetsOption = None,
    config: ConfigOption = None,
    pipeline: PipelineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Score a pipeline on gold spans: strict bounds, and the label or one above it.

    Predictions of kinds that the gold file does not know are not scored, nor are those
    that touch a gold span which the map leaves out.

    \b
    Example:
      python -m spacy bert-unsup evaluate examples/gold/general.conll
      python -m spacy bert-unsup evaluate dev.conll --map dev.json --given-spans
    """
    import srsly

    from ...vocab.scheme import read_label_map

    names = read_label_map(label_map) if label_map is not None else None
    sets = {path: GoldSet.read(path, names) for path in gold}
    nlp, ner = load_pipeline(Source(model, assets, config, pipeline))
    reports = {}
    for path in sets:
        found = evaluate(nlp, ner, sets[path], given_spans=given_spans)
        reports[str(path)] = report(found)
        if not as_json:
            typer.echo(f"\n{path}\n{score_table(found)}")
    if out is not None:
        write_text(out, srsly.json_dumps(reports, indent=2) + "\n")
    if as_json:
        typer.echo(srsly.json_dumps(reports))


def evaluate(
    nlp: Language, ner: BertUnsupNER, gold: GoldSet, *, given_spans: bool = False
) -> Evaluation:
    """Score a pipeline on gold texts.

    nlp (Language): The pipeline.
    ner (BertUnsupNER): Our component in it.
    gold (GoldSet): With mapped labels; those that the pipeline never says are
        announced on stderr.
    given_spans (bool): Only type the gold spans.
    RETURNS (Evaluation): Scores.
    """
    is_a = ner.assets.scheme.is_a
    unknown = sorted(
        target
        for target in gold.targets
        if not any(is_a(label, target) for label in ner.labels)
    )
    if unknown:
        warn(Warnings.W502.format(where=gold.name, labels=", ".join(unknown)))
    return evaluate_pipe(nlp, ner, gold, is_a=is_a, given_spans=given_spans)


def report(found: Evaluation) -> dict[str, Any]:
    """Scores as plain data.

    found (Evaluation): Scores.
    RETURNS (dict[str, Any]): `spans`, `typing`, `candidates` (None if spans were
        given), `words` and `words_per_second`.
    """
    candidates = found.candidates
    return {
        "spans": _score_report(found.spans),
        "typing": _score_report(found.typing),
        "candidates": _count_report(candidates) if candidates else None,
        "words": found.words,
        "words_per_second": round(found.words_per_second, 1),
    }


def score_table(found: Evaluation) -> str:
    """Scores for a terminal.

    found (Evaluation): Scores.
    RETURNS (str): A table of all types, and what the tagger looked at.
    """
    names = [
        label for label, n in found.spans.per_type.items() if n.gold or n.predicted
    ]
    rows = [_row(label, found, label) for label in names] + [_row("all", found, None)]
    header = ["label", "P", "R", "F1", "gold", "typed right"]
    lines = [format_table(rows, header, numbers=range(1, 6))]
    if found.candidates is not None:
        lines.append(f"candidate recall {_percent(found.candidates.recall)}")
    lines.append(f"{found.words} words, {found.words_per_second:.0f} words/s")
    return "\n".join(lines)


def _row(name: str, found: Evaluation, label: str | None) -> list[str]:
    spans, typing = (
        scores.overall if label is None else scores.per_type[label]
        for scores in (found.spans, found.typing)
    )
    shares = (spans.precision, spans.recall, spans.f1)
    return [name, *map(_percent, shares), str(spans.gold), _percent(typing.recall)]


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _score_report(scores: SpanScores) -> dict[str, Any]:
    types = {label: _count_report(n) for label, n in scores.per_type.items()}
    return {**_count_report(scores.overall), "per_type": types}


def _count_report(counts: Counts) -> dict[str, float]:
    return {
        "precision": round(counts.precision, DIGITS),
        "recall": round(counts.recall, DIGITS),
        "f1": round(counts.f1, DIGITS),
        "right": counts.right,
        "predicted": counts.predicted,
        "gold": counts.gold,
    }
