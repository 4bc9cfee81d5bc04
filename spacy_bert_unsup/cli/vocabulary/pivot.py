"""`pivot`: the middle of a set of terms (spec 2.7)."""

from __future__ import annotations

from typing import Annotated

import typer

from ...vocab.spelling import find_term
from ..options import JsonFlag, ModelOption
from ..terminal import format_table
from .loading import (
    CompatibleFlag,
    VectorsOption,
    VocabOption,
    VocabularySource,
    load_vocabulary,
)


def pivot_cli(
    terms: Annotated[
        list[str], typer.Argument(metavar="TERM...", help="Vocabulary terms.")
    ],
    model: ModelOption = None,
    vectors: VectorsOption = None,
    vocab: VocabOption = None,
    compatible: CompatibleFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Find the term that is nearest to all others of a set, and rank the others.

    The mean is that of a term's cosines with the others; a term counts once.

    \b
    Example:
      python -m spacy bert-unsup pivot cat dog cow horse table
    """
    import srsly

    from ...vocab.geometry.cosines import Cosines
    from ...vocab.geometry.pivots import find_pivot

    vocabulary = load_vocabulary(VocabularySource(model, vectors, vocab))
    numbers = [find_term(vocabulary.vectors, term) for term in terms]
    found = find_pivot(Cosines(vocabulary.vectors), numbers, compatible=compatible)
    ranking = [{"term": term, "mean": round(m, 4)} for term, m in found.ranking]
    if as_json:
        facts = {"pivot": found.term, "mean": found.mean, "std": found.std}
        typer.echo(srsly.json_dumps({**facts, "ranking": ranking}))
        return
    typer.echo(f"pivot {found.term}, mean {found.mean:.2f}, std {found.std:.2f}\n")
    rows = [[f"{row['mean']:.3f}", str(row["term"])] for row in ranking]
    typer.echo(format_table(rows, ["mean", "term"], numbers=[0]))
