"""What the commands that make vectors have in common: options and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from ..errors import Warnings
from ..vectors.settings import Kind
from ..vectors.terms import BiasUse, Measure
from .messages import warn

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

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
