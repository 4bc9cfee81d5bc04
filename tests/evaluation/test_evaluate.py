from dataclasses import dataclass

import pytest
import spacy
from spacy.tokens import Span

from spacy_bert_unsup.evaluation.evaluate import evaluate_pipe
from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.evaluation.texts import GoldText, LabelledSpan

TEXTS = [
    GoldText(("in", "New", "York"), (LabelledSpan(1, 3, "LOCATION"),)),
    GoldText(("Ann", "ran"), (LabelledSpan(0, 1, "PERSON"),)),
]


@dataclass
class FixedVote:
    start: int
    end: int
    label: str


class EveryCapital:
    """Calls every capitalised token a place, alone."""

    def __call__(self, doc):
        doc.ents = [
            Span(doc, t.i, t.i + 1, label="LOCATION") for t in doc if t.text.istitle()
        ]
        return doc

    def find_candidates(self, docs):
        return [[(t.i, t.i + 1) for t in doc] for doc in docs]

    def type_spans(self, docs, spans):
        return [[FixedVote(*bounds, "LOCATION") for bounds in row] for row in spans]


@pytest.fixture
def tagger():
    return EveryCapital()


@pytest.fixture
def nlp(tagger):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp._components.append(("every_capital", tagger))
    return nlp


def run(nlp, tagger, **settings):
    gold = GoldSet("x", TEXTS, frozenset({"LOCATION", "PERSON"}))
    return evaluate_pipe(nlp, tagger, gold, is_a=str.__eq__, **settings)


def test_end_to_end(nlp, tagger):
    found = run(nlp, tagger)
    assert (found.spans.overall.right, found.spans.overall.predicted) == (0, 3)
    assert (found.candidates.right, found.candidates.gold) == (1, 2)
    assert found.typing.overall.recall == 0.5
    assert found.words == 5
    assert found.words_per_second > 0


def test_given_spans_ask_for_types_only(nlp, tagger):
    found = run(nlp, tagger, given_spans=True)
    assert found.candidates is None
    assert found.spans.per_type["LOCATION"].recall == 1
    assert found.spans.per_type["LOCATION"].precision == 0.5
    assert found.spans.per_type["PERSON"].recall == 0
