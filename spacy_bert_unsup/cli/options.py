"""Options that several commands have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

ModelOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--model", help="'starter', a folder or a hub name of a masked language model."
    ),
]
AssetsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--assets", help="Folder with labels built for the model."),
]
ConfigOption: TypeAlias = Annotated[
    Path | None, typer.Option("--config", help="A .cfg file with the whole pipeline.")
]
PipelineOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--pipeline", help="A saved pipeline: a folder or an installed package."
    ),
]
GoldMapOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--map", help="JSON: gold tag to label, null to leave it out."),
]
JsonFlag: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON, for programs.")
]
