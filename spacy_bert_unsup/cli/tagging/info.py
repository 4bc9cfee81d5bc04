"""`info`: versions, and what a pipeline is made of."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import typer

from ... import __version__
from ..options import (
    AssetsOption,
    ConfigOption,
    JsonFlag,
    ModelOption,
    PipelineOption,
)
from ..terminal import format_table
from .pipelines import Source, load_pipeline

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...vocab.assets import ClusterAssets

PACKAGES = ("spacy", "torch", "transformers", "tokenizers", "numpy")


def info_cli(
    model: ModelOption = None,
    assets: AssetsOption = None,
    config: ConfigOption = None,
    pipeline: PipelineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print versions, the model's facts, and the labels with their terms.

    \b
    Example:
      python -m spacy bert-unsup info
      python -m spacy bert-unsup info --model ./my-bert --json
    """
    import srsly

    facts = info(Source(model, assets, config, pipeline))
    if as_json:
        typer.echo(srsly.json_dumps(facts))
        return
    for part in ("versions", "model", "settings"):
        rows = [[key, str(value)] for key, value in facts[part].items()]
        typer.echo(f"\n{format_table(rows, [part, ''])}")
    rows = [
        [row["label"], row["parent"] or "", str(row["seeds"]), str(row["terms"])]
        for row in facts["labels"]
    ]
    typer.echo("\nlabels: terms labelled by people, and after propagation")
    header = ["label", "beneath", "seeds", "terms"]
    typer.echo(format_table(rows, header, numbers=[2, 3], label_column=0))


def info(source: Source) -> dict[str, Any]:
    """Collect the facts about a pipeline.

    source (Source): The pipeline.
    RETURNS (dict[str, Any]): `versions`, `model`, `settings` and `labels`.
    """
    nlp, ner = load_pipeline(source)
    return {
        "versions": _versions(),
        "model": _model_facts(ner.lm),
        "settings": _settings(nlp.get_pipe_config(ner.name), ner.assets),
        "labels": _label_facts(ner.assets),
    }


def _versions() -> dict[str, str]:
    found = {"spacy-bert-unsup": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _model_facts(lm: MaskedLM) -> dict[str, Any]:
    rows, width = lm.rows().shape
    return {
        "name": lm.name,
        "layers": lm.n_layers,
        "vocabulary": rows,
        "width": width,
        "window": lm.max_length,
        "device": lm.device,
        "dtype": lm.dtype,
        "fingerprint": lm.fingerprint,
    }


def _settings(config: Mapping[str, Any], assets: ClusterAssets) -> dict[str, Any]:
    """The first level of a config, with the threshold that is in force."""
    found = {key: config[key] for key in config if key not in ("voting", "scorer")}
    if found["threshold"] is None:
        found["threshold"] = assets.thresholds.get("")
    return found


def _label_facts(assets: ClusterAssets) -> list[dict[str, Any]]:
    best = assets.counts.argmax(axis=1)[assets.counts.any(axis=1)]
    return [
        {
            "label": label,
            "parent": assets.scheme.parents.get(label),
            "entity": label not in assets.scheme.non_entity,
            "seeds": sum(names[0] == label for names in assets.seeds.values()),
            "terms": int((best == i).sum()),
            "threshold": assets.thresholds.get(label, assets.thresholds.get("")),
        }
        for i, label in enumerate(assets.scheme.labels)
    ]
