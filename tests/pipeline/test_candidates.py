"""Every way to choose spans, the cues one by one, and other ways to mask."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_bert_unsup.errors import ConfigError
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

SENTENCE = "the old John Smith visited the new Paris"
TAGS = "DT JJ NNP NNP VBD DT JJ NNP".split()
POS = "DET ADJ PROPN PROPN VERB DET ADJ PROPN".split()
HEADS = [3, 3, 3, 4, 4, 7, 7, 4]
DEPS = ["det", "amod", "compound", "nsubj", "ROOT", "det", "amod", "dobj"]


@Language.component("sentence_of_the_tests", assigns=["token.dep"])
def parse(doc: Doc) -> Doc:
    """Stands for a tagger and a parser; knows one sentence."""
    for token, pos, head, dep in zip(doc, POS, HEADS, DEPS, strict=True):
        token.pos_, token.dep_, token.head = pos, dep, doc[head]
    return doc


def parsed(nlp: Language) -> Doc:
    """A sentence with tags and a parse, as a tagger and a parser leave it."""
    words = SENTENCE.split()
    return Doc(nlp.vocab, words=words, tags=TAGS, pos=POS, heads=HEADS, deps=DEPS)


def texts(nlp: Language, doc: Doc) -> list[str]:
    """The spans that the model is asked about."""
    ner = nlp.get_pipe("bert_unsup_ner")
    (spans,) = ner.find_candidates([doc])  # type: ignore[attr-defined]
    return [doc[start:end].text for start, end in spans]


def test_tokens(make_toy: MakeNLP):
    nlp = make_toy(candidates="tokens")
    assert texts(nlp, nlp.make_doc("John, king!")) == ["John", "king"]
    split = [("John", "PERSON"), ("Smith", "PERSON"), *TOY_ENTS[1:]]
    assert entities(nlp(TOY_TEXT)) == split


def test_noun_chunks(make_toy: MakeNLP):
    nlp = make_toy(candidates="noun_chunks")
    assert texts(nlp, parsed(nlp)) == ["old John Smith", "new Paris"]
    labels = [ent.label_ for ent in nlp(parsed(nlp)).ents]
    assert len(labels) == 2 and labels[0] == "PERSON"


def test_pos_runs(make_toy: MakeNLP):
    nlp = make_toy(candidates="pos_runs")
    assert texts(nlp, parsed(nlp)) == ["old John Smith", "new Paris"]


def test_pos_runs_of_other_tags(make_toy: MakeNLP):
    runs = {"@misc": "spacy-bert-unsup.pos_runs.v1", "tags": ["PROPN"]}
    nlp = make_toy(candidates=runs)
    assert texts(nlp, parsed(nlp)) == ["John Smith", "Paris"]
    assert entities(nlp(parsed(nlp))) == [("John Smith", "PERSON"), ("Paris", "GPE")]


def test_pos_runs_behind_a_component_that_tags(make_toy: MakeNLP):
    runs = {"@misc": "spacy-bert-unsup.pos_runs.v1", "tags": ["PROPN"]}
    nlp = make_toy(candidates=runs)
    names = [[{"LOWER": {"IN": ["john", "smith", "paris"]}}]]
    ruler = nlp.add_pipe("attribute_ruler", first=True)
    ruler.add(names, {"POS": "PROPN"})  # type: ignore[attr-defined]
    docs = list(nlp.pipe([TOY_TEXT, "Paris"]))
    assert [entities(doc) for doc in docs] == [TOY_ENTS[:2], [("Paris", "GPE")]]


def test_noun_chunks_behind_a_parser(make_toy: MakeNLP):
    nlp = make_toy(candidates="noun_chunks")
    nlp.add_pipe("sentence_of_the_tests", first=True)
    assert nlp.get_pipe_meta("sentence_of_the_tests").assigns == ["token.dep"]
    docs = list(nlp.pipe([SENTENCE, SENTENCE]))
    found = [[span.text for span in doc.spans["bert_unsup"]] for doc in docs]
    assert found == [["old John Smith", "new Paris"]] * 2


def test_span_group(make_toy: MakeNLP):
    group = {"@misc": "spacy-bert-unsup.span_group.v1", "key": "mine"}
    nlp = make_toy(candidates=group)
    doc = nlp.make_doc(TOY_TEXT)
    doc.spans["mine"] = [Span(doc, 0, 1), Span(doc, 0, 2), Span(doc, 4, 5)]
    assert entities(nlp(doc)) == [("John Smith", "PERSON"), ("Paris", "GPE")]
    assert len(doc.spans["bert_unsup"]) == 3  # nested ones too
    assert entities(nlp(TOY_TEXT)) == []


def test_entity_marks(make_toy: MakeNLP):
    nlp = make_toy(candidates="entity_marks")
    doc = nlp("John:__entity__ Smith:__entity__ lives in Paris:__entity__ and Mary")
    assert [ent.label_ for ent in doc.ents] == ["PERSON", "GPE"]
    assert [ent.text[:5] for ent in doc.ents] == ["John:", "Paris"]
    assert entities(nlp(TOY_TEXT)) == []


@pytest.mark.parametrize("name", ["noun_chunks", "pos_runs"])
def test_missing_annotation(make_toy: MakeNLP, name: str):
    with pytest.raises(ConfigError, match=f"{name!r} needs a .* earlier"):
        make_toy(candidates=name)(TOY_TEXT)


@pytest.mark.parametrize("cue", ["context", "phrase", "lexical"])
def test_each_cue_alone(nlp: Language, cue: str):
    alone = spacy.blank("en")
    alone.add_pipe("bert_unsup_ner", config={"cues": [cue]})
    doc = alone("Barack Obama flew to Berlin on Tuesday.")
    assert doc.ents
    voters = [voter for ent in doc.ents for voter in ent._.evidence]
    assert {voter["cue"] for voter in voters} == {cue}


def test_cue_weights_matter(make_toy: MakeNLP):
    cues = ["lexical", "context"]
    evenly = make_toy(cues=cues)(TOY_TEXT).spans["bert_unsup"].attrs
    weights = {"lexical": 1.0, "context": 0.0}
    alone = make_toy(cues=cues, cue_weights=weights)(TOY_TEXT)
    assert [ent._.confidence for ent in alone.ents] == [1.0] * 5
    assert min(evenly["scores"]) < 1


@pytest.mark.parametrize(
    "config", [{"masking": "none"}, {"voting": {"per_piece": True}}, {"top_k": 9}]
)
def test_other_ways_to_ask(config: dict):
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", config=config)
    doc = nlp("Barack Obama flew to Hyderabad on Tuesday.")
    assert ("Barack Obama", "PERSON") in entities(doc)
    assert ("Tuesday", "DATE") in entities(doc)
