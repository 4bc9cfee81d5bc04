"""Reader of web pages (CDC journals): their paragraphs."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from .archives import Documents, unzip
from .plain import decode

SKIPPED = frozenset("script style table nav header footer aside sup".split())
ENDING = frozenset("p div table ul ol li h1 h2 h3 h4 h5 h6 body".split())
_NUMBERS = re.compile(r"\s*\(\d{1,2}(?:[,–-]\s*\d{1,2})*\)")


class _Page(HTMLParser):
    """Collects paragraphs. A paragraph ends where another block begins: many old pages
    do not close theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.open: list[str] | None = None
        self.skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ENDING:
            self.finish()
        if tag in SKIPPED:
            self.skipping.append(tag)
        elif tag == "p" and not self.skipping:
            self.open = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ENDING:
            self.finish()
        if tag in self.skipping:
            while self.skipping.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open is not None and not self.skipping:
            self.open.append(data)

    def finish(self) -> None:
        """End the paragraph that is open."""
        if self.open:
            self.paragraphs.append(" ".join("".join(self.open).split()))
        self.open = None


def read_page(content: bytes) -> Documents:
    """One page: paragraphs until the references, without the numbers of citations."""
    page = _Page()
    page.feed(decode(content))
    page.finish()
    texts = page.paragraphs
    end = texts.index("References") if "References" in texts else len(texts)
    yield [_NUMBERS.sub("", text) for text in texts[:end]]


def read_pages(content: bytes) -> Documents:
    """A .zip of pages, or of JSON files with a page for each address.

    RAISES (ValueError): If it is no .zip, or holds bad JSON.
    """
    for name, file in unzip(content, r".*\.(?:html?|json)"):
        if name.endswith(".json"):
            pages = json.loads(decode(file))
            for text in pages.values() if isinstance(pages, dict) else ():
                yield from read_page(text.encode("utf-8"))
        else:
            yield from read_page(file)
