"""`cls_vectors`: what docs, sentences, entities and spans get, and where it goes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

import spacy_bert_unsup.pipeline.vector_factories  # noqa: F401
from spacy_bert_unsup.errors import ConfigError, InputError
from spacy_bert_unsup.pipeline.vector_hooks import restore_hooks
from spacy_bert_unsup.vectors.settings import TextVectors
from spacy_bert_unsup.vectors.texts import text_vectors
from tests.vectors.naive import cosine

TEXT = "John lives in Paris. Mary was treated with aspirin for cancer."
LONG = "John lives in Paris and Mary was treated with aspirin for cancer. " * 12
Make = Callable[..., Language]


@pytest.fixture
def make(toy_folder: Path) -> Make:
    def make_nlp(**config: Any) -> Language:
        nlp = spacy.blank("en")
        nlp.add_pipe("sentencizer")
        nlp.add_pipe("cls_vectors", config={"model": str(toy_folder), **config})
        return nlp

    return make_nlp


def get_lm(nlp: Language) -> Any:
    return nlp.get_pipe("cls_vectors").lm  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["head", "top"])
def test_spans_are_read_as_texts_of_their_own(make: Make, kind: str):
    nlp = make(kind=kind, spans_keys=["mine"])
    doc = nlp.make_doc(TEXT)
    doc.set_ents([Span(doc, 3, 4, label="GPE")])
    doc.spans["mine"] = [doc[5:8], doc[0:1]]
    doc = nlp(doc)
    spans = [*doc.sents, *doc.ents, *doc.spans["mine"]]
    texts = [doc.text, *(span.text for span in spans)]
    wanted = text_vectors(get_lm(nlp), texts, TextVectors(kind=kind))  # type: ignore[arg-type]
    found = [doc._.cls_vector, *(span._.cls_vector for span in spans)]
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    assert doc[1:3]._.cls_vector is None
    assert nlp.make_doc("a")._.cls_vector is None


def test_means_are_taken_in_context(make: Make):
    nlp = make(kind="mean", layers=[-1], weighting="none", specials=False)
    doc = nlp(TEXT)
    first, second = doc.sents
    alone = text_vectors(
        get_lm(nlp), [first.text], TextVectors("mean", (-1,), specials=False)
    )
    assert not np.allclose(first._.cls_vector, alone[0], atol=1e-3)
    weights = [5, 8]  # pieces of each sentence
    sents = [first._.cls_vector, second._.cls_vector]
    whole = np.average(sents, axis=0, weights=weights)
    sizes = [len(p) for p in get_lm(nlp).tokenize([first.text, second.text])]
    whole = np.average(sents, axis=0, weights=sizes)
    np.testing.assert_allclose(doc._.cls_vector, whole, atol=1e-4)


def test_pipe_gives_what_calls_give_with_fewer_forwards(make: Make):
    nlp = make()
    texts = [TEXT, "", "a", LONG, "Mary works. " * 3] * 3
    stats = get_lm(nlp).stats
    stats.reset()
    single = [nlp(text) for text in texts]
    looped = stats.forwards
    stats.reset()
    together = list(nlp.pipe(texts))
    assert 0 < stats.forwards < looped / 2
    for one, other in zip(single, together, strict=True):
        assert one.text == other.text
        np.testing.assert_allclose(one._.cls_vector, other._.cls_vector, atol=1e-4)


def test_lone_sentence_costs_nothing_more(make: Make):
    nlp = make()
    stats = get_lm(nlp).stats
    stats.reset()
    doc = nlp("John lives in Paris.")
    assert stats.rows == 1
    np.testing.assert_array_equal(next(doc.sents)._.cls_vector, doc._.cls_vector)


def test_units_can_be_switched_off(make: Make):
    doc = make(sents=False, ents=False)(TEXT)
    assert doc._.cls_vector is not None
    assert [sent._.cls_vector for sent in doc.sents] == [None, None]


def test_vectors_survive_storage_and_hooks_come_back(make: Make):
    nlp = make(set_hooks=True)
    doc = nlp(TEXT)
    content = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (copy,) = DocBin().from_bytes(content).get_docs(spacy.blank("en").vocab)
    np.testing.assert_array_equal(copy._.cls_vector, doc._.cls_vector)
    assert copy[0:5]._.cls_vector.tolist() == doc[0:5]._.cls_vector.tolist()
    assert not copy.user_hooks
    restored = restore_hooks(copy)
    np.testing.assert_array_equal(restored.vector, doc.vector)
    assert restored.similarity(doc) == pytest.approx(1)
    with pytest.raises(ConfigError, match="E605"):
        restore_hooks(nlp.make_doc("a"))


def test_two_processes_give_what_one_gives(make: Make):
    nlp = make()
    texts = [TEXT, "a bank", LONG, "Mary works."]
    wanted = [doc._.cls_vector for doc in nlp.pipe(texts)]
    found = [doc._.cls_vector for doc in nlp.pipe(texts, n_process=2, batch_size=2)]
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_saved_pipeline_gives_the_same(make: Make, tmp_path: Path):
    nlp = make(normalize=True)
    nlp.to_disk(tmp_path / "saved")
    loaded = spacy.load(tmp_path / "saved")
    copied = make(normalize=True).from_bytes(nlp.to_bytes())
    wanted = nlp(TEXT)._.cls_vector
    assert np.linalg.norm(wanted) == pytest.approx(1, abs=1e-5)
    for other in (loaded, copied):
        np.testing.assert_allclose(other(TEXT)._.cls_vector, wanted, atol=1e-5)


def test_hooks_give_vectors_and_cosines(make: Make):
    doc = make(set_hooks=True)(TEXT)
    first, second = doc.sents
    np.testing.assert_array_equal(doc.vector, doc._.cls_vector)
    np.testing.assert_array_equal(first.vector, first._.cls_vector)
    wanted = cosine(first._.cls_vector, second._.cls_vector)
    assert first.similarity(second) == pytest.approx(wanted, abs=1e-5)
    assert doc.similarity(first) == pytest.approx(cosine(doc.vector, first.vector))
    assert doc.has_vector and first.has_vector
    assert doc.vector_norm == pytest.approx(np.linalg.norm(doc.vector), rel=1e-5)
    unread = doc[1:3]
    assert not unread.has_vector and not unread.vector.any()
    assert unread.similarity(first) == 0


def test_without_hooks_spacy_is_left_alone(make: Make):
    doc = make()(TEXT)
    assert not doc.user_hooks and not doc.user_span_hooks and not doc.tensor.size


def test_removing_the_component_leaves_nothing_that_fails(make: Make):
    nlp = make(set_hooks=True)
    before = nlp(TEXT)
    nlp.remove_pipe("cls_vectors")
    after = nlp(TEXT)
    assert before.vector.any() and before.similarity(before) == pytest.approx(1)
    assert after._.cls_vector is None and not after.user_hooks


def test_retokenising_gives_none_and_never_a_wrong_vector(make: Make):
    doc = make(set_hooks=True)(TEXT)
    sentence = doc[0:5]._.cls_vector
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[1:3])
    assert doc[0:4]._.cls_vector.tolist() == sentence.tolist()
    assert doc[0:5]._.cls_vector is None


def test_vectors_of_two_spaces_are_not_compared(make: Make):
    doc = make(set_hooks=True)(TEXT)
    other = Doc(spacy.blank("en").vocab, ["a"])
    other.tensor = np.ones((1, 3), np.float32)
    with pytest.raises(ConfigError, match="E602"):
        doc.similarity(other)


def test_two_components_need_two_names(make: Make, toy_folder: Path):
    nlp = make()
    second = {"model": str(toy_folder), "kind": "top"}
    nlp.add_pipe("cls_vectors", name="top", config=second)
    with pytest.raises(ConfigError, match="E604"):
        nlp(TEXT)
    nlp.remove_pipe("top")
    renamed = {**second, "attrs": {"cls_vector": "top_vector"}}
    nlp.add_pipe("cls_vectors", name="top", config=renamed)
    nlp(TEXT)  # a component takes part from its first doc on
    get_lm(nlp).stats.reset()
    doc = nlp("John lives in Paris.")
    assert get_lm(nlp).stats.rows == 1  # both out of one pass
    assert not np.allclose(doc._.cls_vector, doc._.top_vector)


def test_long_docs_are_noted_or_refused(make: Make):
    doc = make()(LONG)
    assert len(doc._.bert_unsup_notes) == 1 and "windows" in doc._.bert_unsup_notes[0]
    assert doc._.cls_vector.shape == (16,)
    with pytest.raises(InputError):
        make(on_overflow="error")(LONG)


def test_model_without_sentence_pairs_is_said_once(
    make: Make, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING):
        nlp = make()
        nlp(TEXT)
        nlp(TEXT)
    said = [r.message for r in caplog.records if "pairs of sentences" in r.message]
    assert len(said) == 1
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        make(kind="mean")(TEXT)
    assert not caplog.records


@pytest.mark.parametrize(
    "config",
    [{"kind": "cls"}, {"pooling": "sum"}, {"window": 0}, {"layers": []}]
    + [{"attrs": {"vector": "v"}}, {"max_batch_pieces": 0}],
)
def test_bad_settings_are_refused_at_once(make: Make, config: dict[str, Any]):
    with pytest.raises(ConfigError):
        make(**config)
