from html.parser import HTMLParser

import pytest

from spacy_bert_unsup.cli.tagging.webpage import render_page, tooltip


def voter(term, probability, cue, label, *, agrees):
    return {
        "term": term,
        "probability": probability,
        "cue": cue,
        "labels": [label],
        "agrees": agrees,
    }


ENT = {
    "start": 4,
    "end": 8,
    "label": "LOCATION",
    "text": "Rome",
    "confidence": 0.75,
    "label_scores": {"LOCATION": 0.75, "PERSON": 0.25},
    "evidence": [
        voter("Al", 0.5, "context", "PERSON", agrees=False),
        voter("Oslo", 0.2, "context", "GPE", agrees=True),
        voter("city", 0.1, "phrase", "LOCATION", agrees=True),
        voter("Rome", 1.0, "lexical", "GPE", agrees=True),
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


def test_tooltip_lists_the_terms_that_spoke_for_the_label():
    assert tooltip(ENT).splitlines() == [
        "LOCATION 0.75",
        "context: Oslo 0.200 (GPE)",
        "phrase: city 0.100 (LOCATION)",
        "lexical: Rome (GPE)",
    ]


def test_terms_for_other_labels_are_set_off():
    page = page_of({"text": "see Rome now", "ents": [ENT]})
    assert '<span class="other" title="context: Al 0.500 (PERSON)">Al</span>' in page
    assert page.count('class="own"') == 3


@pytest.mark.parametrize("nasty", ['<b>"x"</b>', "a & b", "$title {bg}"])
def test_everything_is_escaped(nasty):
    evidence = [voter(nasty, 1.0, nasty, nasty, agrees=True)]
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
