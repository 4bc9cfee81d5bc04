"""Readers of files with a token a line: words are joined again, labels dropped."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable

from .archives import Documents, unzip
from .plain import decode
from .text import join_tokens

TOGETHER = 20
"""Sentences that make one document, where the file says nothing of documents."""
_LEFT_OUT = re.compile(r"<(/?)(head|figure|caption|list|table|note|p)\b")


def read_columns(content: bytes) -> Documents:
    """A token and its label a line, a blank line between sentences (BioNLP sets).

    Its tokens are parts of words: hyphens and decimal points stand alone.
    """
    blocks = re.split(r"\n\s*\n", decode(content))
    tokens = ([line.split("\t")[0] for line in b.splitlines()] for b in blocks)
    yield from _group(join_tokens(block, hyphens=True) for block in tokens)


def read_sentence_table(content: bytes) -> Documents:
    """A zipped table (CSV) of tokens; the first of a sentence has its number.

    RAISES (ValueError, LookupError, csv.Error): If it is no .zip, or another table.
    """
    for _, table in unzip(content, r".*\.csv"):
        sentences: list[list[str]] = []
        for row in csv.DictReader(io.StringIO(decode(table))):
            if row["Sentence #"]:
                sentences.append([])
            sentences[-1].append(row["Word"] or "")
        yield from _group(join_tokens(sentence) for sentence in sentences)


def read_gum(content: bytes) -> Documents:
    """A GUM document: tokens in columns between tags, each on a line of its own.

    Headings, captions, lists and the numbers of Wikipedia's notes are dropped.
    """
    paragraphs: list[list[str]] = []
    depth, inside = 0, False
    for line in decode(content).splitlines():
        tag = _LEFT_OUT.match(line)
        if tag and tag[2] == "p":
            inside = not tag[1] and not depth
            paragraphs += [[]] if inside else []
        elif tag:
            depth += -1 if tag[1] else 1
        elif inside and not depth and not line.startswith("<"):
            paragraphs[-1].append(html.unescape(line.split("\t")[0]))
    texts = (join_tokens(tokens) for tokens in paragraphs)
    yield [re.sub(r"\s*\[\d+\]", "", text) for text in texts]


def _group(sentences: Iterable[str]) -> Documents:
    listed = list(sentences)
    for start in range(0, len(listed), TOGETHER):
        yield listed[start : start + TOGETHER]
