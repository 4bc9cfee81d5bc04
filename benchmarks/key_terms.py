"""Key terms by the decoder's bias against TF-IDF, judged by the articles' abstracts.

Reads a file of articles (one paragraph a line, a blank line between articles, the
abstract first). The words of the best terms of the body are looked up in the abstract,
which neither side has read. TF-IDF learns its weights from the same bodies.

    python benchmarks/key_terms.py --data ARTICLES.txt.xz [--docs 200] [--out FILE.md]
        [--show 10 --show-out FILE.md --sources FILE.tsv.xz]
"""

from __future__ import annotations

import argparse
import lzma
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from spacy_bert_unsup.types import Floats
from spacy_bert_unsup.util import write_text

WORD = re.compile(r"[^\W\d_]{3,}")
TOP = 10


@dataclass(frozen=True)
class Article:
    """An article: its place in the file, its abstract, and the start of its body."""

    place: int
    abstract: str
    body: str

    def reference(self) -> set[str]:
        """Words of the abstract that say something."""
        return {*WORD.findall(self.abstract.lower())} - ENGLISH_STOP_WORDS


def main() -> None:
    """Print the shares, and write the terms of some articles side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--docs", type=int, default=200)
    parser.add_argument("--offset", type=int, default=0, help="take other articles")
    parser.add_argument("--words", type=int, default=1000, help="of each body")
    parser.add_argument("--out", type=Path, help="write the table there too")
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--show-out", type=Path, help="write terms side by side there")
    parser.add_argument("--sources", type=Path, help="file, address, title: one a line")
    options = parser.parse_args()
    articles = read_articles(options)
    methods = {
        "TF-IDF over these articles": rank_by_tfidf(articles),
        "`Doc._.key_terms`, starter": rank_by_importance(articles),
        "the same, ranked by count alone": rank_by_importance(articles, power=0),
    }
    table = make_table(articles, methods)
    sys.stdout.write(table)
    if options.out is not None:
        write_text(options.out, table)
    if options.show_out is not None:
        addresses = read_addresses(options.sources, options.data.name.split(".")[0])
        page = show_side_by_side(articles[: options.show], methods, addresses)
        write_text(options.show_out, page)


def read_articles(options: argparse.Namespace) -> list[Article]:
    """Articles spread evenly over the file."""
    opened = lzma.open if options.data.suffix == ".xz" else open
    with opened(options.data, "rt", encoding="utf8") as file:
        found = [part.split("\n") for part in file.read().strip().split("\n\n")]
    usable = [(i, lines) for i, lines in enumerate(found) if len(lines) > 5]
    step = max(1, len(usable) // options.docs)
    chosen = usable[options.offset :: step][: options.docs]
    return [
        Article(i, lines[0], " ".join(" ".join(lines[1:]).split()[: options.words]))
        for i, lines in chosen
    ]


def rank_by_tfidf(articles: list[Article]) -> list[list[str]]:
    """Words and pairs of words by TF-IDF, best first."""
    vectorizer = TfidfVectorizer(
        stop_words="english",
        token_pattern=WORD.pattern,
        ngram_range=(1, 2),
        sublinear_tf=True,
    )
    matrix = vectorizer.fit_transform([article.body for article in articles])
    names = vectorizer.get_feature_names_out()
    ranked = []
    for i in range(matrix.shape[0]):
        row = matrix[i].tocoo()
        order = np.argsort(-row.data, kind="stable")[: 3 * TOP]
        ranked.append([str(names[row.col[k]]) for k in order])
    return ranked


def rank_by_importance(articles: list[Article], **settings: float) -> list[list[str]]:
    """Key terms of the starter, best first."""
    nlp = spacy.blank("en")
    config = {"key_terms": {"most": 3 * TOP, **settings}}
    nlp.add_pipe("bert_unsup_importance", config=config)
    docs = nlp.pipe(article.body for article in articles)
    return [[term["text"] for term in doc._.key_terms] for doc in docs]


def first_words(terms: list[str]) -> list[str]:
    """The first different words of ranked terms."""
    words = [word for term in terms for word in WORD.findall(term.lower())]
    return list(dict.fromkeys(words))[:TOP]


def overlap(article: Article, terms: list[str]) -> float:
    """Share of the first words that stand in the abstract."""
    wanted = article.reference()
    return sum(word in wanted for word in first_words(terms)) / TOP


def make_table(articles: list[Article], methods: dict[str, list[list[str]]]) -> str:
    """The table in Markdown."""
    lines = [
        f"| {len(articles)} articles | first {TOP} words that stand in the abstract "
        "| more than the first line |",
        "|---|---:|---:|",
    ]
    first = None
    for name, ranked in methods.items():
        pairs = zip(articles, ranked, strict=True)
        shares = np.array([overlap(*pair) for pair in pairs])
        first = shares if first is None else first
        more = show_mean(shares - first) if shares is not first else ""
        lines.append(f"| {name} | {show_mean(shares)} | {more} |")
    return "\n".join(lines) + "\n"


def show_mean(shares: Floats) -> str:
    """A mean over articles with its standard error."""
    error = shares.std() / np.sqrt(len(shares))
    return f"{shares.mean():.1%} ± {error:.1%}"


def read_addresses(path: Path | None, name: str) -> list[str]:
    """Where the articles of a file come from, in its order."""
    if path is None:
        return []
    with lzma.open(path, "rt", encoding="utf8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [row[1] for row in rows if row[0] == name]


def show_side_by_side(
    articles: list[Article], methods: dict[str, list[list[str]]], addresses: list[str]
) -> str:
    """A page with the best terms of some articles."""
    names = list(methods)[:2]
    lines = ["# Key terms, side by side", ""]
    lines += [f"| article | {names[0]} | {names[1]} |", "|---|---|---|"]
    for i, article in enumerate(articles):
        cells = [", ".join(mark(article, methods[name][i][:TOP])) for name in names]
        known = article.place < len(addresses)
        source = addresses[article.place] if known else f"article {article.place}"
        lines.append(f"| {source} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def mark(article: Article, terms: list[str]) -> list[str]:
    """Print the terms bold whose words all stand in the abstract."""
    wanted = article.reference()
    return [
        f"**{term}**" if {*WORD.findall(term.lower())} <= wanted else term
        for term in terms
    ]


if __name__ == "__main__":
    main()
