"""Packed rows through the component, beside masked copies."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language

from spacy_bert_unsup.errors import ModelError
from spacy_bert_unsup.evaluation.gold import span_bounds
from tests.pipeline.conftest import assert_same, toy_config

SPANS = 60


@pytest.fixture(scope="module")
def both() -> dict[str, Language]:
    """The starter, asked in both ways."""
    made = {masking: spacy.blank("en") for masking in ("exact", "packed")}
    for masking, nlp in made.items():
        nlp.add_pipe("bert_unsup_ner", config={"masking": masking})
    return made


def test_most_spans_get_the_same_label_packed_and_exact(both, gold):
    texts = [text for text in gold[::4] if text.spans]
    given = [span_bounds(text.spans) for text in texts]
    labels, pieces = [], []
    for nlp in both.values():
        ner = nlp.get_pipe("bert_unsup_ner")
        docs = [text.to_doc(nlp.vocab) for text in texts]
        ner.lm.stats.reset()
        votes = ner.type_spans(docs, given)
        pieces.append(ner.lm.stats.pieces)
        labels.append([vote.label for found in votes for vote in found])
    assert len(labels[0]) > SPANS
    same = [one == other for one, other in zip(*labels, strict=True)]
    assert sum(same) >= 0.75 * len(same)
    assert pieces[1] < 0.5 * pieces[0]


def test_company_does_not_matter(both, texts):
    nlp = both["packed"]
    together = list(nlp.pipe(texts[:4], batch_size=2))
    assert_same(together, [nlp(text) for text in texts[:4]])


def test_small_batches_change_nothing(both, texts):
    small = spacy.blank("en")
    config = {"masking": "packed", "max_batch_pieces": 300}
    small.add_pipe("bert_unsup_ner", config=config)
    docs = list(small.pipe(texts[:3]))
    assert_same(docs, list(both["packed"].pipe(texts[:3])))


def test_a_model_that_cannot_pack_says_what_to_do(toy_folder, monkeypatch):
    from spacy_bert_unsup.mlm.model import MaskedLM

    lm = MaskedLM.load(toy_folder)  # in memory already, if another test has it
    monkeypatch.setitem(lm.__dict__, "packed_style", None)
    nlp = spacy.blank("en")
    config = toy_config(toy_folder, masking="packed", cues=["context"])
    with pytest.raises(ModelError, match="E120.*'exact'"):
        nlp.add_pipe("bert_unsup_ner", config=config)
        nlp("Mary lives in Paris")
