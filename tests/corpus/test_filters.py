import pytest

from scripts.corpus.filters import Exclusion, is_prose, keep_prose, split_long
from scripts.corpus.text import MISSING
from spacy_bert_unsup.errors import InputError

GOOD = "The old mill stood by the river for a hundred years before it fell."


def test_prose_stays():
    assert list(keep_prose(f"  {GOOD}\n", 12)) == [GOOD]
    assert is_prose(f"“{GOOD}”", 12)
    assert is_prose("mTOR is a protein of the cell that helps it to grow.", 12)


@pytest.mark.parametrize(
    "text",
    [
        GOOD[:-1],
        "the old mill stood by the river for a hundred years before.",
        "The mill fell.",
        f"{GOOD[:-1]}, says miller@example.org.",
        f"{GOOD[:-1]}, see https://example.org.",
        "THE OLD MILL STOOD BY THE RIVER FOR A HUNDRED YEARS BEFORE IT.",
        "The 12 34 56 78 90 12 34 56 78 90 12 34 56 78 90 of 7.",
        "Старая мельница the стояла a у реки in сто лет, пока it не упала.",
        "Mills rivers stones wheels millers flour bread ovens carts horses towns.",
    ],
)
def test_what_is_no_prose_goes(text):
    assert not is_prose(text, 10)


def test_sentences_with_something_missing_go():
    text = f"{GOOD} It is {MISSING} metres wide. {GOOD}"
    assert list(keep_prose(text, 12)) == [f"{GOOD} {GOOD}"]
    assert list(keep_prose(f"{GOOD} {MISSING} shows it.", 12)) == [GOOD]


def test_long_paragraphs_are_split_at_sentence_ends():
    size = len(GOOD.split())
    parts = list(split_long(" ".join([GOOD] * 100)))
    assert [len(part.split()) // size for part in parts] == [42, 42, 16]
    assert all(part.endswith("fell.") for part in parts)
    endless = "word " * 700
    assert [part.split() for part in split_long(endless)] == [["word"] * 700]


def test_exclusion_knows_runs_of_thirteen_words_whatever_the_signs():
    exclusion = Exclusion(
        ["the old mill stood by the RIVER for a hundred years , before it"]
    )
    assert exclusion.knows(f"Nobody knew why. {GOOD}")
    assert not exclusion.knows(GOOD.replace("river", "lake"))


def test_exclusion_knows_short_sentences_as_a_whole():
    exclusion = Exclusion(["Mills are built where the water runs fast .", "It fell ."])
    assert exclusion.knows("It is so. Mills are built where the water runs fast. Yes.")
    assert not exclusion.knows("Mills are built where the water runs fast and deep.")
    assert not exclusion.knows("It fell. Nobody knew why, for the water was low.")


def test_exclusion_of_files(tmp_path):
    words = GOOD[:-1].split()
    columns = tmp_path / "a.conll"
    columns.write_text("\n".join(f"{word}\tO" for word in words), encoding="utf-8")
    lines = tmp_path / "b.txt"
    lines.write_text("Mills are built where the water runs fast.\n", encoding="utf-8")
    exclusion = Exclusion.from_files([columns, lines])
    assert exclusion.knows(GOOD)
    assert exclusion.knows("Mills are built where the water runs fast.")
    assert not Exclusion.from_files([lines]).knows(GOOD)


def test_exclusion_of_a_file_that_is_no_text(tmp_path):
    bad = tmp_path / "bad.conll"
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="bad.conll.*--exclude"):
        Exclusion.from_files([bad])
    with pytest.raises(InputError, match="none.conll"):
        Exclusion.from_files([tmp_path / "none.conll"])
