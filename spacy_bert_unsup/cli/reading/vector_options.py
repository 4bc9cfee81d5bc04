"""What the commands that make vectors have in common: options and warnings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from ...errors import Warnings
from ...vectors.settings import Kind, Weighting
from ...vectors.terms import BiasUse, Measure
from ..messages import warn

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM

TextKind: TypeAlias = Literal["cls", "top_cls", "mean"]
KINDS: dict[str, Kind] = {"cls": "head", "top_cls": "top", "mean": "mean"}
"""How the core calls each kind of text vector."""

MeasureOption: TypeAlias = Annotated[
    Measure,
    typer.Option("--measure", help="Rank terms by the dot product or by the angle."),
]
BiasOption: TypeAlias = Annotated[
    BiasUse,
    typer.Option(
        "--bias",
        help="Leave the decoder's bias out, add it as the model does, or weigh terms "
        "by its inverse.",
    ),
]
WeightingOption: TypeAlias = Annotated[
    Weighting,
    typer.Option(
        "--weighting", help="Whether pieces weigh by their inverse bias in a mean."
    ),
]


def parse_layers(layers: str | None) -> tuple[int, ...] | None:
    """Read a list of layers.

    layers (Optional[str]): Whole numbers with commas between them.
    RETURNS (Optional[tuple[int, ...]]): None where there is none.
    RAISES (typer.BadParameter): if something else is in it.
    """
    if layers is None:
        return None
    try:
        return tuple(int(layer) for layer in layers.split(","))
    except ValueError:
        message = f"--layers takes whole numbers with commas, not {layers!r}"
        raise typer.BadParameter(message) from None


def warn_about_unused(
    context: typer.Context, kind: str, users: Mapping[str, Collection[str]]
) -> None:
    """Say which options were given that have no effect on a kind of vector.

    context (typer.Context): Knows what was given.
    kind (str): The kind, as the user calls it.
    users (Mapping[str, Collection[str]]): Parameter -> the kinds that it has an effect
        on.
    """
    given = [
        f"--{name}"
        for name, kinds in users.items()
        if kind not in kinds and _is_given(context, name)
    ]
    if given:
        warn(Warnings.W573.format(options=", ".join(given), kind=kind))


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def warn_about_model(lm: MaskedLM) -> None:
    """Say once if [CLS] was never trained to stand for a text (spec 7.4).

    lm (MaskedLM): The model whose [CLS] vectors are wanted.
    """
    if not lm.next_sentence:
        warn(Warnings.W571.format(model=lm.name))


def warn_about_windows(lines: Sequence[int]) -> None:
    """Say once if texts were too long to be read at once.

    lines (Sequence[int]): The lines of these texts.
    """
    if lines:
        warn(Warnings.W572.format(many=len(lines), line=lines[0]))
