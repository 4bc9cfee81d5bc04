"""`pretrain`: make a masked language model from texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PRETRAIN_CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings for registering the command: --section.key VALUE reaches the config."""


def pretrain_cli(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="The .cfg file.")],
    out: Annotated[
        Path, typer.Option(help="Folder for checkpoints, logs and curves.")
    ] = Path("training/run"),
    source: Annotated[
        Path | None, typer.Option("--from", help="Checkpoint to start from.")
    ] = None,
    cooldown_minutes: Annotated[
        float, typer.Option(help="End a branch: the rate falls to 0 in this time.")
    ] = 0.0,
    cooldown_steps: Annotated[
        int, typer.Option(help="End a branch: the rate falls to 0 in these steps.")
    ] = 0,
    export: Annotated[
        Path | None, typer.Option(help="Folder for the model; alone: export and stop.")
    ] = None,
    max_shard_size: Annotated[
        str, typer.Option(help="Largest weight file, such as 15MB.")
    ] = "5GB",
    prepare_only: Annotated[
        bool, typer.Option("--prepare-only", help="Make vocabulary and ids, no more.")
    ] = False,
    score: Annotated[
        bool, typer.Option("--score", help="Score on held-out text, no more.")
    ] = False,
) -> None:
    """Pretrain a BERT with an own vocabulary on your texts.

    The same command resumes. Any setting of the config can be changed as
    --section.key VALUE.

    \b
    Example:
      python -m spacy bert-unsup pretrain configs/pretrain_tiny.cfg --out training/tiny
      python -m spacy bert-unsup pretrain my.cfg --training.steps 500
    """
    from ..pretrain.job import Job, pretrain
    from ..pretrain.main import read_overrides, set_up_process

    overrides = read_overrides(ctx.args)
    set_up_process()
    job = Job(
        config=config,
        out=out,
        source=source,
        cooldown_minutes=cooldown_minutes,
        cooldown_steps=cooldown_steps,
        export=export,
        max_shard_size=max_shard_size,
        prepare_only=prepare_only,
        score=score,
    )
    pretrain(job, overrides)
