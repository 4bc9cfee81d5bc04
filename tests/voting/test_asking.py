"""Masked copies, packed rows and kept answers against each other."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.mlm.encoder import ForwardStats
from spacy_bert_unsup.voting import asking
from spacy_bert_unsup.voting.asking import Asker
from spacy_bert_unsup.voting.settings import VotingSettings
from spacy_bert_unsup.voting.text import flatten_spans
from tests.voting.words import encode_words

TEXTS = [
    "Mary Jones visited Berlin with arthritis .",
    "Peter was in Paris",
    "",
    "The old city of London is red and Mary Jones lives in Texas with Peter",
]
SPANS = flatten_spans(
    [[(0, 2), (3, 4), (5, 6)], [(0, 1), (3, 4)], [], [(4, 5), (8, 10), (12, 13)]]
)
ROWS = np.arange(len(SPANS), dtype=np.int32)


def ask(lm, cue, *, most=8192, rows=ROWS, texts=TEXTS, spans=SPANS, **settings):
    asker = Asker(lm, VotingSettings(**settings), max_batch_pieces=most)
    return asker.ask(cue, encode_words(lm, *texts), spans, rows)


def check_equal(found, wanted):
    assert len(found) == len(wanted) > 0
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one.ids >= 0, other.ids >= 0)
        np.testing.assert_allclose(one.probs, other.probs, atol=1e-4)
        np.testing.assert_allclose(one.logits, other.logits, atol=1e-4)


def test_the_packed_phrase_cue_is_exact(toy_lm):
    wanted = ask(toy_lm, "phrase", masking="exact")
    check_equal(ask(toy_lm, "phrase", masking="packed", stand_in=""), wanted)


def test_phrases_beside_a_sentence_do_not_see_each_other(toy_lm):
    """Nor does it matter what was asked before, or by which of two templates."""
    templates = ("the {phrase} and [MASK]", "{phrase} was [MASK]")
    settings = {"masking": "packed", "phrase_templates": templates}
    wanted = ask(toy_lm, "phrase", **settings, max_cached_answers=0)
    for i, template in enumerate(templates):
        for row in range(0, len(SPANS), 3):
            one = {**settings, "phrase_templates": (template,)}
            (alone,) = ask(toy_lm, "phrase", **one, rows=ROWS[row : row + 1])
            np.testing.assert_allclose(
                alone.probs[row], wanted[i].probs[row], atol=1e-4
            )
    check_equal(ask(toy_lm, "phrase", **settings), wanted)
    exact = ask(toy_lm, "phrase", **{**settings, "masking": "exact"})
    assert np.abs(exact[0].probs - wanted[0].probs).max() > 1e-3


def test_the_template_is_part_of_what_is_remembered(bert_lm):
    """The same pieces beside another sentence are another question."""
    templates = ("the {phrase} was [MASK]", "{phrase} was [MASK]")
    texts = encode_words(bert_lm, "the cell", "cell")
    spans = np.array([[0, 0, 2], [1, 0, 1]], np.int32)
    found = []
    for most in (0, 99):
        settings = VotingSettings(phrase_templates=templates, max_cached_answers=most)
        asker = Asker(bert_lm, settings, max_batch_pieces=8192)
        asker.ask("phrase", texts, spans, np.array([0], np.int32))
        found.append(asker.ask("phrase", texts, spans, np.array([1], np.int32)))
    check_equal(*found)


@pytest.mark.parametrize("masking", ["exact", "packed", "none"])
def test_only_some_spans_are_asked(bert_lm, masking):
    rows = np.array([1, 4, 6], np.int32)
    whole = ask(bert_lm, "context", masking=masking)
    part = ask(bert_lm, "context", masking=masking, rows=rows)
    for one, other in zip(part, whole, strict=True):
        np.testing.assert_allclose(one.probs[rows], other.probs[rows], atol=1e-5)
        assert (np.delete(one.ids, rows, axis=0) == -1).all()


@pytest.mark.parametrize("masking", ["exact", "packed", "none"])
@pytest.mark.parametrize("cue", ["context", "phrase"])
def test_small_parts_change_nothing(bert_lm, masking, cue, monkeypatch):
    wanted = ask(bert_lm, cue, masking=masking)
    monkeypatch.setattr(asking, "BATCHES_AHEAD", 1)
    check_equal(ask(bert_lm, cue, masking=masking, most=40), wanted)


@pytest.mark.parametrize("masking", ["exact", "packed"])
def test_a_long_text_takes_no_more_memory_than_a_short_one(
    bert_lm, masking, monkeypatch
):
    """Neither questions prepared at once nor a batch grow with the text."""
    prepared, batches = [], []
    answer, add = Asker._answer, ForwardStats.add

    def watch_answer(self, cue, texts, spans):
        found = answer(self, cue, texts, spans)
        prepared.append(len(spans))
        return found

    def watch_pass(self, *, pieces, **counts):
        batches.append(pieces)
        add(self, pieces=pieces, **counts)

    monkeypatch.setattr(asking, "BATCHES_AHEAD", 4)
    monkeypatch.setattr(Asker, "_answer", watch_answer)
    monkeypatch.setattr(ForwardStats, "add", watch_pass)
    peaks = []
    for copies in (6, 12):
        prepared.clear(), batches.clear()
        texts = [" ".join([TEXTS[3]] * copies)]
        spans = flatten_spans([[(i, i + 1) for i in range(copies * 15)]])
        rows = np.arange(len(spans), dtype=np.int32)
        ask(
            bert_lm,
            "context",
            masking=masking,
            texts=texts,
            spans=spans,
            rows=rows,
            most=100,
        )
        peaks.append((max(prepared), max(batches)))
        assert sum(prepared) == len(spans)
    assert peaks[1][1] <= 100
    assert peaks[1][0] <= peaks[0][0] + 1


@pytest.mark.parametrize("masking", ["exact", "packed"])
def test_kept_answers_are_the_same(bert_lm, masking):
    wanted = ask(bert_lm, "phrase", masking=masking, max_cached_answers=0)
    settings = VotingSettings(masking=masking)
    asker = Asker(bert_lm, settings, max_batch_pieces=8192)
    texts = encode_words(bert_lm, *TEXTS)
    asker.ask("phrase", texts, SPANS, ROWS[:4])
    bert_lm.stats.reset()
    check_equal(asker.ask("phrase", texts, SPANS, ROWS), wanted)
    assert bert_lm.stats.head_positions == 3  # one of the four others was known
    bert_lm.stats.reset()
    check_equal(asker.ask("phrase", texts, SPANS, ROWS), wanted)
    assert bert_lm.stats.forwards == 0


def test_without_a_cache_everything_is_asked_again(bert_lm):
    settings = VotingSettings(max_cached_answers=0)
    asker = Asker(bert_lm, settings, max_batch_pieces=8192)
    texts = encode_words(bert_lm, *TEXTS)
    for _ in range(2):
        bert_lm.stats.reset()
        asker.ask("phrase", texts, SPANS, ROWS)
        assert bert_lm.stats.head_positions == 7


@pytest.mark.parametrize("masking", ["exact", "none"])
def test_narrow_context(bert_lm, masking):
    """With a width, what is further away has no say."""
    near = ask(bert_lm, "context", masking=masking, context_width=2)
    texts = [*TEXTS[:3], TEXTS[3].replace("Texas with Peter", "London")]
    spans = SPANS[:-1]
    far = ask(
        bert_lm,
        "context",
        masking=masking,
        context_width=2,
        texts=texts,
        spans=spans,
        rows=ROWS[:-1],
    )
    for one, other in zip(near, far, strict=True):
        np.testing.assert_allclose(one.probs[:7], other.probs, atol=1e-6)


def test_a_model_that_cannot_pack(bert_lm, monkeypatch):
    monkeypatch.setitem(bert_lm.__dict__, "packed_style", None)
    with pytest.raises(ModelError, match="E120.*'bert'.*'exact'"):
        Asker(bert_lm, VotingSettings(masking="packed"), max_batch_pieces=99)
