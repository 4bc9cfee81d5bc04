"""What packed templates stand for, and that they are asked as they are written."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.voting.cues import Template, phrase_queries
from spacy_bert_unsup.voting.packed_cues import (
    border_windows,
    context_blocks,
    phrase_blocks,
)
from spacy_bert_unsup.voting.places import locate_spans
from tests.voting.words import encode_words

TEXT = "Mary Jones visited the city of Berlin with arthritis ."


def ask(lm: MaskedLM, source: str, *spans: tuple[int, int], **options):
    """Each block as (pieces with places, what is hidden)."""
    rows = np.array([(0, *span) for span in spans], np.int32)
    places = locate_spans(encode_words(lm, TEXT), rows)
    template = Template.parse(source, lm)
    blocks, asked = context_blocks(lm, places, template, **options)
    shown = []
    for i in range(len(blocks)):
        part = slice(blocks.starts[i], blocks.starts[i + 1])
        terms = [lm.terms[piece] for piece in blocks.ids[part]]
        stands = [f"{t}@{p}" for t, p in zip(terms, blocks.places[part], strict=True)]
        hidden = blocks.hidden[i].tolist()
        shown.append((" ".join(stands), hidden if hidden[0] < hidden[1] else None))
    return shown, asked.tolist()


def test_a_blank_stands_at_the_last_piece_and_does_not_see_the_span(bert_lm):
    shown, rows = ask(bert_lm, "[MASK]", (0, 2), (6, 7), (4, 7))
    wanted = [("[MASK]@2", [1, 3]), ("[MASK]@7", [7, 8]), ("[MASK]@7", [5, 8])]
    assert (shown, rows) == (wanted, [0, 1, 2])


def test_the_like_of_a_span_stands_beside_it(bert_lm):
    shown, _ = ask(bert_lm, "{phrase} and old [MASK]", (6, 7), per_piece=True)
    assert shown == [("and@8 old@9 [MASK]@10", None)]
    shown, _ = ask(bert_lm, "[MASK] and {phrase} city", (6, 7))
    assert shown == [("[MASK]@5 and@6 city@8", None)]


def test_places_outside_the_model_are_moved_to_its_edge(bert_lm):
    assert ask(bert_lm, "[MASK] and {phrase}", (0, 1))[0] == [("[MASK]@0 and@0", None)]


def test_one_mask_for_each_piece(bert_lm):
    shown, _ = ask(bert_lm, "[MASK]", (0, 2), per_piece=True)
    assert shown == [("[MASK]@1 [MASK]@2", [1, 3])]


def test_a_span_that_fills_its_window_is_not_blanked(bert_lm):
    assert ask(bert_lm, "[MASK]", (0, 10)) == ([], [])
    assert ask(bert_lm, "[MASK] and {phrase}", (0, 10))[1] == [0]


SEEN = [
    ("[MASK]", 0, [0, 12]),
    ("[MASK]", 2, [5, 10]),
    ("[MASK]", 99, [0, 12]),
    ("{phrase} and [MASK]", 0, [0, 8]),
    ("[MASK] and {phrase}", 0, [7, 12]),
    ("[MASK] and {phrase}", 3, [7, 11]),
    ("the {phrase} and [MASK]", 0, [7, 8]),
]


@pytest.mark.parametrize(("source", "width", "seen"), SEEN)
def test_what_is_seen(bert_lm, source, width, seen):
    """Words of a template take the place of what stands on their side of the span."""
    places = locate_spans(encode_words(bert_lm, TEXT), np.array([[0, 6, 7]], np.int32))
    template = Template.parse(source, bert_lm)
    blocks, _ = context_blocks(bert_lm, places, template, width=width)
    assert blocks.seen.tolist() == [seen]
    (context,) = border_windows(bert_lm, places)
    assert len(context) == 12
    assert context[[0, -1]].tolist() == [bert_lm.cls_id, bert_lm.sep_id]


def ask_phrases(lm: MaskedLM, source: str, *phrases: str, stand_in: str = "cell"):
    """Contexts, and each block as (pieces with places, context, what is hidden)."""
    template = Template.parse(source, lm)
    queries, _ = phrase_queries(lm, phrases, template)
    contexts, blocks = phrase_blocks(lm, queries, [template] * len(queries), stand_in)
    shown = []
    for i in range(len(blocks)):
        part = slice(blocks.starts[i], blocks.starts[i + 1])
        terms = [lm.terms[piece] for piece in blocks.ids[part]]
        stands = [f"{t}@{p}" for t, p in zip(terms, blocks.places[part], strict=True)]
        whole = [0, len(contexts[blocks.context[i]])]
        assert blocks.seen[i].tolist() == whole
        shown.append((" ".join(stands), blocks.context[i], blocks.hidden[i].tolist()))
    return [" ".join(lm.terms[i] for i in ids) for ids in contexts], shown


def test_a_sentence_is_read_once_for_phrases_of_a_length(bert_lm):
    phrases = "Paris", "Mary Jones", "London"
    contexts, shown = ask_phrases(bert_lm, "the {phrase} and [MASK] .", *phrases)
    assert contexts == [
        "[CLS] the cell and [MASK] . [SEP]",
        "[CLS] the cell cell and [MASK] . [SEP]",
    ]
    assert shown == [
        ("Paris@2 and@3 [MASK]@4", 0, [2, 5]),
        ("Mary@2 Jones@3 and@4 [MASK]@5", 1, [2, 6]),
        ("London@2 and@3 [MASK]@4", 0, [2, 5]),
    ]


def test_a_mask_in_front_of_the_phrase(bert_lm):
    _, shown = ask_phrases(bert_lm, "[MASK] was {phrase} .", "Paris")
    assert shown == [("[MASK]@1 was@2 Paris@3", 0, [1, 4])]


def test_a_stand_in_of_several_pieces_is_cut(bert_lm):
    contexts, _ = ask_phrases(
        bert_lm, "{phrase} was [MASK]", "Paris", "the old city", stand_in="Mary cell"
    )
    assert contexts == [
        "[CLS] Mary was [MASK] [SEP]",
        "[CLS] Mary cell Mary was [MASK] [SEP]",
    ]
    contexts, _ = ask_phrases(bert_lm, "{phrase} was [MASK]", "Paris", stand_in=" ")
    assert contexts == ["[CLS] [UNK] was [MASK] [SEP]"]


def test_no_phrases(bert_lm):
    assert ask_phrases(bert_lm, "{phrase} was [MASK]") == ([], [])
