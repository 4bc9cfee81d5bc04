"""Label `.spacy` files anew, without making a Doc."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spacy.attrs import ENT_IOB, ENT_TYPE  # type: ignore[import-not-found]  # Cython
from spacy.strings import StringStore, get_string_id
from spacy.tokens import DocBin

from ..voting.evidence import SpanVote
from .annotation import pack_votes
from .bin_docs import (
    Codec,
    EntityTable,
    Groups,
    copy_doc,
    has_user_data,
    pack_group,
    pause_gc,
    read_groups,
    read_words,
)
from .flips import RevoteReport
from .revote import (
    BATCH_DOCS,
    add_flips,
    count_docs,
    name_doc,
    new_extra,
    vote_where_needed,
)
from .revoter import Revoter
from .stored import DECIDED, SETTINGS, StoredVotes
from .verdict import Verdict


def find_votes(
    docs: DocBin, i: int, *, key: str, where: str, codec: Codec
) -> tuple[StoredVotes, Groups, bytes]:
    """The votes that a doc of a DocBin holds.

    docs (DocBin): The docs.
    i (int): Which one.
    key (str): The group, `doc.spans[key]`.
    where (str): Names the doc in messages.
    codec (Codec): Reads them.
    RETURNS (tuple[StoredVotes, Groups, bytes]): The votes, all groups of the doc, and
        the packed group that holds the votes.
    RAISES (ConfigError): if it holds none, or those of another text or format.
    """
    groups = read_groups(docs, i, codec)
    ours = next((group for group, keys in groups.items() if key in keys), b"")
    attrs: Mapping[str, Any] = codec.load(ours)["attrs"] if ours else {}
    size = len(docs.tokens[i])
    return StoredVotes.read(attrs, size=size, where=where, key=key), groups, ours


def revote_bin(
    docs: DocBin,
    revoter: Revoter,
    *,
    key: str,
    report: RevoteReport,
    source: str = "",
    batch_size: int = BATCH_DOCS,
    tick: Callable[[int], object] = lambda count: None,
) -> DocBin:
    """Label the docs of a DocBin anew.

    docs (DocBin): Tagged with `keep_votes`.
    revoter (Revoter): Who votes.
    key (str): The group, `doc.spans[key]`.
    report (RevoteReport): Filled with counts and flips.
    source (str): Where the docs are from, for messages.
    batch_size (int): Docs that are voted on at once.
    tick (Callable[[int], object]): Told how many docs are done.
    RETURNS (DocBin): The same docs, in order; `docs` itself if nothing in them changed.
    RAISES (ConfigError, AssetsError): as `revote_docs`.
    """
    writer = _Writer(docs, key, report)
    with pause_gc():
        for start in range(0, len(docs), batch_size):
            places = range(start, min(start + batch_size, len(docs)))
            found = []
            for number, i in enumerate(places, report.docs):
                where = name_doc(number, source)
                found.append(
                    find_votes(docs, i, key=key, where=where, codec=writer.codec)
                )
                revoter.check(found[-1][0], where)
            stored = [votes for votes, _, _ in found]
            voted, verdict = vote_where_needed(revoter, stored)
            if verdict is not None:
                groups = [found[n][1:] for n in voted]
                writer.write_batch([places[n] for n in voted], verdict, groups)
            count_docs(report, stored, voted, verdict)
            tick(len(places))
    return writer.finish()


class _Writer:
    """Writes the docs that change."""

    def __init__(self, docs: DocBin, key: str, report: RevoteReport) -> None:
        self.docs = docs
        self.key = key
        self.report = report
        self.codec = Codec()
        self._strings = StringStore(docs.strings)
        self._tokens: dict[int, Any] = {}
        self._groups: dict[int, bytes] = {}
        self._labels: set[str] = set()
        self._settings: dict[str, bytes] = {}
        self._first = report.docs

    def write_batch(
        self,
        places: Sequence[int],
        verdict: Verdict,
        groups: Sequence[tuple[Groups, bytes]],
    ) -> None:
        """Write what a vote made of some docs.

        places (Sequence[int]): Which docs.
        verdict (Verdict): On these.
        groups (Sequence[tuple[Groups, bytes]]): All that each has, and the one that
            held the votes, packed.
        """
        written = verdict.groups()
        for n, (i, (held, ours)) in enumerate(zip(places, groups, strict=True)):
            if n in written:
                new = self._write(i, verdict, n, written[n])
            else:
                new = self._pass_on(verdict, n, ours)
            packed = {new if g == ours else g: keys for g, keys in held.items()}
            self._groups[i] = self.codec.dump(packed)

    def finish(self) -> DocBin:
        """All docs, with what was written of them."""
        docs = self.docs
        if not self._groups:
            return docs
        out = DocBin(attrs=docs.attrs, store_user_data=has_user_data(docs))
        out.strings = docs.strings | self._labels
        for i in range(len(docs)):
            copy_doc(docs, i, out)
        for i, packed in self._groups.items():
            out.span_groups[i] = packed
        for i, tokens in self._tokens.items():
            out.tokens[i] = tokens
        return out

    def _write(
        self, i: int, verdict: Verdict, n: int, group: Sequence[tuple[SpanVote, bool]]
    ) -> bytes:
        """Set the entities of a doc, count what changed, and give its packed group."""
        words, spaces = read_words(self.docs, i, self._strings)
        starts = _character_starts(words, spaces)
        self._labels.update(vote.label for vote, _ in group)
        self._tokens[i] = _new_entities(self.docs, i, verdict, n, group)
        read, number = _join(words, spaces), self._first + i
        add_flips(self.report, verdict, n, group, read, number=number)
        return _new_group(verdict, n, group, words, starts, self.key, self.codec)

    def _pass_on(self, verdict: Verdict, n: int, ours: bytes) -> bytes:
        """The packed group of a doc that does not change, with the new settings."""
        votes, settings = verdict.stored[n], verdict.revoter.kept_settings
        if votes.lacking == verdict.lacking[n]:
            old, new = (
                self._pack_settings(votes.settings),
                self._pack_settings(settings),
            )
            if ours.count(old) == 1:  # nothing else looks like it
                return ours.replace(old, new)
        content = self.codec.load(ours)
        content["attrs"][DECIDED] = verdict.decide_alike(n)
        return self.codec.dump(content)

    def _pack_settings(self, settings: str) -> bytes:
        """As they stand in a packed group."""
        if settings not in self._settings:
            packed = self.codec.dump(SETTINGS) + self.codec.dump(settings)
            self._settings[settings] = packed
        return self._settings[settings]


def _character_starts(words: Sequence[str], spaces: Sequence[bool]) -> list[int]:
    """First character of each token, and the length of the text."""
    starts = [0]
    for word, space in zip(words, spaces, strict=True):
        starts.append(starts[-1] + len(word) + space)
    return starts


def _join(words: Sequence[str], spaces: Sequence[bool]) -> Callable[[int, int], str]:
    """What reads the text of a span."""

    def read(start: int, end: int) -> str:
        parts = zip(words[start:end], spaces[start:end], strict=True)
        return "".join(word + " " * space for word, space in parts).rstrip()

    return read


def _new_group(
    verdict: Verdict,
    n: int,
    group: Sequence[tuple[SpanVote, bool]],
    words: Sequence[str],
    starts: Sequence[int],
    key: str,
    codec: Codec,
) -> bytes:
    """The packed span group of a doc that changed."""
    votes = [vote for vote, _ in group]
    bounds = [
        [starts[v.start], starts[v.end - 1] + len(words[v.end - 1])] for v in votes
    ]
    attrs = pack_votes(bounds, votes, verdict.revoter.tagger)
    spans = [
        ((vote.start, vote.end), characters, vote.label)
        for vote, characters in zip(votes, bounds, strict=True)
    ]
    return pack_group(key, spans, attrs | new_extra(verdict, n, group), codec)


def _new_entities(
    docs: DocBin,
    i: int,
    verdict: Verdict,
    n: int,
    group: Sequence[tuple[SpanVote, bool]],
) -> Any:
    """The token attributes of a doc that changed; the same if they hold no entities."""
    table = EntityTable.of(docs, i)
    if not {ENT_IOB, ENT_TYPE} <= set(table.columns):
        return table.tokens
    kept = []
    if not verdict.revoter.settings.overwrite_ents:
        ours = verdict.stored[n].our_spans()
        hashes = {(start, end, get_string_id(label)) for start, end, label in ours}
        kept = [(s, e) for s, e, label in table.read() if (s, e, label) not in hashes]
    busy = table.clear(kept)
    for vote, entity in group:
        if entity and not busy[vote.start : vote.end].any():
            table.add(vote.start, vote.end, vote.label)
    return table.tokens
