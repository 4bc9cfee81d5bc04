"""Readers of plain text, of WikiExtractor files, and of prose in YAML and JSON."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from statistics import median
from typing import Any

import srsly

from .archives import Documents
from .text import MISSING, tidy

WRAPPED = 100
"""Characters: a text whose lines are shorter, by the median, was wrapped by hand."""
STUB = 30
"""Words of the shortest article that is taken."""
PROSE = 12
"""Words of the shortest factbook entry."""
_DOC = re.compile(r'<doc id="[^"]*"[^>]*? title="([^"]*)">\n(.*?)</doc>', re.DOTALL)
_LISTS = re.compile(r"Lists? of |.*\(disambiguation\)|\d{4}[-–\d]* .*(season|results)")
_TAIL = frozenset(
    "See also.|References.|External links.|Notes.|Further reading.|Bibliography."
    "|Sources.|Footnotes.|Discography.|Filmography.|Citations.".split("|")
)
_AGENCIES = re.compile(r"(?<=[.!?\"”])(?:\s*\([^()]{2,60}\))+$")


def decode(content: bytes) -> str:
    """RETURNS (str): UTF-8 text; of an older file, text of Windows code page 1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_text(content: bytes) -> Documents:
    """One document, a paragraph a line; lines wrapped by hand are joined.

    Applause marks and paragraph numbers are dropped.
    """
    text = re.sub(r"\s*\([^()]*[Aa]pplause[^()]*\)", "", decode(content))
    paragraphs = re.split(r"\n\s*\n" if is_wrapped(text) else r"\n", text)
    yield [re.sub(r"^\s*\d+\s*[.)]\s+(?=[A-Z])", "", part) for part in paragraphs]


def read_speech(content: bytes) -> Documents:
    """The same, but nothing of texts that were wrapped by hand or are damaged: their
    paragraphs cannot be told apart."""
    text = decode(content)
    if not is_wrapped(text) and MISSING not in text:
        yield from read_text(content)


def is_wrapped(text: str) -> bool:
    """Whether lines end where the margin was, and not where a paragraph does."""
    sizes = [len(line) for line in text.splitlines() if line.strip()]
    return len(sizes) > 3 and median(sizes) < WRAPPED


def read_wiki(content: bytes) -> Documents:
    """WikiExtractor: articles without lists, stubs, and sections from "See also" on.

    A sentence that lost a template (a blank before its punctuation) goes.
    """
    for title, body in _DOC.findall(decode(content)):
        lines = html.unescape(body).split("\n")[1:]
        end = next((i for i, line in enumerate(lines) if line in _TAIL), len(lines))
        kept = [_mend_wiki(line) for line in lines[:end]]
        if not _LISTS.match(title) and sum(len(k.split()) for k in kept) >= STUB:
            yield kept


def _mend_wiki(line: str) -> str:
    line = re.sub(r"\s*\([\s,;]*\)", "", line)
    return re.sub(r"\s(?=[.,;:])", MISSING, re.sub(r"\(\s*[,;]\s*", "(", line))


def read_events(content: bytes) -> Documents:
    """A day of Portal:Current events (YAML): its news, without the agencies' names.

    RAISES (ValueError): If it is no YAML.
    """
    day = srsly.yaml_loads(decode(content))
    if isinstance(day, dict) and isinstance(day.get("wikipedia"), dict):
        items = _strings(day["wikipedia"].get("categories"))
        yield [_AGENCIES.sub("", item) for item in items]


def read_factbook(content: bytes) -> Documents:
    """A country of the World Factbook (JSON): entries that are prose, with a full stop.

    RAISES (ValueError): If it is no JSON.
    """
    texts = _strings(json.loads(decode(content)))
    parts = (part for text in texts for part in re.split(r"<br\s*/?>|</?p>|\+\+", text))
    prose = (tidy(html.unescape(re.sub(r"<[^>]*>", "", part))) for part in parts)
    bare = (re.sub(r"^note(?: \d+)?: ", "", part) for part in prose)
    yield [_finish(part) for part in bare if _is_entry(part)]


def _is_entry(text: str) -> bool:
    words = text.split()
    numbers = len(re.findall(r"\d+", text))
    commas = text.count(",") + text.count(";")
    return (
        len(words) >= PROSE
        and "est.)" not in text
        and numbers <= len(words) / 8
        and commas <= len(words) / 4
    )


def _finish(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?", '"', ")")) else f"{text}."


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
