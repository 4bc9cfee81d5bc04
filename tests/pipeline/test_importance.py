"""`bert_unsup_importance`: numbers on tokens, key terms, and stop words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Token

import spacy_bert_unsup.pipeline.vector_factories  # noqa: F401
from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.vectors.importance import term_importance

NAME = "bert_unsup_importance"
TEXT = "Histones bind lipid droplets, and the lipid droplets kill bacteria."
Make = Callable[..., Language]


@pytest.fixture(scope="module")
def starter() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe(NAME)
    return nlp


@pytest.fixture
def make(toy_folder: Path) -> Make:
    def make_nlp(**config: Any) -> Language:
        nlp = spacy.blank("en")
        nlp.add_pipe(NAME, config={"model": str(toy_folder), **config})
        return nlp

    return make_nlp


def get_lm(nlp: Language) -> Any:
    return nlp.get_pipe(NAME).lm  # type: ignore[attr-defined]


def test_stop_words_are_unimportant(starter: Language):
    doc = starter(TEXT)
    weights = {token.text: token._.importance for token in doc}
    stops = [weights[word] for word in (",", "and", "the", ".")]
    words = [weights[word] for word in ("Histones", "lipid", "droplets", "bacteria")]
    assert max(stops) < 0.15 < 0.2 < min(words)
    kept = [token.text for token in doc if token._.importance > 0.2]
    assert kept == "Histones bind lipid droplets lipid droplets kill bacteria".split()


def test_numbers_are_those_of_the_vocabulary(starter: Language):
    lm = get_lm(starter)
    doc = starter("the river")
    for token in doc:
        i = lm.terms.index(token.text)
        assert token._.mlm_bias == pytest.approx(lm.bias()[i], abs=1e-6)
        assert token._.importance == pytest.approx(term_importance(lm)[i], abs=1e-6)


def test_pieces_are_merged_as_said(make: Make):
    text = "arthritisville"
    found = {}
    for merge in ("min", "mean", "max", "first", "last"):
        nlp = make(merge=merge)
        pieces = get_lm(nlp).tokenize([text])[0].ids
        found[merge] = nlp(text)[0]._.mlm_bias
    bias = get_lm(nlp).bias()[pieces]
    assert len(bias) > 1
    wanted = [bias.min(), bias.mean(), bias.max(), bias[0], bias[-1]]
    assert [*found.values()] == pytest.approx([float(b) for b in wanted], abs=1e-5)


def test_tokens_without_pieces_say_nothing(make: Make):
    doc = make()("a  b")
    assert doc[1].is_space
    assert doc[1]._.mlm_bias is None and doc[1]._.importance == 0
    unread = make().make_doc("a")
    assert unread[0]._.importance is None and unread._.key_terms == []


def test_key_terms_are_ranked_and_found_in_the_text(starter: Language):
    doc = starter(TEXT)
    terms = doc._.key_terms
    assert [term["text"] for term in terms[:2]] == ["lipid droplets", "Histones"]
    assert terms[0]["score"] == 1 and terms[0]["count"] == 2
    for term in terms:
        assert doc.text[term["start"] : term["end"]] == term["text"]
    off = spacy.blank("en")
    off.add_pipe(NAME, config={"key_terms": {"most": 0}})
    assert off(TEXT)._.key_terms == []


def test_tags_make_the_runs_nouns(starter: Language):
    words = "Histones bind lipid droplets".split()
    tags = ["NOUN", "VERB", "ADJ", "NOUN"]
    doc = starter(Doc(starter.vocab, words, pos=tags))
    assert {t["text"] for t in doc._.key_terms} == {"Histones", "lipid droplets"}


def test_no_pass_is_needed_unless_positions_are_scored(make: Make):
    nlp = make()
    stats = get_lm(nlp).stats
    stats.reset()
    plain = list(nlp.pipe([TEXT, "", "the bank"]))
    assert stats.forwards == 0
    scored = list(make(own_score=True).pipe([TEXT, "", "the bank"]))
    assert stats.forwards > 0
    for one, other in zip(plain, scored, strict=True):
        for a, b in zip(one, other, strict=True):
            assert 0 <= b._.importance <= a._.importance <= 1
            assert a._.mlm_bias == b._.mlm_bias


def test_own_score_is_the_probability_of_what_stands_there(make: Make):
    nlp = make(own_score=True)
    lm = get_lm(nlp)
    doc = nlp("the bank")
    ids = np.array([lm.cls_id, *lm.tokenize(["the bank"])[0].ids, lm.sep_id], np.int32)
    vectors = lm.map_states(lm.hidden_states([ids], layers=[-1])[0][:, 0])
    logits = vectors @ lm.rows().T + lm.bias()
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for i, token in enumerate(doc, start=1):
        wanted = term_importance(lm)[ids[i]] * chances[i, ids[i]]
        assert token._.importance == pytest.approx(float(wanted), abs=1e-5)


def test_numbers_survive_docbin_and_retokenising(make: Make):
    nlp = make()
    doc = nlp("John lives in Paris")
    content = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (copy,) = DocBin().from_bytes(content).get_docs(spacy.blank("en").vocab)
    with copy.retokenize() as retokenizer:
        retokenizer.merge(copy[1:3])
    assert copy[0]._.importance == doc[0]._.importance
    assert copy[1]._.importance is None
    assert copy[2]._.importance == doc[3]._.importance
    (other,) = nlp.pipe(["John lives in Paris"], n_process=2)
    assert other[3]._.mlm_bias == doc[3]._.mlm_bias


def test_attribute_of_another_package_is_not_taken(make: Make):
    Token.set_extension("importance_of_others", default=0)
    with pytest.raises(ConfigError, match="E306"):
        make(attrs={"importance": "importance_of_others"})
    doc = make(attrs={"importance": "weight", "key_terms": "terms"})("the bank")
    assert doc[1]._.weight is not None and doc._.terms is not None
    assert doc[1]._.importance is None


def test_model_without_bias_is_said_once(
    make: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    from spacy_bert_unsup.mlm.model import MaskedLM

    zeros = np.zeros(len(get_lm(make()).terms), np.float32)
    monkeypatch.setattr(MaskedLM, "bias", lambda self: zeros)
    with caplog.at_level(logging.WARNING):
        doc = make()("the bank")
    assert [token._.importance for token in doc] == [1, 1]
    assert sum("no bias" in record.message for record in caplog.records) == 1


@pytest.mark.parametrize(
    "config",
    [{"rule": "idf"}, {"merge": "best"}, {"key_terms": {"number": 3}}],
)
def test_bad_settings_are_refused_at_once(make: Make, config: dict[str, Any]):
    with pytest.raises(ConfigError):
        make(**config)
