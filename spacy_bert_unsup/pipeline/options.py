"""The settings of `bert_unsup_ner`, checked when the component is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..attrs import AttributeNames
from ..errors import ConfigError, Errors
from ..registry import resolve_candidates
from ..vocab.labels import SeedLabels, invert_seeds
from ..vocab.scheme import LabelScheme, read_label_map
from ..voting.candidates import CandidateFinder
from ..voting.settings import VotingSettings
from ..voting.tagging import Thresholds


@dataclass(frozen=True)
class NEROptions:
    """What a config says, checked and resolved; see the factory for meanings."""

    model: str
    assets: str | None
    seeds: SeedLabels
    seeds_only: bool
    device: str
    dtype: str
    candidates: CandidateFinder
    labels: tuple[str, ...] | None
    label_map: Mapping[str, str | None]
    spans_key: str
    overwrite_ents: bool
    max_batch_pieces: int
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
        **rest: Any,
    ) -> NEROptions:
        """Check a config and resolve the names in it.

        RETURNS (NEROptions): The options.
        RAISES (ConfigError): if a value cannot work; the message names it.
        """
        if rest["max_batch_pieces"] < 1:
            raise ConfigError(Errors.E303.format(key="max_batch_pieces", least=1))
        return cls(
            seeds=invert_seeds(seeds),
            candidates=resolve_candidates(candidates),
            labels=None if labels is None else tuple(labels),
            label_map={} if label_map is None else read_label_map(label_map),
            attrs=AttributeNames.make(attrs),
            voting=make_voting_settings(voting),
            **rest,
        )

    def rename(self, label: str, scheme: LabelScheme) -> str | None:
        """The label that users see for a label of the assets.

        label (str): A label of the scheme.
        scheme (LabelScheme): Says what lies above it.
        RETURNS (Optional[str]): The new name; None if it is not wanted.
        """
        line = scheme.ancestors(label)
        name: str | None = next(
            (self.label_map[step] for step in line if step in self.label_map), label
        )
        if self.labels is not None and not set(self.labels) & {*line, name}:
            return None
        return name


def make_voting_settings(values: Mapping[str, Any]) -> VotingSettings:
    """Settings of the votes from a config's lists and numbers.

    values (Mapping[str, Any]): Names and values.
    RETURNS (VotingSettings): The settings.
    RAISES (ConfigError): if a name or value is unknown.
    """
    known = [field.name for field in fields(VotingSettings)]
    for name in values:
        if name not in known:
            raise ConfigError(Errors.E309.format(name=name, names=", ".join(known)))
    listed: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
    }
    return VotingSettings(**listed)


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
    labels = {k: v for k, v in stored.items() if k} | dict(cfg["label_thresholds"])
    merged = Thresholds(
        float(stored.get("", 0.0) if general is None else general), labels
    )
    for label, value in {"": merged.general, **labels}.items():
        key = f"label_thresholds[{label!r}]" if label else "threshold"
        if label and label not in scheme.labels:
            names = ", ".join(scheme.labels)
            raise ConfigError(
                Errors.E305.format(key="label_thresholds", label=label, labels=names)
            )
        if not 0 <= value <= 1:
            raise ConfigError(Errors.E310.format(key=key, value=value))
    return merged
