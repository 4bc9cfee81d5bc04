"""`bipartite`: how strongly two sets of terms hang together (spec part 9)."""

from __future__ import annotations

from typing import Annotated

import typer

from ...errors import Errors, InputError
from ...vocab.spelling import find_term
from ..options import JsonFlag, ModelOption
from .loading import (
    CompatibleFlag,
    VectorsOption,
    VocabOption,
    VocabularySource,
    load_vocabulary,
)


def bipartite_cli(
    left: Annotated[str, typer.Argument(help="Terms, in one quotation.")],
    right: Annotated[str, typer.Argument(help="Others, in one quotation.")],
    mean: Annotated[
        bool, typer.Option("--mean", help="The mean of the cosines, not their sum.")
    ] = False,
    model: ModelOption = None,
    vectors: VectorsOption = None,
    vocab: VocabOption = None,
    compatible: CompatibleFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Add up the cosines between two sets of terms, and name the largest.

    \b
    Example:
      python -m spacy bert-unsup bipartite "cat dog cow" "Paris Rome" --mean
    """
    import srsly

    from ...vocab.geometry.bipartite import bipartite_strength
    from ...vocab.geometry.cosines import Cosines

    sets = [left.split(), right.split()]
    if not all(sets):
        raise InputError(Errors.E543)
    vocabulary = load_vocabulary(VocabularySource(model, vectors, vocab))
    numbers = [[find_term(vocabulary.vectors, t) for t in terms] for terms in sets]
    found = bipartite_strength(
        Cosines(vocabulary.vectors), *numbers, mean=mean, compatible=compatible
    )
    pairs = len(sets[0]) * len(sets[1])
    facts = {"strength": found.total, "maximum": found.maximum, "pairs": pairs}
    if as_json:
        typer.echo(srsly.json_dumps({**facts, "mean": mean}))
        return
    kind = "mean" if mean else "sum"
    typer.echo(f"strength {found.total:.2f}, the {kind} of {pairs} cosines")
    typer.echo(f"maximum {found.maximum:.2f}")
