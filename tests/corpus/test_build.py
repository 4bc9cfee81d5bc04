import gzip
import logging
import lzma
import re

import pytest

from scripts.corpus import __main__ as cli
from scripts.corpus.archives import read_members
from scripts.corpus.build import build_file
from scripts.corpus.filters import Exclusion
from scripts.corpus.plain import read_text
from scripts.corpus.rules import SOURCES, Listing, Source
from scripts.corpus.tokens import read_sentence_table
from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.pretrain.corpus import read_documents
from spacy_bert_unsup.pretrain.settings import CorpusConfig
from tests.corpus.packing import pack, zipped

ONE = "The old mill stood by the river for a hundred years before it fell."
TWO = "Nobody knew who had built it, for the books of the town were lost."
THREE = "A new mill was built on the hill, where the wind is strong at night."
FILES = {"a/1.txt": f"TITLE\n{ONE}\n{TWO}\n", "a/2.txt": THREE, "a/3.txt": "Short.",
         "b/4.txt": ONE, "notes.md": TWO}  # fmt: skip
RULE = Source("mills", "mills-0123456789ab", r"a/\d\.txt", read_text)


def build(folder, source=RULE, exclusion=None):
    out = folder / "corpus" / "mills.txt.xz"
    exclusion = exclusion or Exclusion()
    counts = build_file([source], folder, out, exclusion=exclusion, quiet=True)
    return counts, lzma.open(out, "rt", encoding="utf-8").read()


@pytest.fixture
def folder(tmp_path):
    pack(tmp_path / "mills-0123456789ab.tar.gz", FILES)
    return tmp_path


def test_documents_are_written_as_pretrain_reads_them(folder):
    counts, text = build(folder)
    assert text == f"{ONE}\n{TWO}\n\n{THREE}\n\n"
    assert (counts.documents, counts.paragraphs, counts.words) == (2, 3, 43)
    read = list(read_documents(CorpusConfig(folder=str(folder / "corpus"))))
    assert [document.paragraphs for document in read] == [[ONE, TWO], [THREE]]
    assert read[0].source == "mills"


def test_what_an_evaluation_set_knows_is_left_out(folder):
    counts, text = build(folder, exclusion=Exclusion([TWO]))
    assert text == f"{ONE}\n\n{THREE}\n\n"
    assert counts.excluded == 1


def test_listed_files_only(folder):
    listing = Listing("a/1.txt", after="the river", names=r"it (f)ell")
    with pytest.raises(InputError, match="has no text for mills"):
        build(folder, Source(*SOURCE_FIELDS, listing=listing))
    pack(
        folder / "mills-0123456789ab.tar.gz", FILES | {"names": "x 1\n## train\n* 2\n"}
    )
    listing = Listing("names", after="## train", names=r"\d")
    _, text = build(folder, Source(*SOURCE_FIELDS, listing=listing))
    assert text == f"{THREE}\n\n"


SOURCE_FIELDS = (RULE.corpus, RULE.archive, RULE.members, RULE.read)


def test_a_missing_list_is_named(folder):
    listing = Listing("splits.md", "", r"\d")
    with pytest.raises(InputError, match="mills-0123456789ab.*'splits.md'"):
        build(folder, Source(*SOURCE_FIELDS, listing=listing))


def test_a_share_is_drawn_the_same_way_each_time(tmp_path):
    numbers = "one two three four five six seven eight nine ten".split()
    texts = {f"a/{i}.txt": ONE.replace("hundred", n) for i, n in enumerate(numbers)}
    pack(tmp_path / "mills-0123456789ab.tar.gz", texts)
    half = Source(*SOURCE_FIELDS, share=0.5)
    counts, text = build(tmp_path, half)
    assert 0 < counts.documents < 10
    assert build(tmp_path, half)[1] == text


def test_a_file_that_cannot_be_read_is_logged_and_left_out(folder, caplog):
    def read(content):
        yield from read_text(content)
        if b"TITLE" in content:
            raise ValueError("not well-formed")

    counts, text = build(folder, Source(RULE.corpus, RULE.archive, RULE.members, read))
    assert text == f"{THREE}\n\n"
    assert counts.unreadable == 1
    assert "a/1.txt left out: not well-formed" in caplog.text
    assert "mills-0123456789ab.tar.gz" in caplog.text


def test_a_table_that_cannot_be_read_is_left_out_too(tmp_path, caplog):
    head = "Sentence #,Word\n"
    bad = f"{head}1,{'x' * 200_000}\n"  # more than a field of `csv` may hold
    good = f"{head}1," + "\n,".join(ONE.split()) + "\n"
    pack(
        tmp_path / "mills-0123456789ab.tar.gz",
        {"a/1.txt": zipped({"a.csv": bad}), "a/2.txt": zipped({"a.csv": good})},
    )
    source = Source(RULE.corpus, RULE.archive, RULE.members, read_sentence_table)
    counts, text = build(tmp_path, source)
    assert text == f"{ONE}\n\n"
    assert counts.unreadable == 1
    assert "a/1.txt left out: field larger" in caplog.text


@pytest.mark.parametrize("damage", ["cut", "flipped", "page"])
def test_a_damaged_archive_is_named_and_leaves_the_old_file(folder, damage):
    build(folder)
    old = (folder / "corpus" / "mills.txt.xz").read_bytes()
    archive = folder / "mills-0123456789ab.tar.gz"
    content = archive.read_bytes()
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content = gzip.compress(gzip.decompress(content), 0)
        middle = len(content) // 2
        flipped = bytes([content[middle] ^ 1])
        content = content[:middle] + flipped + content[middle + 1 :]
    else:
        content = b"<html>Not Found</html>"
    archive.write_bytes(content)
    with pytest.raises(InputError, match="mills-0123456789ab.tar.gz.*delete the file"):
        build(folder)
    assert (folder / "corpus" / "mills.txt.xz").read_bytes() == old
    assert [path.name for path in (folder / "corpus").iterdir()] == ["mills.txt.xz"]


def test_an_archive_without_text_is_named(folder):
    with pytest.raises(InputError, match=r"mills-0123456789ab.tar.gz has no text"):
        build(folder, Source(RULE.corpus, RULE.archive, "c/.*", read_text))


def test_members_without_their_common_folder(folder):
    found = dict(read_members(folder / "mills-0123456789ab.tar.gz", r"b/.*"))
    assert found == {"b/4.txt": ONE.encode()}


def run(*arguments):
    cli.main([str(argument) for argument in arguments])


def test_command_line(tmp_path, caplog):
    speech = zipped({"inaugural/1789-Mill.txt": f"{ONE}\n{TWO}\n", "README": THREE})
    pack(
        tmp_path / "nltk_data-5db857e6f7df.tar.gz",
        {"packages/corpora/inaugural.zip": speech, "packages/corpora/x.zip": b"PK"},
    )
    gold = tmp_path / "gold.txt"
    gold.write_text(TWO, encoding="utf-8")
    caplog.set_level(logging.INFO)
    out = tmp_path / "corpus"
    run(
        tmp_path, "--out", out, "--only", "us_presidential_addresses", "--exclude", gold
    )
    written = out / "us_presidential_addresses.txt.xz"
    assert lzma.open(written, "rt", encoding="utf-8").read() == f"{ONE}\n\n"
    assert "us_presidential_addresses: Counts(documents=1" in caplog.text
    assert "masc is never made" in caplog.text


def test_a_source_that_fails_stops_no_other(tmp_path, caplog):
    (tmp_path / "elife-articles-6c97171e3855.tar.gz").write_bytes(b"<html>")
    pack(
        tmp_path / "WikiTasks-52b1f163137b.tar.gz",
        {"text/AA/wiki_00": f'<doc id="1" title="A">\nA\n\n{ONE} {TWO} {TWO}</doc>'},
    )
    out = tmp_path / "corpus"
    with pytest.raises(SystemExit, match="Not made: elife"):
        run(tmp_path, "--out", out, "--only", "elife", "wikipedia")
    assert [path.name for path in out.iterdir()] == ["wikipedia.txt.xz"]
    assert "elife-articles-6c97171e3855.tar.gz" in caplog.text


def test_command_line_without_archives(tmp_path):
    with pytest.raises(SystemExit, match=r"No WikiTasks-\w+\.tar\.gz in .*--extra"):
        run(tmp_path, "--out", tmp_path / "corpus", "--only", "wikipedia")
    assert not (tmp_path / "corpus").exists()


def test_command_line_with_another_name(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(tmp_path, "--only", "masc")
    assert "invalid choice: 'masc'" in capsys.readouterr().err


PLACES = {
    "wikipedia": "text/AA/wiki_63",
    "openstax_bio": "modules/m58788/index.cnxml",
    "wikipedia_current_events": "2002/07/2002-07-02.yaml",
    "un_general_debate": "data/data_original/TXT/Session 40 - 1985/ALB_40_1985.txt",
    "gmb_voa_news": "ner_dataset.csv.zip",
    "us_presidential_addresses": "packages/corpora/state_union.zip",
    "cia_world_factbook": "central-america-n-caribbean/aa.json",
    "gum_train": "xml/GUM_academic_art.xml",
    "elife": "elife00003.xml",
    "cc_by_articles": "PMC4655245/fulltext.xml",
    "plant_food_articles": "ocimum/PMC5806308/fulltext.xml",
    "medquad": "1_CancerGov_QA/0000001_1.xml",
    "cdc_mmwr_pcd": "json-files/mmwr_art_html_1000_20231112_json.zip",
    "bionlp_train_sentences": "data/BC2GM-IOB/train.tsv",
    "craft": "articles/nxml/BMC Genet-2-_-48141.nxml",
    "frus": "volumes/frus1955-57v08.xml",
    "openstax_general": "modules/m1/index.cnxml",
}
OTHERS = [
    "data/data_original/TXT/Session 39 - 1984/ALB_39_1984.txt",
    "data/data_original/TXT/Session 77 - 2022/._ALB_77_2022.txt",
    "data/BC2GM-IOB/test.tsv",
    "data/BC2GM-IOBES/train.tsv",
    "data/CRAFT-IOB/train.tsv",
    "data/BC4CHEMD-IOB/train.tsv",
    "xml/GUM_reddit_pandas.xml",
    "10_MPlus_ADAM_QA/0000001.xml",
    "packages/corpora/masc_tagged.zip",
]


@pytest.mark.parametrize("name", cli.names())
def test_rules_find_files_as_the_repositories_name_them(name):
    rules = [source for source in SOURCES if source.corpus == name]
    assert any(re.fullmatch(rule.members, PLACES[name]) for rule in rules)
    others = [o for o in OTHERS if name != "cc_by_articles" or not o.endswith("xml")]
    assert not any(re.fullmatch(r.members, o) for r in rules for o in others)
