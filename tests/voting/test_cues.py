from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.text import TokenizedText, encode_texts
from spacy_bert_unsup.voting.cues import (
    Template,
    ask_masks,
    context_queries,
    phrase_queries,
    plain_queries,
    voting_terms,
    window_of,
)
from tests.voting.words import encode_words

TEXT = "Mary Jones visited the city of Berlin with arthritis ."


def encode(lm, text=TEXT, *, window=40):
    return encode_words(lm, text, window=window)


def shown(lm, query):
    """What the model reads, the wanted places in brackets."""
    terms = [lm.terms[i] for i in query.ids]
    for place in query.positions:
        terms[place] = f"<{terms[place]}>"
    return " ".join(terms)


def ask(lm, template, *spans, text=TEXT, **settings):
    rows = np.array([(0, *span) for span in spans], np.int32)
    parsed = Template.parse(template, lm)
    queries, kept = context_queries(lm, encode(lm, text), rows, parsed, **settings)
    return [shown(lm, query) for query in queries], kept.tolist()


@pytest.mark.parametrize(
    "source", ["", "{phrase}", "[MASK] [MASK]", "{phrase} {phrase} [MASK]", "[mask]"]
)
def test_template_that_cannot_be_asked(bert_lm, source):
    with pytest.raises(ConfigError, match="E302") as found:
        Template.parse(source, bert_lm)
    assert repr(source) in str(found.value)


def test_template_is_filled(bert_lm):
    template = Template.parse("such as {phrase} and [MASK] .", bert_lm)
    phrase = bert_lm.tokenize(["New York"])[0].ids
    filled = template.fill(phrase)
    names = "s ##u ##c ##h as New York and [MASK] ."
    names = names.replace("New", "N ##e ##w")
    assert [bert_lm.terms[i] for i in filled] == names.split()
    assert template.extra == len(filled) - len(phrase)


@pytest.mark.parametrize(
    "source",
    ["the {phrase} and [MASK].", "{phrase} and other [MASK]", "[MASK], {phrase}"],
)
def test_phrase_reads_as_running_text(toy_lm: MaskedLM, source):
    """Byte-level BPE and unigram write the space before a word into its piece."""
    ((query,), _) = phrase_queries(toy_lm, ["Paris"], Template.parse(source, toy_lm))
    before, after = source.replace("{phrase}", "Paris").split("[MASK]")
    left, right = (p.ids for p in toy_lm.tokenize([before.rstrip(), after]))
    assert query.ids[1:-1].tolist() == [*left, toy_lm.mask_id, *right]
    assert query.positions.tolist() == [1 + len(left)]


def test_blanked_span(bert_lm):
    assert ask(bert_lm, "[MASK]", (0, 2), (6, 7)) == (
        [
            "[CLS] <[MASK]> visited the city of Berlin with arthritis . [SEP]",
            "[CLS] Mary Jones visited the city of <[MASK]> with arthritis . [SEP]",
        ],
        [0, 1],
    )


def test_one_mask_for_each_piece(bert_lm):
    text = "a osteoarthritis cell"
    pieces = bert_lm.tokenize(["osteoarthritis"])[0]
    masks = " ".join(["<[MASK]>"] * len(pieces))
    assert len(pieces) > 1
    found = ask(bert_lm, "[MASK]", (1, 2), text=text, per_piece=True)
    assert found == ([f"[CLS] a {masks} cell [SEP]"], [0])
    found = ask(bert_lm, "[MASK]", (1, 2), text=text)
    assert found == (["[CLS] a <[MASK]> cell [SEP]"], [0])


def test_the_like_of_a_span(bert_lm):
    found, _ = ask(bert_lm, "[MASK] and {phrase}", (6, 7), per_piece=True)
    before, after = TEXT.split("Berlin")
    assert found == [f"[CLS] {before}<[MASK]> and Berlin{after} [SEP]"]


def test_span_that_fills_its_window_is_not_asked(bert_lm):
    """There is no context (spec 5.2.12); its like can still be asked for."""
    assert ask(bert_lm, "[MASK]", (0, 10)) == ([], [])
    assert ask(bert_lm, "[MASK] and {phrase}", (0, 10))[1] == [0]


def test_span_without_pieces_is_not_asked(bert_lm):
    text = TokenizedText("a  b", np.array([0, 2, 3]), np.array([1, 2, 4]))
    texts = encode_texts(bert_lm, [text], window=9, overlap=1)
    spans = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    for found, rows in (
        context_queries(bert_lm, texts, spans, Template.parse("[MASK]", bert_lm)),
        plain_queries(bert_lm, texts, spans),
    ):
        assert rows.tolist() == [1] and len(found) == 1


def test_plain_queries_read_the_span(bert_lm):
    queries, rows = plain_queries(bert_lm, encode(bert_lm), np.array([[0, 0, 2]]))
    assert rows.tolist() == [0]
    assert shown(bert_lm, queries[0]) == (
        "[CLS] <Mary> <Jones> visited the city of Berlin with arthritis . [SEP]"
    )


def test_phrases_out_of_context(bert_lm):
    template = Template.parse("{phrase} was [MASK]", bert_lm)
    queries, rows = phrase_queries(bert_lm, ["Berlin", "a cell", "Berlin"], template)
    assert [shown(bert_lm, query) for query in queries] == [
        "[CLS] Berlin was <[MASK]> [SEP]",
        "[CLS] a cell was <[MASK]> [SEP]",
        "[CLS] Berlin was <[MASK]> [SEP]",
    ]
    assert rows.tolist() == [0, 1, 2]
    assert queries[0] is queries[2]


def test_phrases_that_cannot_be_asked(bert_lm):
    """Nothing, and what is longer than the model reads."""
    template = Template.parse("{phrase} was [MASK]", bert_lm)
    room = bert_lm.max_length - 4
    phrases = ["cell " * (room + 1), "", "Berlin", "cell " * room]
    queries, rows = phrase_queries(bert_lm, phrases, template)
    assert rows.tolist() == [2, 3]
    assert len(queries[1].ids) == bert_lm.max_length
    assert phrase_queries(bert_lm, [], template)[0] == []


@pytest.mark.parametrize("position", [0, 20, 38])
@pytest.mark.parametrize("template", ["[MASK]", "{phrase} and other old new [MASK]"])
def test_room_for_the_words_of_a_template(bert_lm, template, position):
    """A window that fills the model is cut on the side with more context."""
    text = " ".join(["cell"] * 39 + ["Berlin"] + ["heart"] * 40)
    lm = bert_lm
    texts = encode(lm, text, window=lm.max_length - 2)
    spans = np.array([[0, position, position + 1]], np.int32)
    (query,), _ = context_queries(lm, texts, spans, Template.parse(template, lm))
    assert len(query.ids) <= lm.max_length
    assert len(query.positions) == 1
    lm.fill([query])  # raises if it is too long


def test_window_keeps_the_span_in_the_middle(bert_lm):
    (text,) = encode(bert_lm, " ".join(["cell"] * 20 + ["Berlin"] + ["heart"] * 20))
    ids, first, last = window_of(text, 20, 21, 13)
    assert len(ids) == 11
    assert [bert_lm.terms[i] for i in ids[first:last]] == ["Berlin"]
    assert first == 5
    ids, first, last = window_of(text, 1, 2, 13)
    assert (len(ids), first, last) == (11, 1, 2)


@pytest.mark.parametrize("max_length", [-3, 0, 2, 5])
def test_window_for_a_span_longer_than_the_model_reads(bert_lm, max_length):
    (text,) = encode(bert_lm)
    ids, first, last = window_of(text, 1, 9, max_length)
    assert len(ids) == max(0, max_length - 2) == last - first


def test_text_with_a_mask_in_it_is_no_question(bert_lm):
    ids = bert_lm.tokenize(["a [MASK] cell"])[0].ids
    assert bert_lm.mask_id not in ids
    assert ask_masks(bert_lm, ids).positions.tolist() == []


def test_voting_terms(toy_lm):
    """Whole words of two characters or more; spec 5.1.4."""
    allowed = voting_terms(toy_lm, ["The", "LONDON"])
    surfaces = toy_lm.surface()
    for i in np.flatnonzero(allowed):
        assert len(surfaces[i]) > 1 and not toy_lm.is_continuation()[i]
        assert any(map(str.isalnum, surfaces[i]))
        assert surfaces[i].lower() not in ("the", "london")
        assert i not in toy_lm.special_ids
    dropped = voting_terms(toy_lm) & ~allowed
    assert {surfaces[i].lower() for i in np.flatnonzero(dropped)} <= {"the", "london"}
    assert dropped.any()
