"""`histogram`: how near the vocabulary is to a term, a phrase or a blank (spec 2)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import Errors, InputError
from ..messages import good
from ..options import JsonFlag, ModelOption
from ..plots import check_plot_path
from .distribution import distribution_report, measure_distribution
from .histogram_plots import draw_distribution, draw_histograms
from .loading import (
    CompatibleFlag,
    MaxBinOption,
    TailBinOption,
    VectorsOption,
    VocabOption,
    VocabularySource,
    ZScoreOption,
    load_vocabulary,
)
from .neighbourhoods import describe_histogram, find_histograms, histogram_report


def histogram_cli(
    term: Annotated[str | None, typer.Argument(help="A vocabulary term.")] = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--text",
            help="A phrase instead, by its [CLS]; with [MASK], each of its blanks.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The distribution over the whole vocabulary.")
    ] = False,
    sample: Annotated[
        float | None,
        typer.Option("--sample", help="With --all: ask only this share of the terms."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the sample.")] = 0,
    subwords: Annotated[
        bool, typer.Option("--subwords", help="With --all: ask ##pieces, too.")
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            help="Neighbours are above this cosine; by default, the tail.",
        ),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=0, help="Terms of each list to print.")
    ] = 20,
    marks: Annotated[
        list[str] | None,
        typer.Option(
            "--mark", help="Terms to point out, those of one option in one colour."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw it into a .png or .svg file.")
    ] = None,
    max_bin: MaxBinOption = 20,
    tail_bin: TailBinOption = 10,
    z_score: ZScoreOption = None,
    model: ModelOption = None,
    vectors: VectorsOption = None,
    vocab: VocabOption = None,
    compatible: CompatibleFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Count the cosines of a term with the whole vocabulary, in bins of .01.

    The tail are its few nearest terms, before the bins fill up; orthogonal terms have
    a cosine from -.05 to .05.

    \b
    Example:
      python -m spacy bert-unsup histogram cell --mark "cells tissue" --plot cell.png
      python -m spacy bert-unsup histogram --text "She put the [MASK] into the oven."
      python -m spacy bert-unsup histogram --all --sample 0.05
    """
    import srsly

    from ...vocab.geometry.cosines import Cosines, check_range
    from ...vocab.geometry.tails import TailRule

    check_plot_path(plot)
    if threshold is not None:
        check_range("--threshold", threshold, low=-1, high=1)
    if sum([term is not None, text is not None, everything]) != 1:
        raise InputError(Errors.E540)
    rule = TailRule(max_bin=max_bin, tail_bin=tail_bin, z_score=z_score)
    vocabulary = load_vocabulary(VocabularySource(model, vectors, vocab))
    cosines = Cosines(vocabulary.vectors)
    found: dict[str, Any] = {"vocabulary": vocabulary.name}
    if everything:
        found |= measure_distribution(
            cosines,
            rule=rule,
            sample=sample,
            seed=seed,
            subwords=subwords,
            compatible=compatible,
        )
    else:
        subjects = find_histograms(vocabulary, cosines, term, text, rule=rule)
        groups = [group.split() for group in marks or []]
        found["histograms"] = [
            describe_histogram(
                vocabulary.vectors, subject, threshold=threshold, marks=groups
            )
            for subject in subjects
        ]
    if plot is not None:
        (draw_distribution if everything else draw_histograms)(found, plot)
    if as_json:
        typer.echo(srsly.json_dumps(found))
    elif everything:
        typer.echo(distribution_report(found, top=top))
    else:
        parts = [histogram_report(record, top=top) for record in found["histograms"]]
        typer.echo("\n\n".join(parts))
    if plot is not None:
        good(f"Wrote {plot}")
