import json

import pytest

from scripts.corpus import plain
from scripts.corpus.text import MISSING

LONG = (
    "We meet today, my friends, to speak of mills and of rivers, of bread and of roads."
)


def test_text_with_a_paragraph_a_line():
    text = (
        f"THE SPEECH\n\n{LONG} {LONG} (Applause.)\n12. {LONG} {LONG}\n{LONG} {LONG}\n"
    )
    (document,) = plain.read_text(text.encode("utf-8-sig"))
    assert [line for line in document if line][1:] == [f"{LONG} {LONG}"] * 3


def test_text_that_was_wrapped_by_hand():
    text = "\n".join(["We meet today", "to speak of", "mills.", "", "They", "turn."])
    (document,) = plain.read_text(text.encode())
    joined = [" ".join(part.split()) for part in document]
    assert joined == ["We meet today to speak of mills.", "They turn."]
    assert list(plain.read_speech(text.encode())) == []


def test_speech_of_paragraphs():
    text = "\n".join([f"{LONG} {LONG}"] * 4)
    assert len(list(plain.read_speech(text.encode()))) == 1
    assert list(plain.read_speech(f"{text}\nmills {MISSING}".encode())) == []


def test_old_encoding():
    assert plain.decode("Café – “now”".encode("cp1252")) == "Café – “now”"
    assert plain.decode("\ufeffCafé".encode()) == "Café"


def wiki(title, *lines):
    body = "\n".join(lines)
    return f'<doc id="1" url="?curid=1" title="{title}">\n{title}\n\n{body}\n\n</doc>\n'


def test_wiki():
    text = "".join(
        [
            wiki("Stub"),
            wiki("A Mill", f"{LONG} {LONG} &amp; so on.", "The mill () is old.",
                 "It covers . It stays (; say) here.", "See also.", "Another Mill"),
            wiki("List of mills", LONG, LONG, LONG),
            wiki("Mill (disambiguation)", LONG, LONG, LONG),
        ]
    )  # fmt: skip
    (document,) = plain.read_wiki(text.encode())
    assert [line for line in document if line] == [
        f"{LONG} {LONG} & so on.",
        "The mill is old.",
        f"It covers{MISSING}. It stays (say) here.",
    ]


def test_events():
    text = """date: '2002-07-02'
source_page:
  portal: Portal:Current events/2002 July 2
wikipedia:
  categories:
    Uncategorized:
    - A mill in the old town burns down. (Reuters) (The Daily
      Mill)
    Arts:
      Books: [The book (new) is out.]
"""
    (document,) = plain.read_events(text.encode())
    wanted = ["A mill in the old town burns down.", "The book (new) is out."]
    assert document == wanted
    assert list(plain.read_events(b"date: '2002-07-02'\nother: {a: Text.}")) == []
    with pytest.raises(ValueError):
        list(plain.read_events(b"a: [b"))


def test_factbook():
    country = {
        "History": {"Background": {"text": f"<p>{LONG}</p><p>{LONG} ++ {LONG}</p>"}},
        "Geography": {
            "Area": {"total": {"text": "12 sq km"}},
            "Climate": {"text": "warm &amp; dry in summer, with rain that falls in the "
                        "<strong>hills</strong> and along the coast"},
            "Ports": {"text": "Alford, Berwick, Corby, Derby, Ely, Frome, Goole, Hull, "
                      "Ilford, Jarrow, Kendal, Leeds, Malton"},
            "Rate": {"text": "the rate of the mills is 12 of 100 in 1990, 13 in 1991, "
                     "15 in 1992, and 17 of 100 (2010 est.)"},
        },
    }  # fmt: skip
    (document,) = plain.read_factbook(json.dumps(country).encode())
    assert document[:-1] == [LONG] * 3
    assert document[-1].startswith("Warm & dry in summer")
    assert document[-1].endswith("hills and along the coast.")
    with pytest.raises(ValueError):
        list(plain.read_factbook(b"{"))
