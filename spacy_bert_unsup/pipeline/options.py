"""The settings of `bert_unsup_ner`, checked when the component is made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..attrs import AttributeNames
from ..errors import ConfigError, Errors
from ..registry import resolve_candidates
from ..vocab.labels import SeedLabels, invert_seeds
from ..vocab.scheme import LabelScheme, read_label_map
from ..voting.candidates import CandidateFinder
from ..voting.settings import VotingSettings, as_config, from_config
from ..voting.spans import Rollup
from ..voting.thresholds import Thresholds
from .model_options import ModelOptions


@dataclass(frozen=True, kw_only=True)
class NEROptions(ModelOptions):
    """What a config says, checked and resolved; see the factory for meanings."""

    assets: str | None
    seeds: SeedLabels
    seeds_only: bool
    candidates: CandidateFinder
    labels: tuple[str, ...] | None
    label_map: Mapping[str, str | None]
    spans_key: str
    overwrite_ents: bool
    keep_votes: bool
    attrs: AttributeNames
    voting: VotingSettings

    @classmethod
    def make(
        cls,
        *,
        seeds: Mapping[str, list[str]],
        candidates: str | CandidateFinder,
        labels: list[str] | None,
        label_map: str | Mapping[str, str | None] | None,
        attrs: Mapping[str, str],
        voting: Mapping[str, Any],
        asking: Mapping[str, Any],
        **rest: Any,
    ) -> NEROptions:
        """Check a config and resolve the names in it.

        RETURNS (NEROptions): The options.
        RAISES (ConfigError): if a value cannot work; the message names it.
        """
        if rest["seeds_only"] and not seeds:
            raise ConfigError(Errors.E313.format())
        return cls(
            seeds=invert_seeds(seeds),
            candidates=resolve_candidates(candidates),
            labels=None if labels is None else tuple(labels),
            label_map={} if label_map is None else read_label_map(label_map),
            attrs=AttributeNames.make(attrs),
            voting=make_voting_settings(voting, asking),
            **rest,
        )

    def check_labels(self, scheme: LabelScheme) -> None:
        """Refuse names in `labels` that no span can get.

        scheme (LabelScheme): The labels of the assets.
        RAISES (ConfigError): naming the first unknown one, and all known ones.
        """
        names = {self.label_map.get(label, label) for label in scheme.labels}
        known = [*scheme.labels, *sorted(n for n in names if n is not None)]
        for label in self.labels or ():
            if label not in known:
                listed = ", ".join(dict.fromkeys(known))
                raise ConfigError(
                    Errors.E305.format(key="labels", label=label, labels=listed)
                )

    def rename(self, label: str, scheme: LabelScheme) -> str | None:
        """The label that users see for a label of the assets.

        label (str): A label of the scheme.
        scheme (LabelScheme): Says what lies above it.
        RETURNS (Optional[str]): The new name; None if it is not wanted.
        """
        return rename_label(label, scheme, labels=self.labels, label_map=self.label_map)

    def show(self, rollup: Rollup) -> list[str | None]:
        """What users see for each of `rollup.names`."""
        return [self.rename(name, rollup.scheme) for name in rollup.names]


def rename_label(
    label: str,
    scheme: LabelScheme,
    *,
    labels: Collection[str] | None,
    label_map: Mapping[str, str | None],
) -> str | None:
    """The label that users see for a label of the assets.

    label (str): A label of the scheme.
    scheme (LabelScheme): Says what lies above it.
    labels (Optional[Collection[str]]): Keep only these and what lies beneath them.
    label_map (Mapping[str, str | None]): Label -> new name, None where it is dropped.
    RETURNS (Optional[str]): The new name; None if it is not wanted.
    """
    line = scheme.ancestors(label)
    name: str | None = next(
        (label_map[step] for step in line if step in label_map), label
    )
    if labels is not None and not set(labels) & {*line, name}:
        return None
    return name


def make_voting_settings(
    voting: Mapping[str, Any], asking: Mapping[str, Any]
) -> VotingSettings:
    """Settings of the votes from a config's lists and numbers.

    voting (Mapping[str, Any]): Names and values of the section `voting`.
    asking (Mapping[str, Any]): Those that stand in the first level of the config.
    RETURNS (VotingSettings): The settings.
    RAISES (ConfigError): if a name or value is unknown.
    """
    defaults = asdict(VotingSettings())
    known = [name for name in defaults if name not in asking]
    for name, value in voting.items():
        if name not in known:
            raise ConfigError(Errors.E309.format(name=name, names=", ".join(known)))
        if not _is_like(value, defaults[name]):
            message = Errors.E312.format(
                name=name, value=value, example=as_config(defaults[name])
            )
            raise ConfigError(message)
    for cue, weight in asking.get("cue_weights", {}).items():
        if weight < 0:
            key = f"cue_weights[{cue!r}]"
            raise ConfigError(Errors.E303.format(key=key, least=0))
    both: dict[str, Any] = {
        name: from_config(value) for name, value in {**voting, **asking}.items()
    }
    return VotingSettings(**both)


def _is_like(value: Any, default: Any) -> bool:
    """Whether a value from a config is of a default's kind; a float may be whole."""
    if isinstance(default, tuple):
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if isinstance(default, Mapping):
        return isinstance(value, Mapping) and all(
            _is_like(part, ()) for part in value.values()
        )
    if isinstance(default, bool) or isinstance(value, bool):
        return type(value) is type(default)
    kinds = (int, float) if isinstance(default, float) else type(default)
    return isinstance(value, kinds)


def merge_thresholds(
    cfg: Mapping[str, Any], stored: Mapping[str, float], scheme: LabelScheme
) -> Thresholds:
    """The thresholds in force: the config's, else those stored with the assets.

    cfg (Mapping[str, Any]): "threshold" and "label_thresholds".
    stored (Mapping[str, float]): Label -> threshold, "" for the general one.
    scheme (LabelScheme): Known labels.
    RETURNS (Thresholds): For the votes.
    RAISES (ConfigError): if a label is unknown or a value is no share.
    """
    general = cfg.get("threshold")
    labels = dict(cfg["label_thresholds"])
    if general is None:  # a general threshold in the config beats every stored one
        labels = {k: v for k, v in stored.items() if k} | labels
        general = stored.get("", 0.0)
    for label in labels:
        if label not in scheme.labels:
            names = ", ".join(scheme.labels)
            raise ConfigError(
                Errors.E305.format(key="label_thresholds", label=label, labels=names)
            )
    check_shares({"threshold": general, "label_thresholds": labels})
    return Thresholds(float(general), labels)


def check_shares(cfg: Mapping[str, Any]) -> None:
    """Refuse thresholds that are no shares.

    cfg (Mapping[str, Any]): "threshold" and "label_thresholds".
    RAISES (ConfigError): naming the first one outside [0, 1].
    """
    named = {f"label_thresholds[{k!r}]": v for k, v in cfg["label_thresholds"].items()}
    for key, value in {"threshold": cfg["threshold"], **named}.items():
        if value is not None and not 0 <= value <= 1:
            raise ConfigError(Errors.E310.format(key=key, value=value))
