"""`bert_unsup_token_vectors`: tensors, hooks, storage, and the shared pass."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

import spacy_bert_unsup.pipeline.vector_factories  # noqa: F401
from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.pipeline.docs import read_doc
from spacy_bert_unsup.pipeline.vector_hooks import restore_hooks
from spacy_bert_unsup.vectors.settings import TokenVectors
from spacy_bert_unsup.vectors.tokens import token_vectors
from tests.vectors.naive import cosine

TEXT = "John lives in Paris. Mary was treated with aspirin for cancer."
LONG = "John lives in Paris and Mary was treated with aspirin for cancer. " * 12
NAME = "bert_unsup_token_vectors"
LAYERS = [-2, -1]
Make = Callable[..., Language]


@pytest.fixture
def make(toy_folder: Path) -> Make:
    def make_nlp(**config: Any) -> Language:
        nlp = spacy.blank("en")
        base = {"model": str(toy_folder), "layers": LAYERS}
        nlp.add_pipe(NAME, config={**base, **config})
        return nlp

    return make_nlp


def get_lm(nlp: Language, name: str = NAME) -> Any:
    return nlp.get_pipe(name).lm  # type: ignore[attr-defined]


def vectors_of(nlp: Language, doc: Doc, **settings: Any) -> np.ndarray:
    chosen = TokenVectors(layers=(-2, -1), **settings)
    return token_vectors(get_lm(nlp), [read_doc(doc)], chosen)[0]


@pytest.mark.parametrize("merge", ["last", "first", "mean", "sum"])
def test_tensor_holds_the_vectors_of_the_tokens(make: Make, merge: str):
    nlp = make(merge=merge)
    for text in (TEXT, LONG, "", "  \n a"):
        doc = nlp(text)
        assert doc.tensor.shape == (len(doc), 16)
        wanted = vectors_of(nlp, doc, merge=merge)
        np.testing.assert_allclose(doc.tensor, wanted, atol=1e-4)


def test_white_space_has_no_vector_and_unknown_words_have(make: Make):
    doc = make(set_hooks=True)("a  \u2603")
    assert [token.has_vector for token in doc] == [True, False, True]


def test_half_precision_halves_the_tensor(make: Make):
    doc, small = make()(TEXT), make(storage="float16", set_hooks=True)(TEXT)
    assert small.tensor.dtype == np.float16
    assert 2 * small.tensor.nbytes == doc.tensor.nbytes
    np.testing.assert_allclose(small.tensor, doc.tensor, rtol=2e-3, atol=2e-2)
    assert small[0].vector.dtype == small.vector.dtype == np.float32


def test_hooks_serve_tokens_spans_and_docs(make: Make):
    doc = make(set_hooks=True)(TEXT)
    rows = doc.tensor
    np.testing.assert_array_equal(doc[2].vector, rows[2])
    np.testing.assert_allclose(doc[1:3].vector, rows[1:3].mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(doc.vector, rows.mean(axis=0), atol=1e-5)
    wanted = cosine(rows[0], rows[3])
    assert doc[0].similarity(doc[3]) == pytest.approx(wanted, abs=1e-5)
    np.testing.assert_array_equal(doc[2]._.token_vector, rows[2])


def test_tensor_of_another_component_is_not_taken(make: Make):
    nlp = make()
    doc = nlp.make_doc(TEXT)
    doc.tensor = np.ones((len(doc), 3), np.float32)
    with pytest.raises(ConfigError, match="E606"):
        nlp(doc)
    assert doc.tensor.shape[1] == 3
    assert make(overwrite_tensor=True)(doc).tensor.shape[1] == 16
    again = nlp(nlp(TEXT))  # its own may be replaced
    assert again.tensor.shape[1] == 16


def test_user_data_leaves_the_tensor_alone_and_survives_docbin(make: Make):
    doc = make(store_in="user_data", set_hooks=True)(TEXT)
    wanted = make()(TEXT).tensor
    assert not doc.tensor.size
    content = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (copy,) = DocBin().from_bytes(content).get_docs(spacy.blank("en").vocab)
    restore_hooks(copy)
    for one in (doc, copy):
        np.testing.assert_allclose([t.vector for t in one], wanted, atol=1e-4)
    with copy.retokenize() as retokenizer:
        retokenizer.merge(copy[1:3])
    assert copy[1]._.token_vector is None
    np.testing.assert_allclose(copy[2]._.token_vector, wanted[3], atol=1e-4)


def test_tensor_survives_bytes_and_processes(make: Make):
    nlp = make()
    doc = nlp(TEXT)
    copy = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    np.testing.assert_array_equal(copy.tensor, doc.tensor)
    assert copy[1]._.token_vector.tolist() == doc.tensor[1].tolist()
    (other,) = nlp.pipe([TEXT], n_process=2)
    np.testing.assert_allclose(other.tensor, doc.tensor, atol=1e-4)


def test_tensor_that_was_replaced_later_is_not_read(make: Make):
    doc = make(set_hooks=True)(TEXT)
    doc.tensor = np.ones((len(doc), 3), np.float32)
    assert doc[0]._.token_vector is None
    assert not doc[0].has_vector and not doc.vector.any()


def test_removing_the_component_leaves_nothing_that_fails(make: Make):
    nlp = make(set_hooks=True)
    before = nlp(TEXT)
    nlp.remove_pipe(NAME)
    after = nlp(TEXT)
    assert before[0].vector.any() and before[0].similarity(before[1])
    assert after[0]._.token_vector is None and not after.user_token_hooks


def add_siblings(nlp: Language, folder: Path) -> Language:
    nlp.add_pipe("cls_vectors", config={"model": str(folder)})
    both = {"model": str(folder), "own_score": True}
    nlp.add_pipe("bert_unsup_importance", config=both)
    return nlp


def test_three_components_make_one_pass(make: Make, toy_folder: Path):
    texts = [TEXT, LONG, "a", "", "Mary works.", TEXT] * 5
    nlp = make()
    stats = get_lm(nlp).stats
    stats.reset()
    alone = list(nlp.pipe(texts))
    forwards, rows = stats.forwards, stats.rows
    add_siblings(nlp, toy_folder)
    assert get_lm(nlp, "cls_vectors") is get_lm(nlp)
    stats.reset()
    together = list(nlp.pipe(texts))
    assert (stats.forwards, stats.rows) == (forwards, rows)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.tensor, other.tensor, atol=1e-4)
    nlp(TEXT)
    assert len(nlp.get_pipe(NAME)._store) == 0  # type: ignore[attr-defined]


def test_cls_vectors_keep_their_hooks(make: Make, toy_folder: Path):
    nlp = make(set_hooks=True)
    config = {"model": str(toy_folder), "set_hooks": True}
    nlp.add_pipe("cls_vectors", config=config, first=True)
    doc = nlp(TEXT)
    np.testing.assert_array_equal(doc.vector, doc._.cls_vector)
    np.testing.assert_array_equal(doc[0].vector, doc.tensor[0])


def test_nothing_grows_with_the_number_of_docs(make: Make, toy_folder: Path):
    nlp = add_siblings(make(), toy_folder)
    store = nlp.get_pipe(NAME)._store if get_lm(nlp) else None  # type: ignore[attr-defined]
    texts = (f"Mary {i} works in Paris" for i in range(2000))
    most = 0
    for doc in nlp.pipe(texts, batch_size=256):
        assert doc.tensor.size
        most = max(most, store.n_bytes)
    assert store.n_bytes == len(store) == 0
    assert most < 2**20 * 4


def test_saved_pipeline_gives_the_same(make: Make, toy_folder: Path, tmp_path: Path):
    nlp = add_siblings(make(), toy_folder)
    nlp.to_disk(tmp_path / "saved")
    weights = list((tmp_path / "saved").rglob("*.safetensors"))
    assert len({file.parent for file in weights}) == 1  # stored once
    loaded = spacy.load(tmp_path / "saved")
    np.testing.assert_allclose(loaded(TEXT).tensor, nlp(TEXT).tensor, atol=1e-5)
    assert loaded.get_pipe(NAME).lm is loaded.get_pipe("cls_vectors").lm  # type: ignore[attr-defined]


def test_pickled_components_share_a_store_again(make: Make, toy_folder: Path):
    nlp = add_siblings(make(), toy_folder)
    wanted = nlp(TEXT).tensor
    pipes = pickle.loads(pickle.dumps([pipe for _, pipe in nlp.pipeline]))
    doc = nlp.make_doc(TEXT)
    stats = pipes[0].lm.stats
    stats.reset()
    for pipe in pipes:
        doc = pipe(doc)
    assert stats.rows == 1
    np.testing.assert_allclose(doc.tensor, wanted, atol=1e-5)


@pytest.mark.parametrize(
    "config",
    [{"merge": "best"}, {"reduction": "max"}, {"layers": []}, {"storage": "int8"}]
    + [{"store_in": "disk"}],
)
def test_bad_settings_are_refused_at_once(make: Make, config: dict[str, Any]):
    with pytest.raises(ConfigError):
        make(**config)
