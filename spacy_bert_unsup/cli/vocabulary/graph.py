"""`graph`: who is in whose tail (spec part 9)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ...errors import Errors, InputError, MissingExtraError
from ...vocab.geometry.graph_export import SUFFIXES
from ..messages import good
from ..options import JsonFlag, ModelOption
from ..plots import check_plot_path
from ..progress import show_progress
from .graph_plot import draw_graph
from .loading import (
    MaxBinOption,
    TailBinOption,
    VectorsOption,
    VocabOption,
    VocabularySource,
    ZScoreOption,
    load_vocabulary,
    phrase_vector,
)
from .tail_records import describe_graph, find_nodes, graph_report, neighbourhood


def graph_cli(
    terms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TERM]...", help="Vocabulary terms to look at."),
    ] = None,
    phrases: Annotated[
        list[str] | None,
        typer.Option("--phrase", help="Put a phrase into the graph, by its [CLS]."),
    ] = None,
    hops: Annotated[
        int, typer.Option("--hops", min=1, help="How far to follow the tails.")
    ] = 1,
    top: Annotated[
        int, typer.Option("--top", min=1, help="Rows of each list to print.")
    ] = 20,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Export: .graphml, .json or .dot."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw the neighbourhood: .png or .svg."),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=2, help="Nodes of the plot.")] = 40,
    mutual: Annotated[
        bool,
        typer.Option("--mutual", help="Rank by arrows both ways, not by arrows in."),
    ] = False,
    subwords: Annotated[
        bool, typer.Option("--subwords", help="Take in ##pieces of words, too.")
    ] = False,
    max_bin: MaxBinOption = 20,
    tail_bin: TailBinOption = 10,
    z_score: ZScoreOption = None,
    model: ModelOption = None,
    vectors: VectorsOption = None,
    vocab: VocabOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Follow tails as arrows: a term points at those in its tail.

    Without a term, rank the vocabulary by how many tails a term is in: its generality.
    Rare entries that a model hardly learned may be in many, too; --mutual has none.

    \b
    Example:
      python -m spacy bert-unsup graph cell --hops 2 --plot cell.png
      python -m spacy bert-unsup graph --phrase "heart attack" --out heart.graphml
      python -m spacy bert-unsup graph --top 50
    """
    import srsly

    from ...vocab.geometry.cosines import Cosines
    from ...vocab.geometry.graph import build_tail_graph
    from ...vocab.geometry.tails import TailRule

    terms, phrases = terms or [], list(dict.fromkeys(phrases or []))
    _check_outputs(out, plot, asked=bool(terms or phrases))
    rule = TailRule(max_bin=max_bin, tail_bin=tail_bin, z_score=z_score)
    vocabulary = load_vocabulary(VocabularySource(model, vectors, vocab))
    nodes = find_nodes(vocabulary, terms, phrases, filtered=not subwords)
    added = {phrase: phrase_vector(vocabulary.model(), phrase) for phrase in phrases}
    with show_progress("tails") as progress:
        graph = build_tail_graph(
            Cosines(vocabulary.vectors),
            rule=rule,
            filtered=not subwords,
            phrases=added,
            progress=progress,
        )
    found = describe_graph(graph, nodes, hops=hops, top=top, mutual=mutual)
    kept = neighbourhood(graph, nodes, hops=hops) if nodes else None
    if out is not None:
        from ...vocab.geometry.graph_export import write_graph

        write_graph(out, graph, nodes=kept)
    if plot is not None and kept is not None:
        draw_graph(graph, plot, kept[:most], focus=nodes)
    typer.echo(srsly.json_dumps(found) if as_json else graph_report(found, top=top))
    for path in (out, plot):
        if path is not None:
            good(f"Wrote {path}")


def _check_outputs(out: Path | None, plot: Path | None, *, asked: bool) -> None:
    """Refuse files that could not be written, before the tails are computed."""
    check_plot_path(plot)
    if plot is not None and not asked:
        raise InputError(Errors.E546)
    if (out is not None or plot is not None) and find_spec("networkx") is None:
        raise MissingExtraError("networkx", "graph")
    if out is not None and out.suffix not in SUFFIXES:
        raise InputError(Errors.E218.format(path=out, names=", ".join(SUFFIXES)))
