"""Label docs anew on their stored votes, after an edit of seeds or thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, Span

from ..vocab.assets import ClusterAssets
from ..voting.evidence import SpanVote
from .annotation import set_group
from .docs import blocked_spans
from .flips import Flip, RevoteReport, list_flips
from .revoter import Revoter
from .stored import DECIDED, RECORD, StoredVotes, pack_decided
from .verdict import Verdict

BATCH_DOCS = 512


def revote_docs(
    docs: Iterable[Doc],
    assets: ClusterAssets | str | Path | None = None,
    *,
    revoter: Revoter | None = None,
    spans_key: str = "bert_unsup",
    report: RevoteReport | None = None,
    batch_size: int = BATCH_DOCS,
) -> Iterator[Doc]:
    """Label docs anew that were tagged with `keep_votes`; no model is run.

    docs (Iterable[Doc]): Docs; they are changed.
    assets (Optional[ClusterAssets | str | Path]): Who votes now, as assets or a folder;
        None stands for the starter's own.
    revoter (Optional[Revoter]): Votes with other settings than those stored with the
        docs; `assets` is not read then.
    spans_key (str): The group that the component set.
    report (Optional[RevoteReport]): Filled with counts and flips.
    batch_size (int): Docs that are voted on at once.
    YIELDS (Doc): The same docs, in order; only those with other results are touched,
        but for the settings that are kept with them.
    RAISES (ConfigError, AssetsError): if a doc holds no votes, or those of another
        model, format or text.
    """
    report = report or RevoteReport()
    stream = iter(docs)
    while batch := list(islice(stream, batch_size)):
        stored = [
            StoredVotes.read(
                doc.spans[spans_key].attrs if spans_key in doc.spans else {},
                size=len(doc),
                where=name_doc(report.docs + i),
                key=spans_key,
            )
            for i, doc in enumerate(batch)
        ]
        revoter = revoter or Revoter.for_docs(stored[0], assets)
        for i, votes in enumerate(stored, report.docs):
            revoter.check(votes, name_doc(i))
        voted, verdict = vote_where_needed(revoter, stored)
        groups = verdict.groups() if verdict else {}
        for n, i in enumerate(voted):
            assert verdict is not None
            doc = batch[i]
            if n in groups:
                write_doc(doc, verdict, n, groups[n], key=spans_key)
                read = partial(_read_span, doc)
                add_flips(report, verdict, n, groups[n], read, number=report.docs + i)
            else:
                doc.spans[spans_key].attrs[DECIDED] = verdict.decide_alike(n)
        count_docs(report, stored, voted, verdict)
        yield from batch


def name_doc(number: int, source: str = "") -> str:
    """How messages name a doc; numbers are from 0."""
    return f"Doc {number + 1}" + (f" of {source}" if source else "")


def vote_where_needed(
    revoter: Revoter, stored: Sequence[StoredVotes]
) -> tuple[list[int], Verdict | None]:
    """Vote about the docs that this very vote did not label already.

    revoter (Revoter): Who votes.
    stored (Sequence[StoredVotes]): What docs hold.
    RETURNS (tuple[list[int], Optional[Verdict]]): Which docs, and the verdict on them;
        None where there are none.
    """
    voted = [i for i, votes in enumerate(stored) if not revoter.has_voted(votes)]
    return voted, revoter.vote([stored[i] for i in voted]) if voted else None


def count_docs(
    report: RevoteReport,
    stored: Sequence[StoredVotes],
    voted: Sequence[int],
    verdict: Verdict | None,
) -> None:
    """Add the counts of a batch to a report.

    report (RevoteReport): Where to.
    stored (Sequence[StoredVotes]): What the docs held.
    voted (Sequence[int]), verdict (Optional[Verdict]): Of `vote_where_needed`.
    """
    lacking = [votes.lacking for votes in stored]
    if verdict is not None:
        report.changed += int(verdict.changed.sum())
        for i, found in zip(voted, verdict.lacking, strict=True):
            lacking[i] = found
    report.docs += len(stored)
    report.unseen += sum(unseen for unseen, _ in lacking)
    report.missing += sum(missing for _, missing in lacking)


def _read_span(doc: Doc, start: int, end: int) -> str:
    return doc[start:end].text


def add_flips(
    report: RevoteReport,
    verdict: Verdict,
    i: int,
    group: Sequence[tuple[SpanVote, bool]],
    read: Callable[[int, int], str],
    *,
    number: int,
) -> None:
    """Add what changed in a doc to a report.

    report (RevoteReport): Where to.
    verdict (Verdict): Of several docs.
    i (int): The doc's place among them.
    group (Sequence[tuple[SpanVote, bool]]): The new spans.
    read (Callable[[int, int], str]): Gives the text of a span of tokens.
    number (int): The doc's place among all docs.
    """
    held = verdict.held(i)
    after = {(v.start, v.end): (v, entity) for v, entity in group}
    for bounds, old, new in list_flips(held, after):
        start, end = bounds
        before, now = held.get(bounds), after.get(bounds)
        wanted = len(report.flips) < report.most
        turns = verdict.turns(i, bounds, held=before is not None) if wanted else []
        report.add(
            Flip(
                number,
                start,
                end,
                read(start, end),
                old,
                new,
                before.score if before else None,
                now[0].score if now else None,
                turns,
            )
        )


def write_doc(
    doc: Doc,
    verdict: Verdict,
    i: int,
    group: Sequence[tuple[SpanVote, bool]],
    *,
    key: str,
) -> None:
    """Set the span group and the entities of a doc anew.

    Entities that are not in the old group stay, and so does what they cover.

    doc (Doc): The doc.
    verdict (Verdict): Of a batch.
    i (int): The doc's place in it.
    group (Sequence[tuple[SpanVote, bool]]): The new spans.
    key (str): The group.
    """
    votes = [vote for vote, _ in group]
    stored, revoter = verdict.stored[i], verdict.revoter
    ours, overwrite = stored.our_spans(), revoter.settings.overwrite_ents
    old = [e for e in doc.ents if (e.start, e.end, e.label_) not in ours]
    old, blocked = ([], []) if overwrite else (old, blocked_spans(doc))
    extra = new_extra(verdict, i, group)
    set_group(
        doc, key, votes, revoter.tagger, name=stored.attrs["component"], extra=extra
    )
    busy = {token for span in (*old, *blocked) for token in range(span.start, span.end)}
    ents = [
        Span(doc, vote.start, vote.end, label=vote.label)
        for vote, entity in group
        if entity and busy.isdisjoint(range(vote.start, vote.end))
    ]
    doc.set_ents([*old, *ents], blocked=blocked, default="outside")


def new_extra(
    verdict: Verdict, i: int, group: Sequence[tuple[SpanVote, bool]]
) -> dict[str, Any]:
    """The attrs of a group that a later vote needs; arguments as in `write_doc`."""
    attrs = verdict.stored[i].attrs
    settings = verdict.revoter.kept_settings
    votes, entities = [v for v, _ in group], [entity for _, entity in group]
    return {
        "component": attrs["component"],
        RECORD: attrs[RECORD],
        DECIDED: pack_decided(votes, entities, settings, lacking=verdict.lacking[i]),
    }
