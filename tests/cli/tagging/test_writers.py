from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, Span

from spacy_bert_unsup.cli.tagging.writers import choose_format, conll_lines
from spacy_bert_unsup.errors import InputError

VOCAB = spacy.blank("en").vocab


@pytest.mark.parametrize(
    ("wanted", "out", "expected"),
    [
        (None, None, "jsonl"),
        ("conll", None, "conll"),
        (None, "a.spacy", "spacy"),
        (None, "a.tsv", "conll"),
        ("jsonl", "a.txt", "jsonl"),
    ],
)
def test_choose_format(wanted, out, expected):
    assert choose_format(wanted, Path(out) if out else None) == expected


def test_format_that_cannot_be_chosen():
    with pytest.raises(InputError, match="suffix of a.pdf names no format"):
        choose_format(None, Path("a.pdf"))
    with pytest.raises(InputError, match="cannot go to stdout"):
        choose_format("spacy", None)


def labelled(words, spans, sent_starts=None):
    doc = Doc(VOCAB, words=words, sent_starts=sent_starts)
    doc.ents = [Span(doc, *span) for span in spans]
    return doc


def test_conll_without_sentences():
    doc = labelled(["Ann", "saw", "New", "York"], [(0, 1, "P"), (2, 4, "L")])
    assert conll_lines(doc) == "Ann\tB-P\nsaw\tO\nNew\tB-L\nYork\tI-L\n\n"


def test_conll_with_sentences_never_cuts_an_entity():
    words = ["Hi", "Ann", "Lee", "Bye"]
    doc = labelled(words, [(1, 3, "P")], sent_starts=[True, True, True, True])
    assert conll_lines(doc) == "Hi\tO\n\nAnn\tB-P\nLee\tI-P\n\nBye\tO\n\n"


def test_conll_of_an_empty_text():
    assert conll_lines(labelled([], [])) == ""
