from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import srsly

from spacy_bert_unsup.voting.candidates import Candidates
from spacy_bert_unsup.voting.evidence import list_all_voters, list_voters
from spacy_bert_unsup.voting.record import (
    FLAGS,
    VoteRecord,
    count_words,
    pack_ints,
    unpack_all_ints,
    unpack_flag,
    unpack_ints,
)
from spacy_bert_unsup.voting.revote import vote_again
from spacy_bert_unsup.voting.tagger import SpanTagger
from spacy_bert_unsup.voting.tagging import tag_texts
from spacy_bert_unsup.voting.thresholds import Thresholds
from tests.voting.words import encode_words

TEXTS = [
    "Mary Smith visited old nephritis cancer in the bank",
    "",
    "a M . bovis Paris - London patient was treated with 12 aspirin in 1987",
    "John John Peter and the osteoarthritis zz Berlin",
    "the of and",
]
BARS = Thresholds(0.3, {"GPE": 0.4})


def tag(tagger, texts=TEXTS, bars=BARS, *, given=()):
    """Tag texts as the component does, and record them as it does."""
    encoded = encode_words(tagger.lm, *texts)
    wanted = [
        Candidates([(0, 1), (0, 2)]) if i in given else Candidates([], join=True)
        for i in range(len(texts))
    ]
    taken = [np.zeros(len(text.words), bool) for text in encoded]
    for busy in taken:
        busy[5:6] = True
    tagged = tag_texts(tagger, encoded, wanted, bars, taken=taken)
    records = [
        VoteRecord.make(tagger, text, result, bars, join=c.join, taken=busy)
        for text, result, c, busy in zip(encoded, tagged, wanted, taken, strict=True)
    ]
    packed = [srsly.msgpack_loads(srsly.msgpack_dumps(r.pack())) for r in records]
    return encoded, tagged, packed


def assert_same(revote, tagged):
    """The same spans, shares and choices as tagging gave."""
    for i, one in enumerate(tagged):
        rows = np.flatnonzero(revote.doc == i)
        found = revote.tagged.scores
        start = revote.layout.origins[i]
        np.testing.assert_array_equal(
            found.spans[rows, 1:] - start, one.scores.spans[:, 1:]
        )
        np.testing.assert_array_equal(found.shares[rows], one.scores.shares)
        np.testing.assert_array_equal(revote.tagged.passes[rows], one.passes)
        assert np.flatnonzero(revote.chosen[rows]).tolist() == sorted(one.chosen)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"term_weight": "logit", "context_margin": 0.0},
        {"phrase_margin": 0.0, "extra_cost": 3.0},
        {"phrase_margin": 1e6, "context_margin": 0.0},
        {"cues": ("lexical",)},
        {"cues": ("context",), "per_piece": True},
        {"cue_weights": {"phrase": 0.0}},
        {"masking": "none", "context_templates": ("[MASK]",), "top_k": 3},
    ],
)
def test_nothing_changes_by_itself(make_tagger, settings):
    tagger = make_tagger(**settings)
    _, tagged, records = tag(tagger, given=(3,))
    revote = vote_again(tagger, records, BARS)
    assert_same(revote, tagged)
    assert not revote.unseen.any() and not revote.missing.any()
    assert revote.tagged.decisions.score.any()


def test_voters_are_the_same(make_tagger):
    tagger = make_tagger()
    encoded, tagged, records = tag(tagger)
    revote = vote_again(tagger, records, BARS)
    rows = np.arange(len(revote.doc), dtype=np.int32)
    scores = revote.tagged.scores
    found = list_all_voters(tagger, scores, rows, revote.layout.terms, most=5)
    wanted = [
        list_voters(tagger, one.scores, row, text, most=5)
        for text, one in zip(encoded, tagged, strict=True)
        for row in range(len(one.scores.spans))
    ]
    assert found == wanted


def change(tagger, **labels):
    """A tagger whose assets label some terms otherwise."""
    assets = tagger.assets
    seeds = {**assets.seeds, **labels}
    return SpanTagger(tagger.lm, replace(assets, seeds=seeds), tagger.settings)


@pytest.mark.parametrize(
    "labels",
    [
        {"Paris": ("PERSON",)},
        {"zz": ("DISEASE",), "osteoarthritis": ("GPE",)},  # no entries of their own
        {"the": ("GPE",), "bank": ("GPE",)},
        {"John": ("FUNCTION",), "two": ("GENERIC",)},
    ],
)
def test_as_if_tagged_again(make_tagger, labels):
    """If everything had been asked, changed labels give what tagging anew gives."""
    margins = {"context_margin": 1e6, "phrase_margin": 1e6}
    tagger = make_tagger(**margins, propose=0.0, block=1.0, max_span=3)
    later = change(tagger, **labels)
    _, _, records = tag(tagger)
    _, tagged, _ = tag(later)
    revote = vote_again(later, records, BARS)
    assert not revote.unseen.any() and not revote.missing.any()
    assert_same(revote, tagged)


def test_other_thresholds(make_tagger):
    tagger = make_tagger(context_margin=1e6, phrase_margin=1e6)
    _, _, records = tag(tagger)
    for bars in (Thresholds(0.9), Thresholds(0.0, {"DISEASE": 1.0})):
        _, tagged, _ = tag(tagger, bars=bars)
        assert_same(vote_again(tagger, records, bars), tagged)


def test_what_was_not_asked_is_marked(make_tagger):
    """A new role proposes a span that nobody asked about: its words speak alone."""
    tagger = make_tagger()
    _, _, records = tag(tagger, ["the old city visited"])
    later = change(tagger, visited=("GPE",))
    revote = vote_again(later, records, BARS)
    new = revote.tagged.scores.spans[revote.unseen, 1:].tolist()
    assert [3, 4] in new
    assert [3, 4] in revote.tagged.scores.spans[revote.missing, 1:].tolist()
    tops = [top.ids[revote.unseen] for _, top in revote.tagged.scores.tops]
    assert all((ids == -1).all() for ids in tops)


def test_texts_do_not_touch(make_tagger):
    """Alone or among others, a text is decided alike."""
    tagger = make_tagger()
    _, _, records = tag(tagger)
    together = vote_again(tagger, records, BARS)
    for i, record in enumerate(records):
        alone = vote_again(tagger, [record], BARS)
        rows = together.doc == i
        np.testing.assert_array_equal(
            alone.tagged.scores.shares, together.tagged.scores.shares[rows]
        )
        np.testing.assert_array_equal(alone.chosen, together.chosen[rows])


def test_texts_asked_for_other_numbers_of_terms(make_tagger):
    """Answers of different widths stand side by side."""
    few, many = (tag(make_tagger(top_k=k))[2] for k in (3, 9))
    tagger = make_tagger(top_k=9)
    mixed = [few[0], many[0], few[1], many[2]]
    together = vote_again(tagger, mixed, BARS)
    for i, record in enumerate(mixed):
        alone = vote_again(tagger, [record], BARS).tagged.scores.shares
        found = together.tagged.scores.shares[together.doc == i]
        np.testing.assert_allclose(found, alone, rtol=1e-5)
    assert {top.ids.shape[1] for _, top in together.tagged.scores.tops} == {9}


def test_packed_integers_of_several_texts():
    for lists in ([[1], [], [2, 3]], [[1], [70000, 2], [], [300]]):
        parts = [pack_ints(np.array(values, np.int32)) for values in lists]
        found, counts = unpack_all_ints(parts)
        assert found.tolist() == sum(lists, []) and found.dtype == np.int32
        assert counts.tolist() == [len(values) for values in lists]


def test_packed_integers():
    for values, size in (([], 0), ([0, 255], 2), ([256], 2), ([65535, 1], 4)):
        found = pack_ints(np.array(values, np.int32))
        assert unpack_ints(found).tolist() == values and len(found) == 1 + size
    assert len(pack_ints(np.array([65536], np.int32))) == 5


def test_flags_of_words(word_tagger):
    """Each comes back by its name; the sixth word was taken by somebody else."""
    encoded, _, packed = tag(word_tagger)
    for text, record in zip(encoded, packed, strict=True):
        size = len(text.words)
        assert count_words(record) == size
        words = word_tagger.lexicon.label_words(text)
        for name in ("is_word", "capital", "title", "bond"):
            found = unpack_flag(record["flags"], name)
            np.testing.assert_array_equal(found, getattr(words, name))
        taken = unpack_flag(record["flags"], "taken")
        assert np.flatnonzero(taken).tolist() == ([5] if size > 5 else [])
    assert len(FLAGS) <= 16
