"""The typer app with all commands, and the one place where errors become messages."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ..errors import BertUnsupError, MissingExtraError
from .labelling.build import build_cli
from .labelling.label import label_cli
from .messages import fail
from .pretrain import PRETRAIN_CONTEXT, pretrain_cli
from .reading.bias import bias_cli
from .reading.decompose import decompose_cli
from .reading.embed import embed_cli
from .reading.fill import fill_cli
from .reading.neighbors import neighbors_cli
from .reading.similar import similar_cli
from .reading.states import states_cli
from .tagging.annotate import annotate_cli
from .tagging.demo import demo_cli
from .tagging.evaluate import evaluate_cli
from .tagging.explain import explain_cli
from .tagging.info import info_cli
from .tagging.revote import revote_cli
from .vocabulary.bipartite import bipartite_cli
from .vocabulary.cluster import cluster_cli
from .vocabulary.graph import graph_cli
from .vocabulary.histogram import histogram_cli
from .vocabulary.lookup import lookup_cli
from .vocabulary.pivot import pivot_cli
from .vocabulary.vectors import vectors_cli

NAME = "bert-unsup"


class ReportingGroup(TyperGroup):
    """Ends a command that failed with one line on stderr and exit status 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        ctx (Any): Typer's context.
        RETURNS (Any): What the command returns.
        RAISES (typer.Exit): with status 1, if it failed.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # `... | head` has read enough: no message, and none at shutdown either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except (BertUnsupError, MissingExtraError, OSError) as error:
            fail(str(error))
            raise typer.Exit(1) from None


app = typer.Typer(
    name=NAME,
    cls=ReportingGroup,
    help="Unsupervised named entities: tag, explain, evaluate and build.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("demo")(demo_cli)
app.command("info")(info_cli)
app.command("annotate")(annotate_cli)
app.command("evaluate")(evaluate_cli)
app.command("explain")(explain_cli)
app.command("revote")(revote_cli)
app.command("pretrain", context_settings=PRETRAIN_CONTEXT)(pretrain_cli)
app.command("fill")(fill_cli)
app.command("vectors")(vectors_cli)
app.command("bias")(bias_cli)
app.command("decompose")(decompose_cli)
app.command("states")(states_cli)
app.command("neighbors")(neighbors_cli)
app.command("similar")(similar_cli)
app.command("label")(label_cli)
app.command("build")(build_cli)
app.command("embed")(embed_cli)
app.command("bipartite")(bipartite_cli)
app.command("cluster")(cluster_cli)
app.command("graph")(graph_cli)
app.command("histogram")(histogram_cli)
app.command("lookup")(lookup_cli)
app.command("pivot")(pivot_cli)
