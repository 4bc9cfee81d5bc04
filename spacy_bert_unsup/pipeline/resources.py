"""Model and assets of a component: found by name, built when missing, kept together."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ..vocab.assets import LABEL_MAP, META, ClusterAssets
from ..vocab.labels import (
    SeedLabels,
    dump_seed_labels,
    find_missing_seeds,
    iter_labels,
)
from ..vocab.propagation import Propagation
from ..vocab.scheme import BROAD, LabelScheme
from ..vocab.vectors import VocabVectors

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

logger = logging.getLogger(__name__)

STARTER = "starter"
CACHE_VARIABLE = "SPACY_BERT_UNSUP_CACHE"


def starter_assets() -> ClusterAssets:
    """The assets shipped for the starter; their seeds serve every other model too."""
    folder = files("spacy_bert_unsup") / STARTER / "assets"
    return ClusterAssets.from_disk(Path(str(folder)))


def find_model_folder(model: str) -> Path | None:
    """Where a model lies on this machine.

    model (str): As in the config.
    RETURNS (Optional[Path]): None for a hub name, and where a folder is missing.
    """
    starter = Path(str(files("spacy_bert_unsup"))) / STARTER
    folder = starter if model == STARTER else Path(model).expanduser()
    return folder if folder.is_dir() else None


def peek_scheme(folder: str | None, seeds: SeedLabels, *, only: bool) -> LabelScheme:
    """The labels that assets and seeds have, without the model they belong to.

    folder (Optional[str]): Of assets; None for the shipped ones.
    seeds (SeedLabels): A user's.
    only (bool): Whether the assets' own seeds are forgotten.
    RETURNS (LabelScheme): Empty where the assets are not on this machine, or damaged.
    """
    shipped = Path(str(files("spacy_bert_unsup"))) / STARTER / "assets"
    where = shipped if folder is None else Path(folder).expanduser()
    try:
        meta = json.loads((where / META).read_bytes())
        parents = dict(json.loads((where / LABEL_MAP).read_bytes()))
        names, rivals = tuple(meta["labels"]), tuple(meta["non_entity"])
    except (OSError, ValueError, KeyError, TypeError):  # told when they are loaded
        return LabelScheme((), {}, ())
    if not seeds:
        return LabelScheme(names, parents, rivals)
    used = [*iter_labels(seeds), *(() if only else names)]
    return LabelScheme.collect(used, {**BROAD, **parents})


def find_assets(
    lm: MaskedLM, vectors: VocabVectors, folder: str | None, *, is_starter: bool
) -> ClusterAssets:
    """Get the assets for a model.

    lm (MaskedLM): The model.
    vectors (VocabVectors): Its vocabulary.
    folder (Optional[str]): Where they are; None takes the starter's own for the
        starter, and builds them from the shipped seeds for any other model.
    is_starter (bool): Whether it is the embedded model.
    RETURNS (ClusterAssets): They fit the model.
    RAISES (AssetsError): if they do not, are missing or damaged.
    """
    if folder is not None:
        found = ClusterAssets.from_disk(Path(folder).expanduser())
    else:
        found = starter_assets()
        if found.fingerprint != lm.fingerprint and not is_starter:
            found = _build_cached(vectors, found, lm.name)
    found.check_fits(lm.fingerprint, lm.name)
    return found


def add_seeds(
    assets: ClusterAssets, vectors: VocabVectors, seeds: SeedLabels, *, only: bool
) -> ClusterAssets:
    """Add a user's seed labels, unless the assets hold them already.

    assets (ClusterAssets): Assets of the model.
    vectors (VocabVectors): Its vocabulary.
    seeds (SeedLabels): Term -> labels.
    only (bool): Forget the assets' own seeds.
    RETURNS (ClusterAssets): The same, or new ones.
    """
    held = seeds.items() <= assets.seeds.items()
    if not seeds or (held and (not only or len(seeds) == len(assets.seeds))):
        return assets
    if missing := find_missing_seeds(seeds, vectors):
        logger.warning(
            "Seeds that the vocabulary of %s has not, and that teach nothing about "
            "other words: %s. A single word still gets its label where it occurs.",
            assets.model,
            ", ".join(missing),
        )
    return assets.with_seeds(vectors, seeds, only=only)


def _build_cached(
    vectors: VocabVectors, shipped: ClusterAssets, model: str
) -> ClusterAssets:
    """Propagate the shipped seeds over another model's vocabulary, once per machine."""
    how = Propagation()
    made_of = dump_seed_labels(shipped.seeds) + json.dumps(asdict(how))
    digest = hashlib.sha256(made_of.encode("utf8")).hexdigest()[:8]
    folder = cache_folder() / f"{vectors.fingerprint}-{digest}"
    if folder.is_dir():
        return ClusterAssets.from_disk(folder)
    logger.info("Building assets for %s from the shipped seed labels ...", model)
    built = ClusterAssets.build(
        vectors,
        shipped.seeds,
        model=model,
        parents=shipped.scheme.parents,
        how=how,
        thresholds=shipped.thresholds,
    )
    try:
        built.to_disk(folder)
    except OSError as error:
        logger.warning("The assets of %s could not be kept: %s", model, error)
    return built


def cache_folder() -> Path:
    """Where built assets are kept: $SPACY_BERT_UNSUP_CACHE or the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "spacy_bert_unsup"
