from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.errors import AssetsError, ConfigError
from spacy_bert_unsup.mlm.queries import mask_span, plain_query
from spacy_bert_unsup.types import Query
from spacy_bert_unsup.voting.cues import voting_terms
from spacy_bert_unsup.voting.tagger import SpanTagger
from spacy_bert_unsup.voting.text import flatten_spans
from spacy_bert_unsup.voting.votes import divide_rows, vote_labels
from tests.toys import make_lm
from tests.voting.words import encode_words, tokenize_words

TEXTS = ["Mary Jones visited Berlin with arthritis .", "Peter was in Paris"]
SPANS = flatten_spans([[(0, 2), (3, 4), (5, 6)], [(0, 1), (3, 4)]])
BLANK = {"context_templates": ("[MASK]",), "phrase_templates": ("{phrase} was [MASK]",)}


def ask_slowly(tagger, query):
    """The votes about one query by a forward pass of its own."""
    allowed = voting_terms(tagger.lm, tagger.settings.ignored_terms)
    top = tagger.lm.fill([query], top_k=tagger.settings.top_k, allowed=allowed)
    return vote_labels(top, tagger.tables.voters)[0]


def score(tagger, texts=TEXTS, spans=SPANS):
    return tagger.score_spans(encode_words(tagger.lm, *texts), spans)


def test_assets_of_another_model_are_refused(toy_assets):
    with pytest.raises(AssetsError, match="E212.*'bert'.*'distilbert'"):
        SpanTagger(make_lm("distilbert"), toy_assets)


def test_templates_may_hold_many_words(make_tagger):
    long = (
        "[MASK] was treated with aspirin and {phrase}",
        "the cancer of [MASK] lives",
    )
    found = score(make_tagger(context_templates=long))
    np.testing.assert_allclose(found.cues["context"].sum(axis=1), 1, atol=1e-5)


def test_a_phrase_template_needs_the_phrase(make_tagger):
    with pytest.raises(ConfigError, match=r"E316.*'it is a \[MASK\]'"):
        make_tagger(phrase_templates=("it is a [MASK]",))


def test_bad_template_is_refused(make_tagger):
    with pytest.raises(ConfigError, match=r"E302.*'such as'"):
        make_tagger(phrase_templates=("such as",))


def test_context_cue_equals_a_loop(make_tagger):
    tagger = make_tagger(cues=("context",), masking="exact", **BLANK)
    found = score(tagger)
    for row, (i, start, end) in enumerate(SPANS.tolist()):
        (text,) = encode_words(tagger.lm, TEXTS[i])
        first, last = text.piece_bounds(start, end)
        query = mask_span(tagger.lm, text.pieces.ids, first, last)
        wanted = ask_slowly(tagger, query)
        np.testing.assert_allclose(found.cues["context"][row], wanted, atol=1e-4)
    np.testing.assert_allclose(found.shares, found.cues["context"], atol=1e-6)
    assert not found.cues["phrase"].any() and not found.cues["lexical"].any()


@pytest.mark.parametrize("masking", ["exact", "packed", "none"])
def test_phrase_cue_equals_a_loop(make_tagger, masking):
    tagger = make_tagger(cues=("phrase",), masking=masking, stand_in="", **BLANK)
    found = score(tagger)
    lm = tagger.lm
    for row, (i, start, end) in enumerate(SPANS.tolist()):
        phrase = tokenize_words(TEXTS[i]).phrase(start, end)
        ids = lm.tokenize([f"{phrase} was"])[0].ids
        whole = np.array([lm.cls_id, *ids, lm.mask_id, lm.sep_id], np.int32)
        wanted = ask_slowly(tagger, Query(whole, np.array([len(whole) - 2], np.int32)))
        np.testing.assert_allclose(found.cues["phrase"][row], wanted, atol=1e-4)


def test_unmasked_reading_equals_a_loop(make_tagger):
    tagger = make_tagger(cues=("context",), masking="none", **BLANK)
    tagger.lm.stats.reset()
    found = score(tagger)
    assert (tagger.lm.stats.rows, len(SPANS)) == (len(TEXTS), 5)  # one for each window
    for row, (i, start, end) in enumerate(SPANS.tolist()):
        (text,) = encode_words(tagger.lm, TEXTS[i])
        first, last = text.piece_bounds(start, end)
        query = plain_query(tagger.lm, text.pieces.ids, first, last)
        wanted = ask_slowly(tagger, query)
        np.testing.assert_allclose(found.cues["context"][row], wanted, atol=1e-4)


def test_templates_of_a_cue_weigh_the_same(make_tagger):
    first, second = "[MASK]", "{phrase} and other [MASK]"
    parts = [
        score(make_tagger(cues=("context",), context_templates=(template,))).shares
        for template in (first, second)
    ]
    both = score(make_tagger(cues=("context",), context_templates=(first, second)))
    np.testing.assert_allclose(both.shares, divide_rows(sum(parts)), atol=1e-4)


def test_cues_are_pooled_by_their_weights(make_tagger):
    weights = {"context": 0.5, "phrase": 2.0, "lexical": 1.0}
    found = score(make_tagger(cue_weights=weights))
    total = sum(weights[cue] * shares for cue, shares in found.cues.items())
    np.testing.assert_allclose(found.shares, divide_rows(total), atol=1e-5)
    assert set(found.cues) == set(weights)


def test_lexical_cue(word_tagger):
    found = score(word_tagger)
    labels = word_tagger.assets.scheme.labels
    best = [labels[i] for i in found.shares.argmax(axis=1)]
    assert best == ["PERSON", "GPE", "DISEASE", "PERSON", "GPE"]
    assert found.tops == []


def work(tagger, texts=TEXTS, spans=SPANS):
    """Sequences that the model reads, and places at which its head is computed."""
    stats = tagger.lm.stats
    rows, places = stats.rows, stats.head_positions
    score(tagger, texts, spans)
    return stats.rows - rows, stats.head_positions - places


def test_words_alone_ask_the_model_nothing(word_tagger):
    assert work(word_tagger) == (0, 0)


@pytest.mark.parametrize(("masking", "rows"), [("exact", (5, 1)), ("packed", (2, 1))])
def test_head_only_at_masked_positions(make_tagger, masking, rows):
    settings = {"cues": ("context",), "masking": masking, **BLANK}
    assert work(make_tagger(**settings)) == (rows[0], 5)
    masks = make_tagger(per_piece=True, **settings)
    (text, _) = encode_words(masks.lm, *TEXTS)
    wanted = (rows[1], np.ptp(text.piece_bounds(0, 2)))
    assert work(masks, spans=SPANS[:1]) == wanted


def test_equal_queries_are_asked_once(make_tagger):
    tagger = make_tagger(cues=("context", "phrase"), **BLANK)
    texts = [TEXTS[1]] * 5
    spans = flatten_spans([[(3, 4), (3, 4)]] * 5)
    assert work(tagger, texts, spans) == (2, 2)  # one context, one phrase
    found = score(tagger, texts, spans)
    assert (found.shares == found.shares[0]).all()


def test_ignored_terms_do_not_vote(make_tagger):
    free = score(make_tagger(cues=("context",), **BLANK))
    names = make_tagger().lm.terms
    ids = free.tops[0][1].ids
    term = names[ids[0, 0]]
    kept = score(make_tagger(cues=("context",), ignored_terms=(term.upper(),), **BLANK))
    assert names.index(term) not in kept.tops[0][1].ids


def test_top_k(make_tagger):
    found = score(make_tagger(top_k=3))
    assert {top.ids.shape for _, top in found.tops} == {(len(SPANS), 3)}


def test_non_entities_may_weigh_less_in_context(make_tagger):
    tagger = make_tagger(cues=("context",), non_entity_weight=0.0, **BLANK)
    assert not score(tagger).shares[:, ~tagger.tables.entity].any()


def test_part_of_the_scores(make_tagger):
    found = score(make_tagger())
    part = found.part(slice(3, 5))
    np.testing.assert_array_equal(part.spans, SPANS[3:])
    np.testing.assert_array_equal(part.shares, found.shares[3:])
    for (cue, top), (name, whole) in zip(part.tops, found.tops, strict=True):
        assert cue == name
        np.testing.assert_array_equal(top.ids, whole.ids[3:])
    assert all((part.cues[c] == found.cues[c][3:]).all() for c in found.cues)


def test_company_does_not_matter(make_tagger):
    tagger = make_tagger()
    together = score(tagger).shares
    alone = score(tagger, TEXTS[1:], flatten_spans([[(0, 1), (3, 4)]])).shares
    np.testing.assert_allclose(together[3:], alone, atol=1e-4)


def test_no_spans(make_tagger):
    tagger = make_tagger()
    for texts in (TEXTS, [], [""]):
        found = score(tagger, texts, flatten_spans([]))
        assert found.shares.shape == (0, len(tagger.assets.scheme.labels))


def test_long_text_is_read_in_windows(make_tagger):
    tagger = make_tagger(window=400, overlap=300)
    (text,) = tagger.encode([tokenize_words("cell " * 120 + "Berlin")])
    assert len(text.windows) > 2
    assert max(b - a for a, b in text.windows) <= tagger.lm.max_length - 2
    found = tagger.score_spans([text], np.array([[0, 120, 121], [0, 60, 63]], np.int32))
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, atol=1e-5)
