from __future__ import annotations

import pytest

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.voting.settings import VotingSettings


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"masking": "full"}, r"E301.*'masking'.*'full'.*exact, packed, none"),
        ({"cues": ("context", "words")}, r"E301.*'words'.*context, phrase, lexical"),
        ({"cue_weights": {"words": 1.0}}, "E301.*'words'"),
        ({"cues": ()}, "E301.*'cues'"),
        ({"top_k": 0}, "E303.*top_k"),
        ({"max_span": 0}, "E303.*max_span"),
        ({"extend": -1}, "E303.*extend"),
        ({"phrase_templates": ()}, "E303.*phrase_templates"),
        ({"term_weight": "rank"}, r"E301.*'rank'.*probability, logit"),
        ({"fine_share": 1.5}, r"E310.*fine_share.*1\.5"),
    ],
)
def test_settings_that_cannot_work(wrong, message):
    with pytest.raises(ConfigError, match=message):
        VotingSettings(**wrong)


def test_weights():
    """A cue that takes no part weighs nothing; one without a weight weighs 1."""
    found = VotingSettings(
        cues=("context", "phrase"), cue_weights={"context": 2.0, "lexical": 3.0}
    )
    assert [found.weight(cue) for cue in ("context", "phrase", "lexical")] == [2, 1, 0]
