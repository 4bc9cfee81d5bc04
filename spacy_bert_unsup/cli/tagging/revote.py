"""`revote`: label tagged docs anew after an edit of seeds or thresholds, in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import ConfigError, Errors, InputError
from ..messages import good
from ..options import (
    AssetsOption,
    ConfigOption,
    GoldMapOption,
    JsonFlag,
    ModelOption,
    PipelineOption,
)
from ..plots import check_plot_path
from .revote_job import RevoteJob
from .shards import list_numbered


def revote_cli(
    docs: Annotated[
        list[Path],
        typer.Argument(
            metavar="DOCS", help="Files of `annotate --keep-votes`, in order."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The .spacy file for the result, numbered if there are several DOCS; "
            "without it, nothing is written.",
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Least share of the vote.")
    ] = None,
    label_threshold: Annotated[
        list[str] | None,
        typer.Option(
            "--label-threshold",
            metavar="LABEL=SHARE",
            help="The same for one label; can be given several times.",
        ),
    ] = None,
    label_map: Annotated[
        str | None,
        typer.Option("--label-map", help="'broad', 'ontonotes' or a JSON file."),
    ] = None,
    show_flips: Annotated[
        int,
        typer.Option("--show-flips", min=0, help="Show so many changed entities."),
    ] = 0,
    gold: Annotated[
        Path | None,
        typer.Option(
            "--gold", help="CoNLL or .spacy file of the same texts, to score against."
        ),
    ] = None,
    gold_map: GoldMapOption = None,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="Find the best threshold of each gold label."),
    ] = False,
    sweep_step: Annotated[
        float,
        typer.Option("--sweep-step", min=0.001, max=1, help="Distance of thresholds."),
    ] = 0.05,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="With --sweep, draw the curves: .png or .svg."),
    ] = None,
    thresholds_to: Annotated[
        Path | None,
        typer.Option(
            "--write-thresholds",
            metavar="FOLDER",
            help="With --sweep, write a copy of the assets that holds the thresholds.",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            help="Files that are voted on at a time, on Linux; by default one for each "
            "core, at most 8.",
        ),
    ] = None,
    spans_key: Annotated[
        str, typer.Option("--spans-key", help="The span group with the votes.")
    ] = "bert_unsup",
    model: ModelOption = None,
    assets: AssetsOption = None,
    config: ConfigOption = None,
    pipeline: PipelineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Label docs anew on the votes kept with them; the model is not run.

    For after an edit of seeds, labels or thresholds. Settings are those that the docs
    were tagged with, but for what is given here.

    \b
    Example:
      python -m spacy bert-unsup annotate notes.txt --keep-votes --out tagged.spacy
      python -m spacy bert-unsup revote tagged.spacy --label-threshold PERSON=0.5 \\
        --show-flips 10 --out new.spacy
      python -m spacy bert-unsup revote dev.spacy --gold dev.conll --sweep
    """
    import srsly

    from . import revote_tables as tables

    needed = {"--sweep": sweep, "--map": gold_map}
    _check_needs("--gold", gold, needed)
    _check_needs(
        "--sweep", sweep, {"--plot": plot, "--write-thresholds": thresholds_to}
    )
    check_plot_path(plot)
    _check_outputs(docs, out, thresholds_to)
    _check_numbered([*docs, gold] if gold else docs, out)
    job = RevoteJob(docs, spans_key)
    changes = _changes(threshold, label_threshold or (), label_map)
    job.load(model, assets, config=config, pipeline=pipeline, changes=changes)
    if gold is not None:
        job.read_gold(gold, gold_map)
    job.run(out, most=show_flips, processes=processes)
    found = job.sweep(sweep_step) if sweep else None
    scores = job.score() if gold is not None else None
    if as_json:
        typer.echo(srsly.json_dumps(tables.full_record(job.report, scores, found)))
    else:
        typer.echo(tables.full_text(job.report, scores, found))
    if found is not None and plot is not None:
        tables.plot_sweep(found, plot)
        good(f"Drawn: {plot}")
    if found is not None and thresholds_to is not None:
        job.write_thresholds(found.best, thresholds_to)
        good(f"Assets with these thresholds: {thresholds_to}")
    if out is not None:
        good(f"Voted again on {job.report.docs} docs: {out}")


def _check_needs(need: str, given: object, options: Mapping[str, object]) -> None:
    """Refuse options that do nothing without another."""
    for option, value in options.items():
        if value and not given:
            raise InputError(Errors.E553.format(option=option, need=need))


def _check_outputs(docs: Sequence[Path], out: Path | None, folder: Path | None) -> None:
    """Refuse to write over what is read, or over other assets."""
    if out is not None and out.suffix != ".spacy":
        raise InputError(Errors.E558.format(path=out))
    if out is not None and len(docs) > 1 and out.resolve() in map(Path.resolve, docs):
        raise InputError(Errors.E556.format(path=out))
    if folder is not None and folder.exists():
        raise InputError(Errors.E555.format(path=folder))


def _check_numbered(read: Sequence[Path], out: Path | None) -> None:
    """Refuse to read a file that a new result would replace or take away."""
    if out is None:
        return
    numbered = {path.resolve() for path in list_numbered(out)}
    for path in read:
        if path.resolve() in numbered:
            raise InputError(Errors.E563.format(path=path, out=out))


def _changes(
    threshold: float | None, label_thresholds: Sequence[str], label_map: str | None
) -> dict[str, Any]:
    """Settings that the command line changes, by their names in `VoteSettings`."""
    from ...vocab.scheme import read_label_map

    changes: dict[str, Any] = {}
    if threshold is not None:
        changes["threshold"] = threshold
    if label_thresholds:
        changes["label_thresholds"] = dict(map(_parse_threshold, label_thresholds))
    if label_map is not None:
        changes["label_map"] = read_label_map(label_map)
    return changes


def _parse_threshold(value: str) -> tuple[str, float]:
    label, _, share = value.rpartition("=")
    try:
        return label.strip(), float(share)
    except ValueError as error:
        raise ConfigError(Errors.E554.format(value=value)) from error
