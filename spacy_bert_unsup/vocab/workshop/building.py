"""From a model and seed labels to assets, in stages that can be taken up again.

vectors       the model's vocabulary table
clusters      of these vectors: what people read when they label
labels        seed files are taken over into seed_labels.jsonl (merging.py)
propagation   labels of all terms
assets        the folder that a component takes: with thresholds and labelled clusters

Each stage writes its files beside and renames them, and is left out when the key over
its inputs is the one of the last time (stages.py). `seed_labels.jsonl` is written by
the labels stage alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ...errors import AssetsError, ConfigError, Errors
from ...types import Progress
from ...util import read_text, write_text
from ..adoption import adopt_terms
from ..assets import CLUSTERS, META, SEEDS, ClusterAssets
from ..clustering.cluster_files import dump_clusters
from ..clustering.clusters import cluster_vocab
from ..labels import SeedLabels, dump_seed_labels, match_seed_labels
from ..propagation import Propagation
from ..scheme import BROAD
from .build_report import count_labelled
from .folder import (
    GIVEN,
    PROPAGATED,
    SINGLETONS,
    STAGES,
    read_clusters,
    read_given,
    read_seeds,
    relabel_clusters,
)
from .merging import merge_given, split_own
from .stages import Facts, StageLog, make_key
from .table import FILES, ModelTable

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM

Counting: TypeAlias = Callable[[str], AbstractContextManager[Progress | None]]
VECTORS_STAGE = "vectors"
CLUSTERS_STAGE = "clusters"
LABELS_STAGE = "labels"
PROPAGATION_STAGE = "propagation"
ASSETS_STAGE = "assets"
UNTIL = (VECTORS_STAGE, CLUSTERS_STAGE, LABELS_STAGE, ASSETS_STAGE)
"""Where a build may stop."""


@dataclass(frozen=True)
class BuildSettings:
    """What decides the assets, beside the model and the seed labels.

    mode (str): How terms are clustered: "adaptive", "fixed" or "neighbors".
    cluster_threshold (float): Least cosine of the modes that have one, in [-1, 1].
    how (Propagation): Limits of the propagation.
    parents (Mapping[str, str]): Fine label -> broad label.
    thresholds (Mapping[str, float]): Label -> least share; "" is the general one.
    """

    mode: str = "adaptive"
    cluster_threshold: float = 0.5
    how: Propagation = field(default_factory=Propagation)
    parents: Mapping[str, str] = field(default_factory=lambda: dict(BROAD))
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"": 0.15})


@dataclass
class Build:
    """One build.

    folder (Path): Where the assets go.
    model (str): Where the model is loaded from.
    source_key (Optional[str]): Changes when the model's files do; None if that cannot
        be told without loading it.
    load (Callable[[], MaskedLM]): Loads the model; called only if need be.
    settings (BuildSettings): Parameters.
    given (Optional[SeedLabels]): What seed files say; None leaves the folder's labels
        as they are.
    shipped (SeedLabels): Those among them that nobody wrote for this label set.
    on_stage (Callable[[str, bool], None]): Told each stage, and whether it is made.
    counting (Counting): Opens something that is told how many terms are done, of how
        many.
    """

    folder: Path
    model: str
    source_key: str | None
    load: Callable[[], MaskedLM]
    settings: BuildSettings = field(default_factory=BuildSettings)
    given: SeedLabels | None = None
    shipped: SeedLabels = field(default_factory=dict)
    on_stage: Callable[[str, bool], None] = lambda stage, made: None
    counting: Callable[[str], AbstractContextManager[Progress | None]] = lambda what: (
        nullcontext()
    )
    made: list[str] = field(default_factory=list)

    @property
    def stages(self) -> Path:
        """Where the stages keep their files."""
        return self.folder / STAGES

    @cached_property
    def log(self) -> StageLog:
        """What was done before."""
        return StageLog.read(self.stages)

    @cached_property
    def table(self) -> ModelTable:
        """The model's table, once its stage is done."""
        return ModelTable.from_disk(self.stages)

    def run(self, *, until: str = ASSETS_STAGE) -> Facts:
        """Do the stages that are not done.

        until (str): The last one to do, of `UNTIL`.
        RETURNS (dict[str, Any]): The summary.
        RAISES (AssetsError): if the folder holds assets of another model, a file in it
            is damaged, or no seed term is an entry of the vocabulary.
        RAISES (ConfigError): if a threshold is of a label that there is not.
        """
        steps = UNTIL[: UNTIL.index(until) + 1]
        # All that people may have written wrong is read before anything long is done.
        read_seeds(self.folder)
        self._make_vectors()
        if CLUSTERS_STAGE in steps:
            self._make_clusters()
        if LABELS_STAGE in steps and self.given is not None:
            self._take_labels(self.given)
        if ASSETS_STAGE in steps and read_seeds(self.folder):
            self._make_assets()
        return self._summary(steps)

    # --- vectors ------------------------------------------------------------------

    def _make_vectors(self) -> None:
        key = make_key("vectors", self.source_key)
        files = [self.stages / name for name in FILES]
        if self.source_key is not None and self._is_done(VECTORS_STAGE, key, files):
            return
        lm = self.load()
        self._refuse_other_model(lm)
        self._begin(VECTORS_STAGE)
        ModelTable.from_mlm(lm, self.model).to_disk(self.stages)
        facts = {"model": lm.name, "fingerprint": lm.fingerprint}
        self.log.finish(VECTORS_STAGE, key, facts)

    def _refuse_other_model(self, lm: MaskedLM) -> None:
        held = self.log.facts(VECTORS_STAGE) or _read_meta(self.folder)
        if held and held.get("fingerprint") != lm.fingerprint:
            message = Errors.E236.format(
                path=self.folder,
                theirs=held.get("model"),
                their_print=held.get("fingerprint"),
                ours=lm.name,
                our_print=lm.fingerprint,
            )
            raise AssetsError(message)

    # --- clusters -----------------------------------------------------------------

    def _make_clusters(self) -> None:
        settings = self.settings
        threshold = settings.cluster_threshold if settings.mode == "fixed" else None
        key = make_key("clusters", self._fingerprint, settings.mode, threshold)
        files = [self.stages / name for name in (CLUSTERS, SINGLETONS)]
        if self._is_done(CLUSTERS_STAGE, key, files):
            return
        self._begin(CLUSTERS_STAGE)
        with self.counting(CLUSTERS_STAGE) as progress:
            found = cluster_vocab(
                self.table.vectors,
                mode=settings.mode,
                threshold=threshold,
                progress=progress,
            )
        write_text(self.stages / SINGLETONS, json.dumps(list(found.singletons)) + "\n")
        write_text(self.stages / CLUSTERS, dump_clusters(found.clusters))
        facts = {
            "clusters": len(found.clusters),
            "singletons": len(found.singletons),
            "empty": len(found.empty),
        }
        self.log.finish(CLUSTERS_STAGE, key, facts)

    # --- labels -------------------------------------------------------------------

    def _take_labels(self, given: SeedLabels) -> None:
        here = read_seeds(self.folder)
        merged = merge_given(here, given, read_given(self.folder))
        self.on_stage(LABELS_STAGE, merged != here)
        if merged != here:
            self.made.append(LABELS_STAGE)
            write_text(self.folder / SEEDS, dump_seed_labels(merged))
        # Second: a build that is killed in between merges the same once more.
        write_text(self.stages / GIVEN, dump_seed_labels(given))

    # --- propagation and assets ---------------------------------------------------

    def _make_assets(self) -> None:
        seeds = read_seeds(self.folder)
        settings = self.settings
        own, shipped = split_own(seeds, self.shipped)
        key = make_key(
            "propagation",
            self._fingerprint,
            list(seeds.items()),
            sorted(shipped),
            dict(settings.parents),
            asdict(settings.how),
        )
        if not self._is_done(PROPAGATION_STAGE, key, [self.stages / PROPAGATED / META]):
            self._begin(PROPAGATION_STAGE)
            built = self._propagate(own, shipped)
            built.to_disk(self.stages / PROPAGATED)
            self.log.finish(PROPAGATION_STAGE, key, {})
        thresholds = dict(settings.thresholds)
        key = make_key("assets", key, thresholds, self.log.entries[CLUSTERS_STAGE])
        if self._is_done(ASSETS_STAGE, key, [self.folder / META]):
            return
        self._begin(ASSETS_STAGE)
        self.log.finish(ASSETS_STAGE, key, self._write_assets(thresholds))

    def _propagate(self, own: SeedLabels, shipped: SeedLabels) -> ClusterAssets:
        vectors, settings = self.table.vectors, self.settings
        adopted: SeedLabels = {}
        if own and shipped:
            adopted = adopt_terms(vectors, own, shipped, how=settings.how)
        with self.counting(PROPAGATION_STAGE) as progress:
            return ClusterAssets.build(
                vectors,
                {**own, **shipped},
                model=self.table.model,
                parents=settings.parents,
                how=settings.how,
                adopted={term: n for term, n in adopted.items() if term not in own},
                progress=progress,
            )

    def _write_assets(self, thresholds: Mapping[str, float]) -> Facts:
        vectors = self.table.vectors
        assets = ClusterAssets.from_disk(self.stages / PROPAGATED)
        for label in thresholds:
            if label and label not in assets.scheme.labels:
                names = ", ".join(assets.scheme.labels)
                raise ConfigError(
                    Errors.E305.format(key="thresholds", label=label, labels=names)
                )
        matched = match_seed_labels(assets.seeds, vectors)
        clusters, reached = relabel_clusters(
            read_clusters(self.stages), matched, vectors
        )
        assets = replace(
            assets, thresholds=dict(thresholds), clusters=dump_clusters(clusters)
        )
        assets.to_disk(self.folder, exclude=[SEEDS])
        return count_labelled(assets, vectors, matched, reached)

    # --- all stages ---------------------------------------------------------------

    @property
    def _fingerprint(self) -> str:
        return self.log.facts(VECTORS_STAGE)["fingerprint"]

    def _is_done(self, stage: str, key: str, files: Iterable[Path]) -> bool:
        done = self.log.is_done(stage, key, files)
        if done:
            self.on_stage(stage, False)
        return done

    def _begin(self, stage: str) -> None:
        self.on_stage(stage, True)
        self.made.append(stage)
        self.log.begin(stage)

    def _summary(self, steps: Sequence[str]) -> Facts:
        vectors = self.table.vectors
        usable = int(vectors.usable.sum())
        found: Facts = {"folder": str(self.folder), "made": self.made}
        found |= self.log.facts(VECTORS_STAGE)
        found |= {"terms": len(vectors), "usable": usable}
        for stage in (CLUSTERS_STAGE, ASSETS_STAGE):
            found |= self.log.facts(stage) if stage in steps else {}
        return found


def _read_meta(folder: Path) -> Facts:
    path = folder / META
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(read_text(path)))
    except (ValueError, TypeError) as error:
        raise AssetsError(Errors.E215.format(where=folder, error=error)) from error
