import pytest

from scripts.corpus import markup
from scripts.corpus.text import MISSING

LICENSE = (
    '<license xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xlink:href="http://creativecommons.org/licenses/by/4.0/"><license-p>Open.'
    "</license-p></license>"
)
ARTICLE = """<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD" "a.dtd">
<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><front><article-meta>
<permissions>{license}</permissions>
<abstract><title>Summary</title><p>Frogs&#160;<italic>sing</italic> at
night.</p></abstract></article-meta></front>
<body><sec><title>Introduction</title><p>Frogs sing [<xref ref-type="bibr">1</xref>,
<xref>2</xref>] at H<sub>2</sub>O<sup><xref>3</xref></sup>.
<fig><caption><p>A frog.</p></caption></fig></p>
<p>They weigh <inline-formula><mml:math>x</mml:math></inline-formula> grams.</p>
<table-wrap><p>Not this.</p></table-wrap></sec></body>
<back><ack><p>Thanks.</p></ack><ref-list><p>Nor this.</p></ref-list></back>
<sub-article><body><p>Decision letter.</p></body></sub-article></article>"""


def test_article():
    (document,) = markup.read_jats(ARTICLE.format(license=LICENSE).encode())
    assert document == [
        "Frogs sing at night.",
        "Frogs sing at H2O.",
        f"They weigh {MISSING} grams.",
    ]


@pytest.mark.parametrize(
    ("license", "open_"),
    [
        ("<license><p>A Creative Commons Attribution License.</p></license>", 1),
        ("<copyright-statement>CC-BY, Mill et al</copyright-statement>", 1),
        ("<license><p>Dedicated under CC0.</p></license>", 1),
        (LICENSE.replace("/by/", "/by-nc/"), 0),
        (LICENSE.replace("/by/", "/by-nd/"), 0),
        (LICENSE.replace("/by/", "/by-sa/"), 0),
        ("<license><p>Creative Commons Attribution Non-Commercial.</p></license>", 0),
        ("<license><p>Creative Commons Attribution-NoDerivs.</p></license>", 0),
        ("<license><p>Verbatim copying is permitted.</p></license>", 0),
        ("", 0),
    ],
)  # fmt: skip
def test_only_open_licences_are_read(license, open_):
    documents = list(markup.read_jats(ARTICLE.format(license=license).encode()))
    assert len(documents) == open_


def test_what_is_no_article():
    assert list(markup.read_jats(b"<results><p>Frogs sing.</p></results>")) == []
    with pytest.raises(ValueError, match="mismatched tag"):
        list(markup.read_jats(b"<article></body>"))


MODULE = """<document xmlns="http://cnx.rice.edu/cnxml" xmlns:m="http://m">
<title>{title}</title><metadata><abstract><para>Not this.</para></abstract></metadata>
<content><section class="learning-objectives"><para>Nor this.</para></section>
<para>A <term>mill</term> grinds <emphasis>corn</emphasis> (<link target-id="a"/>).
<link target-id="b"/> shows more. It turns<m:math><m:mi>x</m:mi></m:math> times.</para>
<section><title>Wheels</title><para>A wheel has
<link url="http://a">spokes</link>.<footnote>Or not.</footnote></para>
<figure><caption><para>Nor this.</para></caption></figure>
<note><para>Nor this.</para></note><exercise><problem><para>Nor this?</para></problem>
</exercise></section></content><glossary><para>Nor this.</para></glossary></document>"""


def test_module():
    (document,) = markup.read_cnxml(MODULE.format(title="Mills").encode())
    assert document == [
        f"A mill grinds corn. {MISSING} shows more. It turns{MISSING} times.",
        "A wheel has spokes.",
    ]
    assert list(markup.read_cnxml(MODULE.format(title="Preface").encode())) == []


def test_volume():
    paragraphs = "".join(f"<p>Paragraph {number}.</p>" for number in range(50))
    text = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><front><p>Not this.</p>
    </front><body><div type="chapter"><p>Nor this.</p>
    <div type="document" n="1"><head>Memo</head><opener><p>Nor this.</p></opener>
    <p>Mr. <persName>Lay</persName> came<note n="1"><p>Late.</p></note> in
    <pb n="2"/>time.<lb/>He left.</p><list><item><p>Nor this.</p></item></list></div>
    <div type="document" n="2">{paragraphs}</div></div></body></text></TEI>"""
    first, second = markup.read_tei(text.encode())
    assert first == ["Mr. Lay came in time. He left."]
    assert second == [f"Paragraph {number}." for number in range(40)]


def test_answers():
    text = """<Document><Focus>Fever</Focus><QAPairs><QAPair><Question>What?</Question>
    <Answer>Key Points
      - Fever is a sign.    -  Rest helps.     Blood test : A test.</Answer></QAPair>
    <QAPair><Question>How?</Question><Answer/></QAPair></QAPairs></Document>"""
    (document,) = markup.read_answers(text.encode())
    wanted = ["Key Points", "Fever is a sign.", "Rest helps.", "Blood test: A test."]
    assert [line for line in document if line] == wanted
