"""A model for commands that read it, and the labels of its vocabulary's terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ...types import Bools, Floats, Ints, TopTerms

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...vocab.assets import ClusterAssets
    from ...vocab.vectors import VocabVectors
    from ...voting.spans import Rollup
    from ...voting.tables import VoteTables

VOTERS = 20
"""Terms that vote on a label, as in `bert_unsup_ner`."""
SHARES = 6
"""Label shares that are worth telling."""
DIGITS = 4

LabelsFlag: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--labels/--no-labels",
        help="Say what each term speaks for; another model's labels are built once.",
    ),
]
UnfilteredFlag: TypeAlias = Annotated[
    bool,
    typer.Option("--unfiltered", help="Show pieces, punctuation and letters, too."),
]


@dataclass(frozen=True)
class LabelledModel:
    """A model, and what the terms of its vocabulary speak for.

    lm (MaskedLM): The model.
    vectors (VocabVectors): Its vocabulary.
    assets (Optional[ClusterAssets]): Its labels, if they are wanted.
    """

    lm: MaskedLM
    vectors: VocabVectors
    assets: ClusterAssets | None = None

    @cached_property
    def tables(self) -> VoteTables | None:
        """What each term speaks for; None without labels."""
        from ...voting.settings import VotingSettings
        from ...voting.tables import VoteTables

        if self.assets is None:
            return None
        return VoteTables.build(self.vectors, self.assets, VotingSettings())

    @cached_property
    def rollup(self) -> Rollup | None:
        """The broadest labels of the scheme; None without labels."""
        from ...voting.spans import Rollup

        return None if self.assets is None else Rollup.of(self.assets.scheme)

    @cached_property
    def words(self) -> Bools:
        """(V,) whole words of two characters or more (spec 5.1.4)."""
        from ...voting.cues import voting_terms

        return voting_terms(self.lm)

    def allowed(self, *, unfiltered: bool = False) -> Bools:
        """The terms that may be shown.

        unfiltered (bool): Take pieces, punctuation and single letters, too.
        RETURNS (Bools): (V,); never special or unused entries.
        """
        from ...vectors.importance import usable_terms

        return usable_terms(self.lm) if unfiltered else self.words

    def describe(self, term: int) -> dict[str, Any]:
        """A term and what it speaks for.

        term (int): Vocabulary id.
        RETURNS (dict[str, Any]): `term` as the vocabulary spells it, and `labels`, the
            largest share first, at most three; empty without labels.
        """
        from ...voting.evidence import name_labels

        names: tuple[str, ...] = ()
        if self.assets is not None and self.tables is not None:
            names = name_labels(self.tables.voters[term], self.assets.scheme)
        return {"term": self.lm.terms[term], "labels": list(names)}

    def term_records(self, terms: Ints, **numbers: Floats) -> list[dict[str, Any]]:
        """Terms with what they speak for and what was measured of them.

        terms (Ints): (K,) vocabulary ids; -1 where there is no term.
        numbers (Floats): (K,) of each kind.
        RETURNS (list[dict[str, Any]]): As `describe` gives it, with the numbers; terms
            that are not there are left out.
        """
        return [
            self.describe(term)
            | {key: round(float(values[i]), DIGITS) for key, values in numbers.items()}
            for i, term in enumerate(terms.tolist())
            if term >= 0
        ]

    def vote(self, top: TopTerms) -> Floats:
        """Let the first `VOTERS` terms of each answer vote.

        top (TopTerms): (Q, K) terms.
        RETURNS (Floats): (Q, L) shares; L is 0 without labels.
        """
        import numpy as np

        from ...voting.votes import vote_labels

        if self.tables is None:
            return np.zeros((len(top.ids), 0), np.float32)
        first = slice(VOTERS)
        voters = TopTerms(top.ids[:, first], top.probs[:, first], top.logits[:, first])
        return vote_labels(voters, self.tables.voters)

    def share_record(self, shares: Floats) -> dict[str, float]:
        """The largest shares of the broadest labels.

        shares (Floats): (L,) of one answer.
        RETURNS (dict[str, float]): Label -> share, largest first; empty without labels.
        """
        if self.rollup is None:
            return {}
        pairs = zip(self.rollup.roots, self.rollup.sum_up(shares).tolist(), strict=True)
        best = sorted(pairs, key=lambda pair: -pair[1])[:SHARES]
        return {name: round(share, DIGITS) for name, share in best if share > 0}


def load_labelled(
    model: str | None = None, assets: Path | None = None, *, labels: bool = True
) -> LabelledModel:
    """Load a model, and find or build its labels.

    model (Optional[str]): "starter" if None, a folder or a hub name.
    assets (Optional[Path]): Its labels; those of the model if None.
    labels (bool): Whether labels are wanted at all.
    RETURNS (LabelledModel): Both.
    RAISES (ModelError): if there is no such model.
    RAISES (AssetsError): if the labels are of another model, missing or damaged.
    """
    from ...mlm.model import MaskedLM
    from ...pipeline.resources import STARTER, find_assets
    from ...vocab.vectors import VocabVectors

    lm = MaskedLM.load(model or STARTER)
    vectors = VocabVectors.from_mlm(lm)
    if not labels:
        return LabelledModel(lm, vectors)
    folder = None if assets is None else str(assets)
    is_starter = (model or STARTER) == STARTER
    return LabelledModel(
        lm, vectors, find_assets(lm, vectors, folder, is_starter=is_starter)
    )
