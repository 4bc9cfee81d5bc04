"""Votes that stay with a doc (`keep_votes`), in the attrs of its span group.

`attrs["record"]` holds what was asked and answered, `attrs["decided"]` what came of it:
token bounds of the group's spans, which of them are entities, and the settings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..attrs import MARK
from ..errors import ConfigError, Errors
from ..types import Bools, Ints
from ..voting.evidence import SpanVote
from ..voting.record import (
    check_format,
    count_words,
    pack_ints,
    unpack_flag,
    unpack_ints,
)
from ..voting.settings import from_config
from .options import merge_thresholds

if TYPE_CHECKING:
    from ..voting.tables import VoteTables
    from ..voting.tagger import SpanTagger
    from ..voting.thresholds import Thresholds
    from .options import NEROptions

RULES = 2
"""How answers become labels: raise it when the same answers vote otherwise."""
RECORD, DECIDED = "record", "decided"
SETTINGS, LACKING = "settings", "lacking"
ASKING = (
    *("masking", "per_piece", "context_templates", "phrase_templates", "top_k"),
    *("ignored_terms", "window", "overlap", "context_width", "max_cached_answers"),
    "stand_in",
)
"""Settings of the questions: they do not matter any more when the answers are there."""


@dataclass(frozen=True)
class VoteSettings:
    """The settings that labels were given with, besides the assets.

    model (str): As in the config.
    labels (Optional[tuple[str, ...]]): As in the config.
    label_map (Mapping[str, str | None]): Resolved.
    overwrite_ents (bool): As in the config.
    threshold (Optional[float]), label_thresholds (Mapping[str, float]): In the config.
    voting (Mapping[str, Any]): All settings of the votes.
    tables (str): Names what each term speaks for.
    rules (str): Names all else that decides (`name_rules`).
    """

    model: str
    labels: tuple[str, ...] | None
    label_map: Mapping[str, str | None]
    overwrite_ents: bool
    threshold: float | None
    label_thresholds: Mapping[str, float]
    voting: Mapping[str, Any]
    tables: str
    rules: str = ""

    @classmethod
    def of(
        cls, tagger: SpanTagger, options: NEROptions, cfg: Mapping[str, Any]
    ) -> VoteSettings:
        """Those of a component."""
        assets = tagger.assets
        thresholds = merge_thresholds(cfg, assets.thresholds, assets.scheme)
        return cls(
            options.model,
            options.labels,
            dict(options.label_map),
            options.overwrite_ents,
            cfg.get("threshold"),
            dict(cfg["label_thresholds"]),
            asdict(tagger.settings),
            name_tables(tagger.tables),
            name_rules(tagger, thresholds),
        )

    def dump(self) -> str:
        """As text; `load` reads it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> VoteSettings:
        """Read what `dump` gave."""
        found = json.loads(text)
        labels = found["labels"]
        found |= {
            "labels": labels and tuple(labels),
            "voting": from_config(found["voting"]),
        }
        return cls(**found)


def name_tables(tables: VoteTables) -> str:
    """16 hex digits over what each term speaks for."""
    digest = hashlib.sha256(np.ascontiguousarray(tables.voters).tobytes())
    digest.update(np.ascontiguousarray(tables.alone).tobytes())
    digest.update("\0".join(tables.words).encode("utf8", "surrogatepass"))
    return digest.hexdigest()[:16]


def name_rules(tagger: SpanTagger, thresholds: Thresholds) -> str:
    """16 hex digits over what else makes labels of votes, beside tables and settings.

    tagger (SpanTagger): Labels, endings and cases.
    thresholds (Thresholds): In force; the settings lack those of the assets.
    RETURNS (str): Differs between versions of this package and of `RULES`, too.
    """
    tables, scheme = tagger.tables, tagger.assets.scheme
    facts = (
        (__version__, RULES),
        (scheme.labels, dict(scheme.parents), scheme.non_entity),
        (thresholds.general, dict(thresholds.labels)),
        dict(tables.endings.rows),
        (tables.cases.tolist(), tables.digits.tolist()),
    )
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class StoredVotes:
    """What a doc's span group holds; G spans.

    record (Mapping[str, Any]): What was asked and answered, packed.
    bounds (Ints): (G, 2) tokens of the spans.
    entities (Bools): (G,) those that became entities.
    settings (str): As `VoteSettings.dump` gave it.
    lacking (tuple[int, int]): Spans that nobody asked about, and those that were not
        asked in context, as the settings would have it.
    attrs (Mapping[str, Any]): All of the group's attrs.
    """

    record: Mapping[str, Any]
    bounds: Ints
    entities: Bools
    settings: str
    lacking: tuple[int, int]
    attrs: Mapping[str, Any]

    @classmethod
    def read(
        cls, attrs: Mapping[str, Any], *, size: int, where: str, key: str
    ) -> StoredVotes:
        """Read a group's attrs.

        attrs (Mapping[str, Any]): Of `doc.spans[key]`; empty if there is none.
        size (int): Tokens of the doc.
        where (str): Names the doc in messages.
        key (str): The group, for messages.
        RETURNS (StoredVotes): The votes.
        RAISES (ConfigError): if there are none, or they are of another text or format.
        """
        if attrs.get(MARK) is None or RECORD not in attrs:
            raise ConfigError(Errors.E331.format(where=where, key=key))
        record, decided = attrs[RECORD], attrs[DECIDED]
        check_format(record)
        stored = count_words(record)
        if stored != size:
            raise ConfigError(
                Errors.E334.format(where=where, found=size, stored=stored)
            )
        bounds = unpack_ints(decided["bounds"]).reshape(-1, 2)
        entities = unpack_ints(decided["entities"]).astype(bool)
        unseen, missing = decided.get(LACKING, (0, 0))
        return cls(
            record, bounds, entities, decided[SETTINGS], (unseen, missing), attrs
        )

    def our_spans(self) -> set[tuple[int, int, str]]:
        """Start, end and label of the spans that nobody else had labelled before."""
        taken = unpack_flag(self.record["flags"], "taken").tolist()
        spans = zip(self.bounds.tolist(), self.attrs["labels"], strict=True)
        return {
            (start, end, label)
            for (start, end), label in spans
            if not any(taken[start:end])
        }


def pack_decided(
    votes: Sequence[SpanVote],
    entities: Sequence[bool],
    settings: str,
    *,
    lacking: tuple[int, int] = (0, 0),
) -> dict[str, Any]:
    """What `StoredVotes.read` finds under "decided".

    votes (Sequence[SpanVote]): The spans of the group.
    entities (Sequence[bool]): Which of them became entities.
    settings (str): As `VoteSettings.dump` gives it.
    lacking (tuple[int, int]): As in `StoredVotes`.
    RETURNS (dict[str, Any]): Bytes, text and numbers.
    """
    bounds = np.array([[v.start, v.end] for v in votes], np.int32).reshape(-1)
    packed = {
        "bounds": pack_ints(bounds),
        "entities": pack_ints(np.array(entities, np.int32)),
    }
    return decide_alike(packed, settings, lacking=lacking)


def decide_alike(
    decided: Mapping[str, Any], settings: str, *, lacking: tuple[int, int]
) -> dict[str, Any]:
    """The same result of other settings; arguments as in `pack_decided`."""
    packed = {**decided, SETTINGS: settings}
    packed.pop(LACKING, None)
    return packed | ({LACKING: list(lacking)} if any(lacking) else {})
