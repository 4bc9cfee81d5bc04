"""What a config may name: every registered function of the package."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest
import spacy
from spacy.util import registry

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.registry import CANDIDATES, resolve_candidates
from spacy_bert_unsup.voting.candidates import Candidates

SETUP = configparser.ConfigParser(interpolation=None)
SETUP.read(Path(__file__).parents[1] / "setup.cfg", encoding="utf-8")
LINES = SETUP["options.entry_points"]["spacy_misc"].splitlines()
NAMES = [line.partition("=")[0].strip() for line in LINES if line.strip()]


def tagged_doc():
    """Old Ann saw Bob , with everything that a finder may need."""
    doc = spacy.tokens.Doc(
        spacy.blank("en").vocab,
        words=["Old", "Ann", "saw", "Bob"],
        tags=["JJ", "NNP", "VBD", "NNP"],
        pos=["ADJ", "PROPN", "VERB", "PROPN"],
        heads=[1, 2, 2, 2],
        deps=["amod", "nsubj", "ROOT", "dobj"],
    )
    doc.spans["sc"] = [doc[1:2]]
    doc.spans["mine"] = [doc[3:4]]
    return doc


def resolve(name, **arguments):
    config = {"finder": {"@misc": name, **arguments}}
    return registry.resolve(config)["finder"]


@pytest.mark.parametrize("name", NAMES)
def test_every_function_works_from_a_config(name):
    found = resolve(name)(tagged_doc())
    assert isinstance(found, Candidates)
    short = name.split(".")[1]
    assert found == resolve_candidates(short)(tagged_doc())


def test_every_short_name_has_a_long_one():
    assert NAMES == [f"spacy-bert-unsup.{short}.v1" for short in CANDIDATES]


@pytest.mark.parametrize(
    ("name", "arguments", "spans"),
    [
        ("tokens", {}, [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ("noun_chunks", {}, [(0, 2), (3, 4)]),
        ("pos_runs", {}, [(0, 2), (3, 4)]),
        ("pos_runs", {"tags": ["PROPN"]}, [(1, 2), (3, 4)]),
        ("pos_runs", {"tags": None}, [(0, 2), (3, 4)]),
        ("span_group", {}, [(1, 2)]),
        ("span_group", {"key": "mine"}, [(3, 4)]),
        ("entity_marks", {"mark": "nn"}, [(1, 2)]),
    ],
)
def test_arguments_of_a_config(name, arguments, spans):
    finder = resolve(f"spacy-bert-unsup.{name}.v1", **arguments)
    assert finder(tagged_doc()).spans == spans


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="tags"):
        resolve("spacy-bert-unsup.pos_runs.v1", tags="NOUN")


def test_functions_stand_for_themselves():
    finder = CANDIDATES["tokens"]()
    assert resolve_candidates(finder) is finder


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"E308.*'nouns'.*auto, tokens.*noun_chunks"):
        resolve_candidates("nouns")
