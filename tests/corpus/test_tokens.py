import json

import pytest

from scripts.corpus import tokens
from scripts.corpus.pages import read_page, read_pages
from tests.corpus.packing import zipped


def test_columns_without_labels():
    text = (
        "BRCA\tB-GENE\n-\tI-GENE\n1\tI-GENE\nacts\tO\n.\tO\n\nIt\tO\nstays\tO\n.\tO\n"
    )
    assert list(tokens.read_columns(text.encode())) == [["BRCA-1 acts.", "It stays."]]


def test_sentences_without_documents_are_grouped():
    text = "\n\n".join(["Yes\tO\n.\tO"] * 45)
    sizes = [len(document) for document in tokens.read_columns(text.encode())]
    assert sizes == [20, 20, 5]


def test_sentence_table():
    table = 'Sentence #,Word,POS,Tag\nSentence: 1,Mills,NNS,O\n,grind,VBP,O\n,".",.,O\n'
    table += 'Sentence: 2,"""",``,O\n,Café,NNP,B-org\n,"""",``,O\n,.,.,O\n'
    content = zipped({"ner_dataset.csv": table.encode("cp1252")})
    (document,) = tokens.read_sentence_table(content)
    assert document == ["Mills grind.", '"Café".']


@pytest.mark.parametrize("content", [b"PK", zipped({"a.csv": "Token,Tag\nMills,O\n"})])
def test_another_table(content):
    with pytest.raises((ValueError, LookupError)):
        list(tokens.read_sentence_table(content))


def test_gum():
    text = """<text id="GUM_bio_mill" type="bio">
<head>
<s>
A\tDT\ta
Mill\tNP\tMill
</s>
</head>
<p>
<s type="decl">
Smith\tNP\tSmith
&amp;\tCC\t&amp;
<ref target="x">
Sons\tNPS\tSon
</ref>
grind\tVVP\tgrind
.\tSENT\t.
[\t(\t[
17\tCD\t17
]\t)\t]
</s>
</p>
<figure>
<caption>
Not\tRB\tnot
<p>
Nor\tCC\tnor
</p>
</caption>
</figure>
<p>
They\tPP\tthey
stay\tVVP\tstay
.\tSENT\t.
</p>
</text>"""
    (document,) = tokens.read_gum(text.encode())
    assert document == ["Smith & Sons grind.", "They stay."]


PAGE = """<html><head><style>p {}</style><script>var p = "<p>Not this.</p>";</script>
<body><nav><p>Nor this.</p></nav><h1>Report</h1><P>Mills are&nbsp;old
(<i>1,2</i>).<sup>3</sup><p>Nobody closes a paragraph <b>here</b><ul><li>Nor this.</ul>
<table><tr><td><p>Nor this.</p></td></tr></table><p>In 12 (5%) it rained.</p>
<p><b>References</b></p><p>Nor this.</p></body></html>"""
KEPT = ["Mills are old.", "Nobody closes a paragraph here", "In 12 (5%) it rained."]


def test_page():
    (document,) = read_page(PAGE.encode())
    assert [text for text in document if text] == KEPT


def test_pages():
    content = zipped({"a.json": json.dumps({"one": PAGE, "two": PAGE}), "b/c.htm": PAGE,
                      "d.css": "p {}", "e.json": "[]"})  # fmt: skip
    assert len(list(read_pages(content))) == 3
