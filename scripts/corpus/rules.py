"""Which files of which archive make which file of the corpus, and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .archives import Documents, unzip
from .markup import read_answers, read_cnxml, read_jats, read_tei
from .pages import read_pages
from .plain import read_events, read_factbook, read_speech, read_text, read_wiki
from .tokens import read_columns, read_gum, read_sentence_table

Reader = Callable[[bytes], Documents]
"""Reads one file of an archive."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A file of the archive that names the files to take.

    member (str): Its path.
    after (str): What it says before the names; names before that do not count.
    names (str): Regular expression whose group is a file's name without ending.
    """

    member: str
    after: str
    names: str


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of file in one archive.

    corpus (str): Name of the corpus file, without .txt.xz.
    archive (str): Name of the archive, without .tar.gz: REPOSITORY-COMMIT.
    members (str): Regular expression for the paths of its files.
    read (Reader): Reads one.
    least (int): Words of the shortest paragraph.
    share (float): Share of the documents, drawn by a hash of place and number.
    listing (Listing): Which of the files to take; None: all.
    """

    corpus: str
    archive: str
    members: str
    read: Reader
    least: int = 12
    share: float = 1.0
    listing: Listing | None = None


def read_addresses(content: bytes) -> Documents:
    """A .zip of plain texts, each a document.

    RAISES (ValueError): If it is no .zip.
    """
    for _, text in unzip(content, r".*/\d{4}-.*\.txt"):
        yield from read_text(text)


BOOKS = {
    "openstax_general": (
        "american-government-d8ce50dc1247",
        "astronomy-63157f370b09",
        "introduction-anthropology-418eedd9bef2",
        "introduction-business-f99a5bb2eeec",
        "introduction-philosophy-d7bd4f0f5205",
        "introduction-political-science-4391e659b98e",
        "introduction-sociology-d35d5f3bdac4",
        "principles-economics-bundle-cd31beb103ff",
        "principles-finance-3b7fc65c527e",
        "psychology-e061043bf2f9",
        "us-history-046331cfcea0",
        "world-history-3e17beda9130",
    ),
    "openstax_bio": (
        "anatomy-physiology-b0058a743bdd",
        "chemistry-bundle-32c719622fbb",
        "microbiology-ecf34dad129d",
    ),
}
ARTICLES = (
    "allofplos-07fdeed848b2",
    "openDiagram-6641b3758f4f",
    "optogenetics-fd35bbefcc22",
    "dictionary-475fd3acad31",
    "wellcome-2015-files-99d540766f0b",
    "pt195-529628a63a5b",
    "pygetpapers-b1591b7dac24",
    "CMdepressionTest-4b2dfc4b2fd2",
)
NLTK = "nltk_data-5db857e6f7df"
FRUS = "frus-dd8d076947bb"
UN = "Emotions_in_the_United_Nations_General_Debates-3b277c419f85"
TRAIN = Listing("splits.md", after="## train", names=r"(GUM_\w+)")
# The released articles: the thirty of the test set came later, with a list of theirs.
RELEASED = Listing("articles/ids/craft-idmappings-release", "", r"(?m)^(.+)\.nxml\t")

SOURCES = (
    Source("wikipedia", "WikiTasks-52b1f163137b", r"text/AA/wiki_\d+", read_wiki, 10),
    *(
        Source(name, f"osbooks-{book}", r"modules/.*/index\.cnxml", read_cnxml)
        for name, books in BOOKS.items()
        for book in books
    ),
    Source(
        "wikipedia_current_events",
        "current-events-context-4ff6f7d243c8",
        r"\d{4}/\d\d/\d{4}-\d\d-\d\d\.yaml",
        read_events,
        least=8,
    ),
    Source("frus", FRUS, r".*frus19(?:6[1-9]|[78]\d).*\.xml", read_tei, 15, share=0.16),
    Source("frus", FRUS, r".*frus(?:18|19[0-5]|1960).*\.xml", read_tei, 15, share=0.07),
    Source(
        "un_general_debate",
        UN,
        # Sessions from 1985 on; not "._NAME.txt", which a Mac left beside each file.
        r"data/data_original/TXT/Session (?:[4-7]\d) - \d{4}/[A-Z][^/]*\.txt",
        read_speech,
        least=20,
        share=0.2,
    ),
    Source(
        "gmb_voa_news",
        "Named-Entity-Recognition-with-NLP-bae7eccc99b1",
        r"ner_dataset\.csv\.zip",
        read_sentence_table,
        least=8,
    ),
    Source(
        "us_presidential_addresses",
        NLTK,
        r"packages/corpora/(?:state_union|inaugural)\.zip",
        read_addresses,
        least=8,
    ),
    Source(
        "cia_world_factbook",
        "factbook.json-8662a8b17a78",
        r"[a-z-]+/[a-z]{2}\.json",
        read_factbook,
    ),
    Source(
        "gum_train",
        "gum-72ce5ac14978",
        r"xml/GUM_(?:academic|bio|court|interview|news|textbook|voyage)_\w+\.xml",
        read_gum,
        least=8,
        listing=TRAIN,
    ),
    Source("elife", "elife-articles-6c97171e3855", r"elife\d+\.xml", read_jats),
    *(Source("cc_by_articles", name, r".*\.n?xml", read_jats) for name in ARTICLES),
    Source(
        "plant_food_articles",
        "tigr2ess-9612323fd84d",
        r".*/fulltext\.xml",
        read_jats,
        share=0.24,
    ),
    Source(
        "medquad",
        "MedQuAD-577bd37b96c0",
        # Answers of the parts 10, 11 and 12 are not there.
        r"[1-9]_[^/]+/.*\.xml",
        read_answers,
        least=9,
    ),
    Source(
        "cdc_mmwr_pcd",
        "harvest-cdc-journals-2d700a609e24",
        r"json-files/mmwr_art_html_1000_.*\.zip",
        read_pages,
        least=15,
    ),
    Source(
        "cdc_mmwr_pcd",
        "harvest-cdc-journals-4e8fe935a218",
        r"json-outputs/html/mmsu_art_en_html(?:_json)?\.zip|html-mirrors/pcd_2024\.zip",
        read_pages,
        least=15,
    ),
    Source(
        "bionlp_train_sentences",
        "MTL-Bioinformatics-2016-df0df02fae6d",
        r"data/(?!CRAFT|BC4CHEMD)[^/]+-IOB/train\.tsv",
        read_columns,
        least=8,
    ),
    Source(
        "craft",
        "CRAFT-2abe82b8bb80",
        r"articles/nxml/.*\.nxml",
        read_jats,
        listing=RELEASED,
    ),
)
NOT_COVERED = {"masc": "which of its texts are letters, spam or news is not clear"}
"""Files of the corpus that this tool does not make, and why."""
