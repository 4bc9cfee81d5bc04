"""A self-contained page of entities, with the votes as tooltips and in tables.

Uses displaCy's renderer itself: `displacy.render` keeps its result in a global.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from ...colors import color_of
from .records import OWN_WORDS, Record, voters_by_cue

PAGE = Path(__file__).parent / "page.html"
TOOLTIP_TERMS = 6

ENTITY = (
    '<mark class="entity" style="background: {bg}" title="{title}">'
    '<a href="#{anchor}">{text}</a><span class="label">{label}</span></mark>'
)


def render_page(
    records: Sequence[tuple[str, Record]], *, title: str, facts: str
) -> str:
    """A page of annotated texts.

    records (Sequence[tuple[str, dict[str, Any]]]): Names of texts, and what
        `doc_record` says about them.
    title (str): Heading.
    facts (str): What made it: model and version, in one line.
    RETURNS (str): HTML without anything to be loaded from elsewhere.
    """
    cards = [
        _card(name, record, f"text{number}")
        for number, (name, record) in enumerate(records, 1)
    ]
    counts = Counter(ent["label"] for _, record in records for ent in record["ents"])
    template = Template(PAGE.read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(title),
        facts=escape(facts),
        legend="".join(_legend(label, n) for label, n in counts.most_common()),
        cards="\n".join(cards),
    )


def tooltip(record: Record) -> str:
    """The reasons for an entity in a few lines.

    record (dict[str, Any]): From `span_record`.
    RETURNS (str): Plain text.
    """
    agreeing = [voter for voter in record["evidence"] if voter["agrees"]]
    lines = [_voter_line(voter) for voter in agreeing[:TOOLTIP_TERMS]]
    return "\n".join([_heading(record), *lines])


def _voter_line(voter: Record) -> str:
    share = "" if voter["cue"] == OWN_WORDS else f" {voter['probability']:.3f}"
    return f"{voter['cue']}: {voter['term']}{share} ({', '.join(voter['labels'])})"


def _heading(record: Record) -> str:
    score = record["confidence"]
    return record["label"] if score is None else f"{record['label']} {score:.2f}"


def _legend(label: str, count: int) -> str:
    return f'<li style="background: {color_of(label)}">{escape(label)} {count}</li>'


def _card(name: str, record: Record, prefix: str) -> str:
    from spacy.displacy import EntityRenderer

    renderer = EntityRenderer({"template": ENTITY})
    ents = [
        {
            "start": ent["start"],
            "end": ent["end"],
            "label": ent["label"],
            "params": {
                "label": escape(ent["label"]),
                "bg": color_of(ent["label"]),
                "title": escape(tooltip(ent)).replace("\n", "&#10;"),
                "anchor": f"{prefix}-{number}",
            },
        }
        for number, ent in enumerate(record["ents"], 1)
    ]
    body = renderer.render_ents(record["text"], ents, None)
    return (
        f'<section class="card"><h2>{escape(name)}</h2>{body}'
        f"{_evidence_table(record, prefix)}</section>"
    )


def _evidence_table(record: Record, prefix: str) -> str:
    if not record["ents"]:
        return '<p class="hint">No entities.</p>'
    rows = "".join(
        _evidence_row(ent, f"{prefix}-{number}")
        for number, ent in enumerate(record["ents"], 1)
    )
    return (
        f"<details><summary>Evidence for {len(record['ents'])} entities</summary>"
        '<div class="scroll"><table><tr><th>Entity</th><th>Label</th>'
        f"<th>Share</th><th>Terms that voted</th></tr>{rows}</table></div></details>"
    )


def _evidence_row(ent: Record, anchor: str) -> str:
    label = escape(ent["label"])
    return (
        f'<tr id="{anchor}"><td>{escape(ent["text"])}</td>'
        f'<td><span class="chip" style="background: {color_of(label)}">{label}</span>'
        f'</td><td class="number">{_bar(ent["confidence"])}</td>'
        f"<td>{_terms(ent)}</td></tr>"
    )


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    width = round(100 * share)
    return f'<span class="bar"><i style="width: {width}%"></i></span> {share:.2f}'


def _terms(ent: Record) -> str:
    return "<br>".join(
        f'<span class="cue">{escape(cue)}</span> {", ".join(map(_term, voters))}'
        for cue, voters in voters_by_cue(ent).items()
    )


def _term(voter: Record) -> str:
    kind = "own" if voter["agrees"] else "other"
    title = escape(_voter_line(voter))
    return f'<span class="{kind}" title="{title}">{escape(voter["term"])}</span>'
