"""`build`: assets for a model from seed labels, in stages that can be resumed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from ...errors import ConfigError, Errors
from ..messages import good, warn
from ..options import JsonFlag
from ..progress import show_progress
from ..terminal import format_table

if TYPE_CHECKING:
    from ...vocab.labels import SeedLabels
    from ...vocab.workshop.building import Build, BuildSettings

Part: TypeAlias = Literal["non-entity", "all", "none"]
Until: TypeAlias = Literal["vectors", "clusters", "labels", "assets"]
Mode: TypeAlias = Literal["adaptive", "fixed"]
NO_PARENTS = "none"
MODEL_FILES = (".json", ".txt", ".safetensors", ".bin", ".model")
CHUNK = 1 << 20


def build_cli(
    model: Annotated[
        str,
        typer.Argument(help="'starter', a folder or a hub name of a masked model."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the assets.")],
    seeds: Annotated[
        list[Path] | None,
        typer.Option(
            "--seeds", help="Seed labels, .tsv or .jsonl; more files: once more."
        ),
    ] = None,
    shipped: Annotated[
        Part,
        typer.Option(
            "--shipped",
            help="Which shipped seed labels to put beneath those of --seeds.",
        ),
    ] = "non-entity",
    parents: Annotated[
        str,
        typer.Option(
            "--parents",
            "--label-map",
            help="Fine to broad labels: 'broad' as shipped, 'none', or a JSON file.",
        ),
    ] = "broad",
    threshold: Annotated[
        float, typer.Option(help="Least share of the vote for an entity, 0 to 1.")
    ] = 0.15,
    label_threshold: Annotated[
        list[str] | None,
        typer.Option(
            "--label-threshold", metavar="LABEL=SHARE", help="The same for one label."
        ),
    ] = None,
    mode: Annotated[
        Mode, typer.Option("--mode", help="How terms are clustered.")
    ] = "adaptive",
    cluster_threshold: Annotated[
        float,
        typer.Option("--cluster-threshold", help="Least cosine of --mode fixed."),
    ] = 0.5,
    min_cosine: Annotated[
        float,
        typer.Option("--min-cosine", help="Neighbours that vote are above it."),
    ] = 0.2,
    picks: Annotated[
        int, typer.Option("--picks", min=1, help="Labelled neighbours that vote.")
    ] = 20,
    until: Annotated[
        Until, typer.Option("--until", help="The last stage to do.")
    ] = "assets",
    as_json: JsonFlag = False,
) -> None:
    """Build assets: vectors, clusters, labels, votes of all terms.

    The same command goes on where it was stopped, and leaves out what is done. What
    people wrote in OUT/seed_labels.jsonl stays and wins over --seeds; terms that
    nobody touched there follow --seeds. A component takes OUT as its `assets`.

    \b
    Example:
      python -m spacy bert-unsup build starter --seeds my.tsv --out output/mine
      python -m spacy bert-unsup annotate notes.txt --assets output/mine
    """
    import srsly

    from ...vocab.geometry.cosines import check_range

    if not 0 <= threshold <= 1:
        raise ConfigError(Errors.E562.format(value=threshold))
    check_range("--cluster-threshold", cluster_threshold, low=-1, high=1)
    check_range("--min-cosine", min_cosine, low=-1, high=1)
    settings = _settings(
        parents=parents,
        thresholds={"": threshold, **_read_thresholds(label_threshold or [])},
        mode=mode,
        cluster_threshold=cluster_threshold,
        limits={"min_cosine": min_cosine, "picks": picks},
    )
    given, beneath = _read_given(seeds, shipped)
    build = _prepare(model, out, settings, given, beneath)
    facts = build.run(until=until)
    if as_json:
        typer.echo(srsly.json_dumps(facts))
    else:
        typer.echo(summary_table(facts))
    _say_what_is_missing(facts, until)
    made = ", ".join(facts["made"]) or "nothing: all is as it was"
    good(f"Made {made}: {out}")


def summary_table(facts: Mapping[str, Any]) -> str:
    """What a build gave, for a terminal.

    facts (Mapping[str, Any]): From `Build.run`.
    RETURNS (str): A table, without the rows of stages that were not reached.
    """
    rows = [
        ("model", f"{facts['model']} ({facts['fingerprint']})"),
        ("terms", f"{facts['terms']}, {facts['usable']} of them usable"),
    ]
    if "clusters" in facts:
        lone = f"{facts['singletons']} singletons, {facts['empty']} empty"
        rows.append(("clusters", f"{facts['clusters']}, {lone}"))
    if "labelled" in facts:
        rows += [
            ("labelled", f"{facts['labelled']} ({facts['share']:.1%} of the usable)"),
            ("  by people", f"{facts['by_people']}, from {facts['seeds']} seed terms"),
            ("  by clusters", f"{facts['by_clusters']} further terms are in a cluster"),
            ("  by votes", f"{facts['by_propagation']} terms get them"),
            ("hash", str(facts["hash"])),
        ]
    return format_table([list(row) for row in rows], ["build", ""])


def model_key(model: str) -> str | None:
    """Name the files of a model, so that nobody need load it to see a change.

    model (str): "starter", a folder or a hub name.
    RETURNS (Optional[str]): 16 hex digits over names and contents; None for a hub name.
    """
    from ...pipeline.resources import find_model_folder

    folder = find_model_folder(model)
    if folder is None:
        return None
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in MODEL_FILES:
            digest.update(path.name.encode("utf8") + b"\0")
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
    return digest.hexdigest()[:16]


def _prepare(
    model: str,
    out: Path,
    settings: BuildSettings,
    given: SeedLabels | None,
    shipped: SeedLabels,
) -> Build:
    from ...vocab.workshop.building import Build

    def load() -> Any:
        from ...mlm.model import MaskedLM

        return MaskedLM.load(model)

    return Build(
        out,
        model,
        model_key(model),
        load,
        settings=settings,
        given=given,
        shipped=shipped,
        on_stage=_say_stage,
        counting=show_progress,
    )


def _say_stage(stage: str, made: bool) -> None:
    typer.echo(f"  {stage}: {'making ...' if made else 'as before'}", err=True)


def _settings(
    *,
    parents: str,
    thresholds: dict[str, float],
    mode: str,
    cluster_threshold: float,
    limits: dict[str, Any],
) -> BuildSettings:
    from ...vocab.propagation import Propagation
    from ...vocab.scheme import read_label_map
    from ...vocab.workshop.building import BuildSettings

    above = {} if parents == NO_PARENTS else read_label_map(parents)
    return BuildSettings(
        mode=mode,
        cluster_threshold=cluster_threshold,
        how=Propagation(**limits),
        parents={fine: broad for fine, broad in above.items() if broad is not None},
        thresholds=thresholds,
    )


def _read_given(
    paths: Sequence[Path] | None, part: str
) -> tuple[SeedLabels | None, SeedLabels]:
    """What seed files say with the shipped labels beneath; and those alone."""
    from ...pipeline.resources import starter_assets
    from ...vocab.labels import read_seed_labels
    from ...vocab.workshop.merging import choose_shipped, join_seed_files, put_beneath

    shipped = choose_shipped(starter_assets().seeds, part)
    if not paths:
        return None, shipped
    own = join_seed_files(map(read_seed_labels, paths))
    return put_beneath(own, shipped), shipped


def _read_thresholds(items: Sequence[str]) -> dict[str, float]:
    found = {}
    for item in items:
        label, equals, share = item.rpartition("=")
        try:
            value = float(share)
        except ValueError:
            equals = ""
        if not equals or not label or not 0 <= value <= 1:
            raise ConfigError(Errors.E560.format(item=item))
        found[label] = value
    return found


def _say_what_is_missing(facts: Mapping[str, Any], until: str) -> None:
    if missing := facts.get("missing"):
        shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        warn(
            f"{len(missing)} seed terms are not in the vocabulary ({shown}): such a "
            "word gets its label where it occurs, and teaches nothing about others."
        )
    if until == "assets" and "labelled" not in facts:
        warn(
            "There are no labels yet, so there are no assets either. Label clusters "
            "with 'bert-unsup label', or give --seeds."
        )
