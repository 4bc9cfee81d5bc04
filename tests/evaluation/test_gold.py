import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.evaluation.gold import GoldSet, map_gold, read_gold
from spacy_bert_unsup.evaluation.texts import GoldText, LabelledSpan

ROME = GoldText(
    ("Ann", "saw", "Rome"), (LabelledSpan(0, 1, "PER"), LabelledSpan(2, 3, "LOC"))
)


def test_docbin_gives_the_same_as_conll(tmp_path):
    nlp = spacy.blank("en")
    doc = Doc(nlp.vocab, words=["Ann", "saw", "Rome"], spaces=[True, True, False])
    doc.ents = [Span(doc, 0, 1, label="PER"), Span(doc, 2, 3, label="LOC")]
    DocBin(docs=[doc]).to_disk(tmp_path / "gold.spacy")
    (tmp_path / "gold.conll").write_text("Ann\tB-PER\nsaw\tO\nRome\tB-LOC\n")
    (from_docbin,) = read_gold(tmp_path / "gold.spacy")
    (from_conll,) = read_gold(tmp_path / "gold.conll")
    assert from_docbin.words == from_conll.words
    assert from_docbin.spans == from_conll.spans == ROME.spans
    assert from_docbin.to_doc(nlp.vocab).text == "Ann saw Rome"


def test_unknown_spaces_become_spaces():
    doc = ROME.to_doc(spacy.blank("en").vocab)
    assert [token.text for token in doc] == list(ROME.words)
    assert doc.text == "Ann saw Rome "
    assert not doc.ents


@pytest.mark.parametrize("content", [b"", b"Ann\tB-PER\n", b"\x00" * 40])
def test_file_that_is_no_docbin(tmp_path, content):
    path = tmp_path / "gold.spacy"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"gold\.spacy is no \.spacy file"):
        read_gold(path)


@pytest.mark.parametrize("name", ["gold.conll", "gold.spacy"])
def test_missing_file(tmp_path, name):
    with pytest.raises(InputError, match=rf"Cannot read .*{name}"):
        read_gold(tmp_path / name)


def test_file_without_sentences(tmp_path):
    path = tmp_path / "gold.conll"
    path.write_text("\n\n")
    with pytest.raises(InputError, match="holds no sentence"):
        read_gold(path)


def test_map_renames_and_drops():
    (text,) = map_gold([ROME], {"PER": "PERSON", "LOC": None})
    assert text.spans == (LabelledSpan(0, 1, "PERSON"),)
    assert text.dropped == ((2, 3),)


def test_star_speaks_of_all_other_tags():
    (text,) = map_gold([ROME], {"PER": "PERSON", "*": None})
    assert text.dropped == ((2, 3),)
    (text,) = map_gold([ROME], {"*": "THING"})
    assert {span.label for span in text.spans} == {"THING"}


def test_tag_that_the_map_forgets():
    with pytest.raises(InputError, match="maps/x.json says nothing about .*: LOC"):
        map_gold([ROME], {"PER": "PERSON"}, where="maps/x.json")


def test_targets_include_what_the_map_can_give(tmp_path):
    path = tmp_path / "gold.conll"
    path.write_text("Ann\tB-PER\nsaw\tO\n")
    assert GoldSet.read(path).targets == {"PER"}
    label_map = {"PER": "PERSON", "EVT": "EVENT", "MISC": None}
    assert GoldSet.read(path, label_map).targets == {"PERSON", "EVENT"}


@pytest.mark.parametrize(
    ("most", "kept"), [(1, "a"), (3, "aei"), (5, "acegi"), (10, "abcdefghij")]
)
def test_thin_keeps_evenly_spaced_texts(most, kept):
    gold = GoldSet("x", [GoldText((char,), ()) for char in "abcdefghij"], frozenset())
    assert "".join(text.words[0] for text in gold.thin(most).texts) == kept
