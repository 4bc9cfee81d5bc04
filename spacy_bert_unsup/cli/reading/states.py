"""`states`: a text read word by word, as a recurrent network would (spec 7.7)."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer

from ...errors import Errors, InputError
from ...types import Bools
from ...vectors.terms import BiasUse, Measure
from ..options import AssetsOption, JsonFlag, ModelOption
from ..terminal import format_table
from ..texts import repair_surrogates
from .labelled import LabelledModel, LabelsFlag, UnfilteredFlag, load_labelled
from .vector_options import (
    BiasOption,
    MeasureOption,
    warn_about_model,
    warn_about_windows,
)

Record: TypeAlias = dict[str, Any]


def states_cli(
    text: Annotated[str, typer.Argument(help="The text.")],
    top: Annotated[
        int, typer.Option("--top", min=1, help="Terms to show for each beginning.")
    ] = 6,
    measure: MeasureOption = "dot",
    bias: BiasOption = "none",
    unfiltered: UnfilteredFlag = False,
    labels: LabelsFlag = True,
    model: ModelOption = None,
    assets: AssetsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what each beginning of a text stands for: its nearest vocabulary terms.

    The state after n words is the head's [CLS] vector of these n words, read as a text
    of their own; nothing is carried over. Words are what stands between spaces.

    \b
    Example:
      python -m spacy bert-unsup states "He went to prison cell with a cell phone"
    """
    import srsly

    reader = load_labelled(model, assets, labels=labels)
    allowed = reader.allowed(unfiltered=unfiltered)
    found = read_states(
        text, reader, top=top, measure=measure, bias=bias, allowed=allowed
    )
    if as_json:
        typer.echo(srsly.json_dumps(found))
    else:
        typer.echo(state_table(found["states"]))


def read_states(
    text: str,
    reader: LabelledModel,
    *,
    top: int = 6,
    measure: Measure = "dot",
    bias: BiasUse = "none",
    allowed: Bools | None = None,
) -> Record:
    """Find the terms nearest to each beginning of a text.

    text (str): The text.
    reader (LabelledModel): The model.
    top (int): Terms wanted for each beginning.
    measure (Measure): "dot" or "cosine".
    bias (BiasUse): "none", "add" or "weight".
    allowed (Optional[Bools]): (V,) terms that may be shown.
    RETURNS (dict[str, Any]): `text` and `states`: `words` (how many), `word` (the last
        of them) and `terms` (`term`, `labels`, `score`).
    RAISES (InputError): if there is nothing in the text to read.
    """
    from ...vectors.prefixes import prefix_vectors
    from ...vectors.terms import nearest_terms
    from ...vectors.texts import count_windows
    from ...vectors.windows import split_words

    tokens = split_words(repair_surrogates(text))
    if not len(tokens):
        raise InputError(Errors.E570)
    warn_about_model(reader.lm)
    if count_windows(reader.lm, [tokens.text])[0] > 1:
        warn_about_windows([1])
    vectors = prefix_vectors(reader.lm, tokens)
    near = nearest_terms(
        reader.lm, vectors, top_k=top, measure=measure, bias=bias, allowed=allowed
    )
    states = [
        {
            "words": number + 1,
            "word": word,
            "terms": reader.term_records(near.ids[number], score=near.scores[number]),
        }
        for number, word in enumerate(tokens.words())
    ]
    return {"text": tokens.text, "states": states}


def state_table(states: list[Record]) -> str:
    """All beginnings of a text for a terminal.

    states (list[dict[str, Any]]): `states` of `read_states`.
    RETURNS (str): A table, one row for each word.
    """
    rows = [
        [
            str(state["words"]),
            f"… {state['word']}" if state["words"] > 1 else state["word"],
            ", ".join(f"{t['term']} {t['score']:.2f}" for t in state["terms"]),
        ]
        for state in states
    ]
    return format_table(rows, ["words", "up to", "nearest terms"], numbers=[0])
