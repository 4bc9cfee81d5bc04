"""A tagger over the toy BERT, with labels for a few of its words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.vocab.propagation import Propagation
from spacy_bert_unsup.vocab.vectors import VocabVectors
from spacy_bert_unsup.voting.settings import VotingSettings
from spacy_bert_unsup.voting.tagger import SpanTagger

SEEDS = {
    **dict.fromkeys(["John", "Mary", "Peter", "Smith"], ("PERSON",)),
    **dict.fromkeys(["Paris", "London", "Berlin", "Texas"], ("GPE",)),
    **dict.fromkeys(["arthritis", "##itis", "##osis"], ("DISEASE",)),
    "cancer": ("DISEASE", "GENERIC"),
    **dict.fromkeys(["the", "a", "of", "and", "in", "with", "was"], ("FUNCTION",)),
    **dict.fromkeys(["lives", "visited", "treated"], ("VERB",)),
    **dict.fromkeys(["red", "old", "new"], ("ADJECTIVE",)),
    **dict.fromkeys(["city", "river", "patient"], ("GENERIC",)),
}
MakeTagger = Callable[..., SpanTagger]


@pytest.fixture(scope="session")
def toy_assets(bert_lm: MaskedLM) -> ClusterAssets:
    """Labels of few terms, carried nowhere: only seeds speak."""
    alone = Propagation(min_cosine=0.99, components=-1)
    vectors = VocabVectors.from_mlm(bert_lm)
    return ClusterAssets.build(vectors, SEEDS, model="bert", how=alone)


@pytest.fixture(scope="session")
def make_tagger(bert_lm: MaskedLM, toy_assets: ClusterAssets) -> MakeTagger:
    """Make a tagger with some settings."""

    def make(**settings: object) -> SpanTagger:
        return SpanTagger(bert_lm, toy_assets, VotingSettings(**settings))

    return make


@pytest.fixture(scope="session")
def word_tagger(make_tagger: MakeTagger) -> SpanTagger:
    """A tagger that asks the model nothing: only the words' own labels count."""
    return make_tagger(cues=("lexical",))
