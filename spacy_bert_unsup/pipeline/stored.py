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

from ..attrs import MARK
from ..errors import ConfigError, Errors
from ..types import Bools, Ints
from ..voting.evidence import SpanVote
from ..voting.record import VoteRecord, pack_ints, unpack_ints

if TYPE_CHECKING:
    from ..voting.tables import VoteTables
    from ..voting.tagger import SpanTagger
    from .options import NEROptions

RECORD, DECIDED = "record", "decided"
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
    """

    model: str
    labels: tuple[str, ...] | None
    label_map: Mapping[str, str | None]
    overwrite_ents: bool
    threshold: float | None
    label_thresholds: Mapping[str, float]
    voting: Mapping[str, Any]
    tables: str

    @classmethod
    def of(
        cls, tagger: SpanTagger, options: NEROptions, cfg: Mapping[str, Any]
    ) -> VoteSettings:
        """Those of a component."""
        return cls(
            options.model,
            options.labels,
            dict(options.label_map),
            options.overwrite_ents,
            cfg.get("threshold"),
            dict(cfg["label_thresholds"]),
            asdict(tagger.settings),
            name_tables(tagger.tables),
        )

    def dump(self) -> str:
        """As text; `load` reads it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> VoteSettings:
        """Read what `dump` gave."""
        found = json.loads(text)
        labels = found["labels"]
        voting = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in found["voting"].items()
        }
        found |= {"labels": labels and tuple(labels), "voting": voting}
        return cls(**found)


def name_tables(tables: VoteTables) -> str:
    """16 hex digits over what each term speaks for."""
    digest = hashlib.sha256(np.ascontiguousarray(tables.voters).tobytes())
    digest.update(np.ascontiguousarray(tables.alone).tobytes())
    digest.update("\0".join(tables.words).encode("utf8", "surrogatepass"))
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class StoredVotes:
    """What a doc's span group holds; G spans.

    record (VoteRecord): What was asked and answered.
    bounds (Ints): (G, 2) tokens of the spans.
    entities (Bools): (G,) those that became entities.
    settings (str): As `VoteSettings.dump` gave it.
    attrs (Mapping[str, Any]): All of the group's attrs.
    """

    record: VoteRecord
    bounds: Ints
    entities: Bools
    settings: str
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
        record, decided = VoteRecord.unpack(attrs[RECORD]), attrs[DECIDED]
        if len(record) != size:
            raise ConfigError(
                Errors.E334.format(where=where, found=size, stored=len(record))
            )
        bounds = unpack_ints(decided["bounds"]).reshape(-1, 2)
        entities = unpack_ints(decided["entities"]).astype(bool)
        return cls(record, bounds, entities, decided["settings"], attrs)

    def our_spans(self) -> set[tuple[int, int, str]]:
        """Start, end and label of the spans that nobody else had labelled before."""
        taken = self.record.flags["taken"]
        spans = zip(self.bounds.tolist(), self.attrs["labels"], strict=True)
        return {
            (start, end, label)
            for (start, end), label in spans
            if not taken[start:end].any()
        }


def pack_decided(
    votes: Sequence[SpanVote], entities: Sequence[bool], settings: str
) -> dict[str, Any]:
    """What `StoredVotes.read` finds under "decided".

    votes (Sequence[SpanVote]): The spans of the group.
    entities (Sequence[bool]): Which of them became entities.
    settings (str): As `VoteSettings.dump` gives it.
    RETURNS (dict[str, Any]): Bytes and text.
    """
    bounds = np.array([[v.start, v.end] for v in votes], np.int32).reshape(-1)
    return {
        "bounds": pack_ints(bounds),
        "entities": pack_ints(np.array(entities, np.int32)),
        "settings": settings,
    }
