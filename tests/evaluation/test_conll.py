import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import InputError
from spacy_bert_unsup.evaluation.conll import read_conll, write_conll
from spacy_bert_unsup.evaluation.texts import GoldText, LabelledSpan


def write(folder, text):
    path = folder / "gold.conll"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_sentences_and_spans(tmp_path):
    path = write(
        tmp_path,
        "-DOCSTART-\tO\n\nNew\tB-LOC\nYork\tI-LOC\nloves\tO\nRome\tB-LOC\n\nHi\tO\n",
    )
    assert read_conll(path) == [
        GoldText(
            ("New", "York", "loves", "Rome"),
            (LabelledSpan(0, 2, "LOC"), LabelledSpan(3, 4, "LOC")),
        ),
        GoldText(("Hi",), ()),
    ]


def test_reads_spaces_four_columns_and_iob1(tmp_path):
    path = write(tmp_path, "Ann NNP I-NP I-PER\nLee NNP I-NP I-PER\nBo N X B-PER\n")
    assert read_conll(path)[0].spans == (
        LabelledSpan(0, 2, "PER"),
        LabelledSpan(2, 3, "PER"),
    )


def test_i_tag_of_another_type_opens_a_span(tmp_path):
    path = write(tmp_path, "a\tB-X\nb\tI-Y\n")
    assert read_conll(path)[0].spans == (
        LabelledSpan(0, 1, "X"),
        LabelledSpan(1, 2, "Y"),
    )


def test_windows_line_ends(tmp_path):
    path = write(tmp_path, "a\tB-X\r\n\r\nb\tO\r\n")
    assert [text.words for text in read_conll(path)] == [("a",), ("b",)]


@pytest.mark.parametrize("line", ["Rome\tLOC", "Rome\tE-LOC", "Rome\tB-", "Rome\tB"])
def test_tag_that_is_not_bio_names_file_and_line(tmp_path, line):
    path = write(tmp_path, f"a\tO\n\n{line}\n")
    with pytest.raises(InputError, match=r"gold\.conll, line 3: .*is not a BIO tag"):
        read_conll(path)


@pytest.mark.parametrize("line", ["Rome", "\tO"])
def test_line_without_token_or_tag_names_file_and_line(tmp_path, line):
    path = write(tmp_path, f"a\tO\n{line}\n")
    with pytest.raises(InputError, match=r"gold\.conll, line 2: expected a token"):
        read_conll(path)


def test_white_space_tokens_are_left_out():
    words = ["\n", "New", "\t", "York", " "]
    text = write_conll(words, [LabelledSpan(0, 4, "LOC")])
    assert text == "New\tB-LOC\nYork\tI-LOC\n\n"


def test_nothing_to_write():
    assert write_conll([" ", "\n"], []) == ""


@st.composite
def labelled_words(draw):
    alphabet = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"])
    words = draw(st.lists(st.text(alphabet, min_size=1), min_size=1, max_size=12))
    cuts = draw(st.sets(st.integers(0, len(words)), max_size=6))
    bounds = sorted(cuts)
    spans = [
        LabelledSpan(start, end, draw(st.sampled_from(["A", "B-C"])))
        for start, end in zip(bounds, bounds[1:], strict=False)
        if draw(st.booleans())
    ]
    return tuple(words), tuple(spans)


@given(labelled_words())
def test_what_is_written_is_read_again(tmp_path_factory, labelled):
    words, spans = labelled
    path = write(tmp_path_factory.mktemp("conll"), write_conll(words, spans))
    if words[0] != "-DOCSTART-":
        assert read_conll(path) == [GoldText(words, spans)]
