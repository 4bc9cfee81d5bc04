"""Readers of XML: articles (JATS), textbooks (CNXML), documents (TEI), answers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from .archives import Documents
from .text import CITED, MISSING, drop_citations


@dataclass(frozen=True, slots=True)
class Style:
    """What elements of a format mean, by their names without namespace.

    paragraph (str): Holds a paragraph.
    skip (frozenset[str]): Left out with everything in them.
    missing (frozenset[str]): Left out of a sentence that needs them.
    cited (frozenset[str]): References; an empty one counts as missing.
    """

    paragraph: str
    skip: frozenset[str]
    missing: frozenset[str] = frozenset()
    cited: frozenset[str] = frozenset()


JATS = Style(
    paragraph="p",
    skip=frozenset(
        "fig fig-group table-wrap table-wrap-group table disp-formula fn fn-group "
        "disp-formula-group supplementary-material media ref-list object-id ack".split()
    ),
    missing=frozenset(["inline-formula", "inline-graphic", "tex-math", "math"]),
    cited=frozenset(["xref"]),
)
CNXML = Style(
    paragraph="para",
    skip=frozenset(
        "exercise problem solution note table figure media equation footnote glossary "
        "title list example".split()
    ),
    missing=frozenset(["math"]),
    cited=frozenset(["link"]),
)
TEI = Style(
    paragraph="p",
    skip=frozenset(
        "note list table opener closer head figure dateline signed postscript".split()
    ),
    missing=frozenset(["gap"]),
)
BLOCKS = frozenset("p para item list-item lb break quote title sec".split())
OPEN = re.compile(
    r"creativecommons\.org/(?:licenses/by/|publicdomain/zero/)"
    r"|creative commons attribution|\bcc0\b|\bcc[ -]by\b",
    re.IGNORECASE,
)
CLOSED = re.compile(
    r"non-?\s?commercial|no-?\s?deriv|share-?\s?alike|by-(?:nc|nd|sa)", re.IGNORECASE
)
MOST = 40
"""Paragraphs of one TEI document."""


def read_jats(content: bytes) -> Documents:
    """An article under CC BY or CC0: abstracts and body. No other licence is read.

    RAISES (ValueError): If it is no well-formed XML.
    """
    root = _parse(content)
    meta = root.find("front/article-meta")
    if root.tag != "article" or meta is None or not _is_open(meta):
        return
    roots = [*meta.findall("abstract"), *root.findall("body")]
    yield [text for part in roots for text in _paragraphs(part, JATS)]


def read_cnxml(content: bytes) -> Documents:
    """A module: its body. Sections with a class are exercises, summaries and the like.

    RAISES (ValueError): If it is no well-formed XML.
    """
    root = _parse(content)
    title = next((node.text for node in root if _name(node) == "title"), None)
    for part in root:
        if _name(part) == "content" and title != "Preface":
            yield list(_paragraphs(part, CNXML))


def read_tei(content: bytes) -> Documents:
    """The documents of a volume: elements `div` of the type "document".

    RAISES (ValueError): If it is no well-formed XML.
    """
    for node in _parse(content).iter():
        if _name(node) == "div" and node.get("type") == "document":
            yield list(_paragraphs(node, TEI))[:MOST]


def read_answers(content: bytes) -> Documents:
    """MedQuAD: the answers, without questions; blanks part their paragraphs.

    RAISES (ValueError): If it is no well-formed XML.
    """
    answers = (node.text or "" for node in _parse(content).iter("Answer"))
    lines = (line for text in answers for line in re.split(r"\n|\s{3,}", text))
    yield [re.sub(r"\s+:", ":", line.lstrip("- ")) for line in lines]


def _parse(content: bytes) -> ET.Element:
    try:
        return ET.fromstring(content)
    except ET.ParseError as error:
        raise ValueError(str(error)) from error


def _name(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _is_open(meta: ET.Element) -> bool:
    nodes = [
        inner
        for tag in ("permissions", "license", "copyright-statement")
        for node in meta.iter(tag)
        for inner in node.iter()
    ]
    words = [
        word for n in nodes for word in (*n.attrib.values(), n.text or "", n.tail or "")
    ]
    terms = " ".join(" ".join(words).split())
    return bool(OPEN.search(terms)) and not CLOSED.search(terms)


def _paragraphs(node: ET.Element, style: Style) -> Iterator[str]:
    for child in node:
        name = _name(child)
        if name in style.skip or (name == "section" and child.get("class")):
            continue
        if name == style.paragraph:
            yield drop_citations(" ".join(_flatten(child, style).split()))
        else:
            yield from _paragraphs(child, style)


def _flatten(node: ET.Element, style: Style) -> str:
    parts = [node.text or ""]
    for child in node:
        name = _name(child)
        if name in style.missing:
            parts.append(MISSING)
        elif name not in style.skip:
            inner = _flatten(child, style)
            if name in style.cited:
                inner = f"{CITED}{inner}{CITED}" if inner.strip() else MISSING
            parts.append(f" {inner} " if name in BLOCKS else inner)
        parts.append(child.tail or "")
    return "".join(parts)
