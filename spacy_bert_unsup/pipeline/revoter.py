"""Who votes again on stored answers: assets, settings and thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import AssetsError, ConfigError, Errors
from ..types import Ints
from ..vocab.assets import ClusterAssets
from ..vocab.vectors import VocabVectors
from ..voting.results import DIGITS, near_rows
from ..voting.revote import Revote, vote_again
from ..voting.settings import VotingSettings
from ..voting.spans import Rollup
from ..voting.tagger import SpanTagger
from ..voting.thresholds import Thresholds
from . import resources
from .options import merge_thresholds, rename_label
from .stored import ASKING, StoredVotes, VoteSettings, name_rules, name_tables
from .unchanged import find_changed
from .verdict import Verdict

if TYPE_CHECKING:
    from .ner import BertUnsupNER


@dataclass(frozen=True)
class Revoter:
    """Votes on what docs hold, without asking the model.

    tagger (SpanTagger): Assets, settings and tables.
    shown (Sequence[str | None]): What users see for each of `rollup.names`.
    thresholds (Thresholds): When a label counts.
    settings (VoteSettings): Kept with the docs from now on.
    expected (Optional[str]): Settings that all docs must have been tagged with, as
        text; None lets any be.
    """

    tagger: SpanTagger
    shown: Sequence[str | None]
    thresholds: Thresholds
    settings: VoteSettings
    expected: str | None = None

    @classmethod
    def for_docs(
        cls,
        first: StoredVotes,
        assets: ClusterAssets | str | Path | None = None,
        *,
        model: str | None = None,
    ) -> Revoter:
        """Vote with the settings that docs were tagged with.

        first (StoredVotes): What the first doc holds.
        assets (Optional[ClusterAssets | str | Path]): Those that shall vote; None takes
            the starter's own, if they were used at the time.
        model (Optional[str]): Where the model is, for its vocabulary; as in the
            settings when None.
        RETURNS (Revoter): Ready to vote.
        RAISES (ConfigError, AssetsError): if assets and docs do not fit.
        """
        from ..mlm.model import MaskedLM

        where = "The first doc"
        settings = VoteSettings.load(first.settings)
        if isinstance(assets, (str, Path)):
            assets = ClusterAssets.from_disk(Path(assets).expanduser())
        if assets is not None:
            check_fingerprint(first, assets, where)
        found = assets or resources.starter_assets()
        if found.fingerprint != first.attrs["fingerprint"]:
            raise ConfigError(Errors.E336.format(where=where))
        lm = MaskedLM.load(model or settings.model)
        # How questions are asked does not matter here; the plainest way costs nothing.
        voting = VotingSettings(**{**settings.voting, "masking": "exact"})
        vectors = VocabVectors.from_mlm(lm)
        revoter = cls.make(SpanTagger(lm, found, voting, vectors=vectors), settings)
        if assets is None and revoter.settings.tables != settings.tables:
            raise ConfigError(Errors.E336.format(where=where))
        return replace(revoter, expected=first.settings)

    @classmethod
    def from_pipe(cls, ner: BertUnsupNER) -> Revoter:
        """Vote with the assets and settings of a component."""
        return cls.make(ner.tagger, VoteSettings.of(ner.tagger, ner.options, ner.cfg))

    @classmethod
    def make(cls, tagger: SpanTagger, settings: VoteSettings) -> Revoter:
        """Vote with a tagger.

        tagger (SpanTagger): Assets, settings and tables.
        settings (VoteSettings): Names and thresholds.
        RETURNS (Revoter): Ready to vote.
        RAISES (ConfigError): if a threshold is for an unknown label, or no share.
        """
        scheme = tagger.assets.scheme
        cfg = {
            "threshold": settings.threshold,
            "label_thresholds": settings.label_thresholds,
        }
        thresholds = merge_thresholds(cfg, tagger.assets.thresholds, scheme)
        names = tuple(
            rename_label(
                name, scheme, labels=settings.labels, label_map=settings.label_map
            )
            for name in tagger.rollup.names
        )
        settings = replace(
            settings,
            tables=name_tables(tagger.tables),
            rules=name_rules(tagger, thresholds),
        )
        return cls(tagger, names, thresholds, settings)

    @property
    def rollup(self) -> Rollup:
        """The labels, and what lies above them."""
        return self.tagger.rollup

    @cached_property
    def kept_settings(self) -> str:
        """The settings as they are kept with docs."""
        return self.settings.dump()

    def changed(self, **settings: Any) -> Revoter:
        """The same with other `VoteSettings`: thresholds or names of labels."""
        made = Revoter.make(self.tagger, replace(self.settings, **settings))
        return replace(made, expected=self.expected)

    def with_thresholds(self, thresholds: Thresholds) -> Revoter:
        """The same with other thresholds; for trying them out."""
        rules = name_rules(self.tagger, thresholds)
        settings = replace(self.settings, rules=rules)
        return replace(self, thresholds=thresholds, settings=settings)

    def check(self, votes: StoredVotes, where: str) -> None:
        """Refuse a doc that does not fit.

        votes (StoredVotes): What it holds.
        where (str): Names it.
        RAISES (AssetsError): if another model tagged it.
        RAISES (ConfigError): if it was tagged with other settings than expected.
        """
        check_fingerprint(votes, self.tagger.assets, where)
        if self.expected in (None, votes.settings):
            return
        if _rules_aside(votes.settings) != _rules_aside(self.expected):
            raise ConfigError(Errors.E335.format(where=where))

    def has_voted(self, votes: StoredVotes) -> bool:
        """Whether a doc holds what this very vote made, so that nothing can change."""
        return votes.settings == self.kept_settings

    def vote(self, stored: Sequence[StoredVotes]) -> Verdict:
        """Vote about several docs at once.

        stored (Sequence[StoredVotes]): What D docs hold, at least one.
        RETURNS (Verdict): What came of it.
        """
        before = [VoteSettings.load(s) for s in {votes.settings for votes in stored}]
        anew = any(
            _asking_aside(s.voting) != _asking_aside(self.settings.voting)
            for s in before
        )
        same_tables = all(s.tables == self.settings.tables for s in before)
        records = [votes.record for votes in stored]
        revote = vote_again(self.tagger, records, self.thresholds, anew=anew)
        rows = self._kept_rows(revote)
        changed = find_changed(
            self.tagger, revote, stored, rows, self.shown, same_tables=same_tables
        )
        return Verdict(self, stored, revote, rows, changed | anew)

    def _kept_rows(self, revote: Revote) -> Ints:
        rows = near_rows(revote.tagged, self.tagger.settings)
        wanted = [self.shown[i] is not None for i in revote.names[rows].tolist()]
        visible = revote.tagged.decisions.score[rows] > 0.5 * 10**-DIGITS
        return rows[np.array(wanted, bool) & visible]


def check_fingerprint(votes: StoredVotes, assets: ClusterAssets, where: str) -> None:
    """Refuse assets of another model than the one that tagged a doc.

    votes (StoredVotes): What the doc holds.
    assets (ClusterAssets): The assets.
    where (str): Names the doc.
    RAISES (AssetsError): naming both, if they differ.
    """
    theirs, ours = votes.attrs["fingerprint"], assets.fingerprint
    if theirs != ours:
        raise AssetsError(
            Errors.E332.format(
                where=where, theirs=theirs, assets=assets.model, ours=ours
            )
        )


@lru_cache(maxsize=64)
def _rules_aside(settings: str) -> str:
    """Settings without what names versions, and thresholds of assets."""
    return replace(VoteSettings.load(settings), rules="").dump()


def _asking_aside(voting: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in voting.items() if key not in ASKING}
