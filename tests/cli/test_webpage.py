from html.parser import HTMLParser

import pytest

from spacy_bert_unsup.cli.webpage import render_page, tooltip

ENT = {
    "start": 4,
    "end": 8,
    "label": "LOCATION",
    "text": "Rome",
    "confidence": 0.75,
    "label_scores": {"LOCATION": 0.75, "PERSON": 0.25},
    "evidence": [
        {"term": "Al", "probability": 0.5, "cue": "context", "labels": ["PERSON"]},
        {"term": "Oslo", "probability": 0.2, "cue": "context", "labels": ["LOCATION"]},
        {"term": "city", "probability": 0.1, "cue": "phrase", "labels": ["LOCATION"]},
    ],
}


def page_of(record, name="a text"):
    return render_page([(name, record)], title="T", facts="F")


class Reader(HTMLParser):
    """Collects tooltips, links and text, and checks that tags are closed."""

    VOID = {"meta", "br"}

    def __init__(self, page):
        super().__init__()
        self.open, self.titles, self.links, self.ids, self.text = [], [], [], [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.titles.append(found.get("title"))
        self.links.append(found.get("href"))
        self.ids.append(found.get("id"))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_entity_has_its_voters_as_tooltip_and_links_to_its_row():
    reader = Reader(page_of({"text": "see Rome now", "ents": [ENT]}))
    assert reader.open == []
    assert tooltip(ENT) in reader.titles
    (link,) = {link for link in reader.links if link}
    assert link.removeprefix("#") in reader.ids
    assert "LOCATION 1" in reader.text


def test_tooltip_puts_terms_for_the_label_first():
    assert tooltip(ENT).splitlines() == [
        "LOCATION 0.75",
        "Oslo  0.200  (context: LOCATION)",
        "city  0.100  (phrase: LOCATION)",
        "Al  0.500  (context: PERSON)",
    ]


@pytest.mark.parametrize("nasty", ['<b>"x"</b>', "a & b", "$title {bg}"])
def test_everything_is_escaped(nasty):
    evidence = [{"term": nasty, "probability": 1.0, "cue": nasty, "labels": [nasty]}]
    ent = ENT | {"text": nasty, "label": nasty, "start": 0, "end": len(nasty)}
    ent["evidence"] = evidence
    page = page_of({"text": nasty, "ents": [ent]}, name=nasty)
    reader = Reader(page)
    assert "<b>" not in page
    assert reader.open == []
    assert any(title and nasty in title for title in reader.titles)
    assert reader.text.count(nasty) >= 5


def test_text_without_entities_and_spans_of_others():
    assert "No entities." in page_of({"text": "nothing", "ents": []})
    other = ENT | {"confidence": None, "evidence": [], "label_scores": {}}
    Reader(page_of({"text": "see Rome now", "ents": [other]}))


def test_page_loads_nothing_from_elsewhere():
    page = page_of({"text": "see Rome now", "ents": [ENT]})
    assert "http" not in page and "src=" not in page
