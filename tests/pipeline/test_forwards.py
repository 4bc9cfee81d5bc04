"""How much is computed: counted, not timed."""

from __future__ import annotations

import pytest
from spacy.language import Language

from spacy_bert_unsup.evaluation.texts import GoldText
from tests.pipeline.conftest import TOY_TEXT, MakeNLP


def test_pipe_makes_fewer_forward_calls_than_a_loop(
    nlp: Language, gold: list[GoldText]
):
    stats = nlp.get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
    sentences = gold[::12]
    stats.reset()
    for text in sentences:
        nlp(text.to_doc(nlp.vocab))
    looped = stats.forwards
    stats.reset()
    list(nlp.pipe(text.to_doc(nlp.vocab) for text in sentences))
    assert 0 < stats.forwards < looped / 2


@pytest.mark.parametrize(("masking", "rows"), [("exact", 1.0), ("packed", 0.4)])
def test_head_is_computed_at_the_masks_only(make_toy: MakeNLP, masking: str, rows):
    nlp = make_toy(cues=["context", "phrase", "lexical"], masking=masking)
    stats = nlp.get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
    stats.reset()
    nlp(TOY_TEXT)
    assert 0 < stats.rows <= rows * stats.head_positions
    assert stats.pieces > 4 * stats.head_positions


@pytest.mark.parametrize("masking", ["exact", "packed"])
def test_batches_are_bounded_by_pieces(make_toy: MakeNLP, masking: str):
    cues = ["context", "phrase", "lexical"]
    counts = []
    for bound in (32, 100_000):
        nlp = make_toy(cues=cues, max_batch_pieces=bound, masking=masking)
        stats = nlp.get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
        stats.reset()
        doc = nlp(TOY_TEXT)
        heads = stats.head_positions
        counts.append((stats.forwards, heads, doc.spans["bert_unsup"].attrs))
    (many, asked, small), (few, same_asked, large) = counts
    assert asked == same_asked > 0 and many > few
    assert small["labels"] == large["labels"]


def test_a_cue_that_is_off_costs_nothing(make_toy: MakeNLP):
    nlp = make_toy()
    stats = nlp.get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
    stats.reset()
    nlp(TOY_TEXT)
    assert stats.forwards == 0
