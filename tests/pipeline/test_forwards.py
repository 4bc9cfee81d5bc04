"""How much is computed: counted, not timed."""

from __future__ import annotations

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


def test_head_is_computed_at_the_masks_only(nlp: Language, gold: list[GoldText]):
    stats = nlp.get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
    stats.reset()
    nlp(gold[0].to_doc(nlp.vocab))
    assert stats.head_positions == stats.rows > 0  # one mask a query
    assert stats.pieces > 4 * stats.rows


def test_batches_are_bounded_by_pieces(make_toy: MakeNLP):
    cues = ["context", "phrase", "lexical"]
    stats = make_toy().get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
    counts = []
    for bound in (64, 100_000):
        nlp = make_toy(cues=cues, max_batch_pieces=bound)
        stats.reset()
        doc = nlp(TOY_TEXT)
        counts.append((stats.forwards, stats.rows, doc.spans["bert_unsup"].attrs))
    (many, rows, small), (few, same_rows, large) = counts
    assert rows == same_rows and many > few
    assert small["labels"] == large["labels"]


def test_a_cue_that_is_off_costs_nothing(make_toy: MakeNLP):
    nlp = make_toy()
    stats = nlp.get_pipe("bert_unsup_ner").lm.stats  # type: ignore[attr-defined]
    stats.reset()
    nlp(TOY_TEXT)
    assert stats.forwards == 0
