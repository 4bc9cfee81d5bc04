import pytest
import spacy
from spacy.tokens import DocBin

from spacy_bert_unsup.cli.tagging.shards import open_shards

NLP = spacy.blank("en")


def write(out, count, max_docs):
    with open_shards(out, max_docs=max_docs) as add:
        for i in range(count):
            add(NLP(f"text {i}"))


def read(path):
    return [doc.text for doc in DocBin().from_disk(path).get_docs(NLP.vocab)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("count", [0, 1, 3])
def test_one_file_if_they_fit(tmp_path, count):
    write(tmp_path / "out.spacy", count, 3)
    assert names(tmp_path) == ["out.spacy"]
    assert read(tmp_path / "out.spacy") == [f"text {i}" for i in range(count)]


def test_numbered_files_in_order(tmp_path):
    write(tmp_path / "new" / "out.spacy", 5, 2)
    files = names(tmp_path / "new")
    assert files == ["out-00001.spacy", "out-00002.spacy", "out-00003.spacy"]
    texts = [text for name in files for text in read(tmp_path / "new" / name)]
    assert texts == [f"text {i}" for i in range(5)]


def test_files_of_an_earlier_run_do_not_stay(tmp_path):
    out = tmp_path / "out.spacy"
    (tmp_path / "out-side.spacy").write_text("somebody else's")
    write(out, 5, 2)
    write(out, 3, 2)
    assert names(tmp_path) == ["out-00001.spacy", "out-00002.spacy", "out-side.spacy"]
    write(out, 1, 2)
    assert names(tmp_path) == ["out-side.spacy", "out.spacy"]


def test_a_failed_run_changes_nothing(tmp_path):
    out = tmp_path / "out.spacy"
    write(out, 1, 2)
    with pytest.raises(RuntimeError), open_shards(out, max_docs=2) as add:
        for i in range(5):
            add(NLP(f"new {i}"))
        raise RuntimeError
    assert names(tmp_path) == ["out.spacy"]
    assert read(out) == ["text 0"]
