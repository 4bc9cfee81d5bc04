"""nlp.evaluate, spacy find-threshold, and where thresholds come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.cli.find_threshold import find_threshold
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.evaluation.texts import GoldText
from spacy_bert_unsup.vocab.assets import ClusterAssets
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities

MIXED = "Paris Mary"
"""Half of the vote for each of two labels, when it is given as one span."""


def label(text: GoldText, nlp: Language) -> Doc:
    doc = text.to_doc(nlp.vocab)
    doc.ents = [Span(doc, s.start, s.end, label=s.label) for s in text.spans]
    return doc


def test_evaluate(gold: list[GoldText]):
    nlp = spacy.blank("en")
    nlp.add_pipe("bert_unsup_ner", config={"label_map": "broad"})
    docs = [label(text, nlp) for text in gold[::6]]
    examples = [
        Example(text.to_doc(nlp.vocab), d)
        for text, d in zip(gold[::6], docs, strict=True)
    ]
    scores = nlp.evaluate(examples)
    for key in ("ents_p", "ents_r", "ents_f"):
        assert 0.2 < scores[key] < 1
    per_type = scores["ents_per_type"]
    assert {"PERSON", "LOCATION", "TIME"} <= set(per_type)
    assert set(per_type["PERSON"]) == {"p", "r", "f"}


def test_find_threshold(make_toy: MakeNLP, tmp_path: Path):
    nlp = make_toy(cues=["lexical", "context"], voting={"entity_share": 0.0})
    nlp.to_disk(tmp_path / "nlp")
    docs = [nlp.make_doc(TOY_TEXT), nlp.make_doc("Anna lived in Berlin.")]
    for doc, ents in zip(
        docs, [[(0, 2, "PERSON"), (4, 5, "GPE")], [(3, 4, "GPE")]], strict=True
    ):
        doc.ents = [Span(doc, *bounds) for bounds in ents]
    DocBin(docs=docs).to_disk(tmp_path / "dev.spacy")
    best, score, scores = find_threshold(
        str(tmp_path / "nlp"),
        tmp_path / "dev.spacy",
        pipe_name="bert_unsup_ner",
        threshold_key="threshold",
        scores_key="ents_f",
        n_trials=3,
        silent=True,
    )
    assert set(scores) == {0.0, 0.5, 1.0}
    assert scores[1.0] < scores[0.0]  # the threshold is read at each prediction
    assert score == max(scores.values()) and scores[best] == score


def given_spans(nlp: Language, *spans: tuple[int, int]) -> list[str]:
    """Labels of the entities among given spans."""
    doc = nlp.make_doc(MIXED)
    doc.spans["sc"] = [doc[start:end] for start, end in spans]
    return [ent.label_ for ent in nlp(doc).ents]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"threshold": 0.3}, True),
        ({"threshold": 0.9}, False),
        ({"threshold": 0.9, "label_thresholds": {"PERSON": 0.1}}, True),
        ({"threshold": 0.1, "label_thresholds": {"PERSON": 0.9}}, False),
        ({"threshold": 0.1, "label_thresholds": {"DISEASE": 0.9}}, True),
    ],
)
def test_thresholds(make_toy: MakeNLP, config: dict, found: bool):
    nlp = make_toy(candidates="span_group", **config)
    assert given_spans(nlp, (0, 2)) == ["PERSON"] * found


def test_thresholds_of_fine_labels(make_toy: MakeNLP):
    assert given_spans(make_toy(candidates="span_group"), (0, 1)) == ["GPE"]
    voting = {"head": 0.2}  # Mary, the last word, counts less than Paris
    for bar, labels in ((0.5, ["GPE"]), (0.95, [])):
        nlp = make_toy(
            candidates="span_group", voting=voting, label_thresholds={"GPE": bar}
        )
        assert given_spans(nlp, (0, 2)) == labels


def test_assets_give_the_default_threshold(
    make_toy: MakeNLP, toy_folder: Path, tmp_path: Path
):
    assets = ClusterAssets.from_disk(toy_folder / "assets")
    assets.with_thresholds({"": 0.2, "PERSON": 0.9}).to_disk(tmp_path)
    options = {"candidates": "span_group", "assets": str(tmp_path)}
    assert given_spans(make_toy(**options), (0, 2)) == []
    over = make_toy(**options, label_thresholds={"PERSON": 0.3})
    assert given_spans(over, (0, 2)) == ["PERSON"]
    over.to_disk(tmp_path / "nlp")
    assert given_spans(spacy.load(tmp_path / "nlp"), (0, 2)) == ["PERSON"]
    config = {"components": {"bert_unsup_ner": {"label_thresholds": {"PERSON": 1.0}}}}
    again = spacy.load(tmp_path / "nlp", config=config)
    assert given_spans(again, (0, 2)) == []


def test_thresholds_are_read_at_each_prediction(make_toy: MakeNLP):
    nlp = make_toy(candidates="span_group", threshold=0.1)
    assert given_spans(nlp, (0, 2)) == ["PERSON"]
    nlp.get_pipe("bert_unsup_ner").cfg["threshold"] = 0.9  # type: ignore[attr-defined]
    assert given_spans(nlp, (0, 2)) == []


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"threshold": 1.5}, r"threshold must lie in \[0, 1\], not 1.5"),
        ({"label_thresholds": {"GPE": -0.1}}, r"label_thresholds\['GPE'\]"),
        ({"label_thresholds": {"CITY": 0.5}}, "'CITY'.*GPE"),
    ],
)
def test_bad_thresholds(make_toy: MakeNLP, config: dict, message: str):
    with pytest.raises(ConfigError, match=message):
        make_toy(**config).initialize()


def test_a_bad_threshold_set_later_is_refused(make_toy: MakeNLP):
    nlp = make_toy()
    nlp.get_pipe("bert_unsup_ner").cfg["threshold"] = np.float64(7)  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match="threshold"):
        nlp(TOY_TEXT)


def test_a_threshold_of_one_keeps_what_is_certain(make_toy: MakeNLP):
    assert entities(make_toy(threshold=1.0)(TOY_TEXT)) == TOY_ENTS
