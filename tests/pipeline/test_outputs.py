"""What a doc holds afterwards, and what the attributes say about it."""

from __future__ import annotations

import json

import pytest
import srsly
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span, Token

from spacy_bert_unsup.attrs import MARK, AttributeNames, install_extensions
from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.evaluation.texts import GoldText
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

BOUND = 500
"""Bytes of attrs a span; the shares of about four labels, twelve voters, bounds."""


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    """A sentence tagged by the starter."""
    return nlp("Barack Obama was treated with aspirin for arthritis in Berlin.")


def test_entities_have_scores_and_evidence(doc: Doc):
    assert ("Barack Obama", "PERSON") in entities(doc)
    for ent in doc.ents:
        assert 0 < ent._.confidence <= 1
        assert ent._.label_scores[ent.label_] == ent._.confidence
        assert len(ent._.evidence) > 3
        assert {voter["cue"] for voter in ent._.evidence} <= {
            *("context", "phrase", "lexical")
        }
        assert all(0 <= voter["probability"] <= 1 for voter in ent._.evidence)
        assert all(voter["labels"] for voter in ent._.evidence)


def test_label_scores_are_sorted_shares(doc: Doc):
    for ent in doc.ents:
        shares = list(ent._.label_scores.values())
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 1 for share in shares)


def test_attrs_of_the_group_are_index_aligned(doc: Doc):
    group = doc.spans["bert_unsup"]
    attrs = group.attrs
    for key in ("bounds", "labels", "scores", "label_scores", "evidence"):
        assert len(attrs[key]) == len(group)
    for i, span in enumerate(group):
        assert attrs["bounds"][i] == [span.start_char, span.end_char]
        assert attrs["labels"][i] == span.label_
        assert attrs["scores"][i] == span._.confidence
        assert attrs["label_scores"][i] == span._.label_scores
        cues, places, probs = attrs["evidence"][i]
        assert len(cues) == len(places) == len(probs) == len(span._.evidence)


def test_every_entity_is_in_the_group(doc: Doc):
    found = {(s.start, s.end, s.label_) for s in doc.spans["bert_unsup"]}
    assert {(e.start, e.end, e.label_) for e in doc.ents} <= found


def test_attrs_are_plain_data(doc: Doc):
    attrs = doc.spans["bert_unsup"].attrs
    assert json.loads(json.dumps(attrs)) == attrs


def test_attrs_are_small(nlp: Language, gold: list[GoldText]):
    docs = list(nlp.pipe(text.to_doc(nlp.vocab) for text in gold[:12]))
    groups = [doc.spans["bert_unsup"] for doc in docs]
    size = sum(len(srsly.msgpack_dumps(group.attrs)) for group in groups)
    assert size / sum(map(len, groups)) < BOUND


def test_spans_that_were_not_scored_have_none(toy_nlp: Language):
    doc = toy_nlp(TOY_TEXT)
    for span in (doc[2:4], Span(doc, 0, 2, label="GPE"), doc[0:0]):
        assert span._.confidence is None
        assert span._.label_scores is None
        assert span._.evidence is None
    assert doc[0:2]._.confidence == 1.0  # without a label the bounds are enough


def test_docs_of_others_have_none(toy_nlp: Language):
    doc = toy_nlp.make_doc(TOY_TEXT)
    doc.spans["bert_unsup"] = [Span(doc, 0, 2, label="PERSON")]
    assert doc.spans["bert_unsup"].attrs.get(MARK) is None
    assert doc[0:2]._.confidence is None


def test_merged_entities_keep_their_own_values_only(make_toy: MakeNLP):
    nlp = make_toy()
    nlp.add_pipe("merge_entities")
    doc = nlp(TOY_TEXT)
    assert entities(doc) == TOY_ENTS
    assert [ent._.confidence for ent in doc.ents] == [1.0] * 5
    entity_texts = {text for text, _ in TOY_ENTS}
    for span in doc.spans["bert_unsup"]:  # spaCy moves them without their attrs
        assert (span._.confidence is None) == (span.text not in entity_texts)


def test_joined_docs_lose_the_values_but_nothing_else(toy_nlp: Language):
    docs = [toy_nlp(TOY_TEXT), toy_nlp("Anna works in Berlin.")]
    joined = Doc.from_docs(docs)
    assert entities(joined) == [*TOY_ENTS, ("Anna", "PERSON"), ("Berlin", "GPE")]
    assert [ent._.evidence for ent in joined.ents] == [None] * 7


def test_a_part_as_a_doc_of_its_own(toy_nlp: Language):
    part = toy_nlp(TOY_TEXT)[0:5].as_doc()
    assert entities(part) == TOY_ENTS[:2]
    assert part.ents[0]._.confidence is None


@pytest.mark.parametrize("with_user_data", [False, True])
def test_docbin(toy_nlp: Language, with_user_data: bool):
    doc = toy_nlp(TOY_TEXT)
    stored = DocBin(docs=[doc], store_user_data=with_user_data).to_bytes()
    assert_read(next(DocBin().from_bytes(stored).get_docs(toy_nlp.vocab)), doc)


def test_doc_bytes(toy_nlp: Language):
    doc = toy_nlp(TOY_TEXT)
    assert_read(Doc(toy_nlp.vocab).from_bytes(doc.to_bytes()), doc)


def assert_read(read: Doc, doc: Doc) -> None:
    assert entities(read) == entities(doc) == TOY_ENTS
    for mine, theirs in zip(doc.ents, read.ents, strict=True):
        assert theirs._.confidence == mine._.confidence
        assert theirs._.label_scores == mine._.label_scores
        assert theirs._.evidence == mine._.evidence


def test_long_texts_are_noted(toy_nlp: Language):
    short, long = toy_nlp(TOY_TEXT), toy_nlp(" ".join([TOY_TEXT] * 12))
    assert short._.bert_unsup_notes == []
    assert entities(long) == TOY_ENTS * 12
    (note,) = long._.bert_unsup_notes
    assert note.startswith("bert_unsup_ner: read in ")
    assert toy_nlp(long)._.bert_unsup_notes == [note]  # once, not twice


def test_attribute_of_another_package(make_toy: MakeNLP):
    Span.set_extension("sureness", default=0)
    try:
        with pytest.raises(ConfigError, match=r"Span\._\.sureness.*attrs = "):
            make_toy(attrs={"confidence": "sureness"})
    finally:
        Span.remove_extension("sureness")


def test_only_our_attributes_can_be_renamed(make_toy: MakeNLP):
    with pytest.raises(ConfigError, match="'surety'.*confidence"):
        make_toy(attrs={"surety": "x"})


def test_installing_twice_does_no_harm():
    for _ in range(2):
        install_extensions(AttributeNames(), key="bert_unsup")
    assert Span.has_extension("evidence")
    assert not Token.has_extension("evidence")
