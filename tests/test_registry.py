"""Registered functions are found by name, and their arguments are checked."""

from __future__ import annotations

import pytest
from spacy.util import registry

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.registry import CANDIDATES, resolve_candidates


@pytest.mark.parametrize("name", CANDIDATES)
def test_short_names_are_registered_under_long_ones(name: str):
    assert registry.misc.get(f"spacy-bert-unsup.{name}.v1") is CANDIDATES[name]


def test_functions_stand_for_themselves():
    finder = CANDIDATES["tokens"]()
    assert resolve_candidates(finder) is finder


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"'nouns'.*noun_chunks"):
        resolve_candidates("nouns")


def test_arguments_are_checked():
    config = {"f": {"@misc": "spacy-bert-unsup.pos_runs.v1", "tags": "NOUN"}}
    with pytest.raises(ValueError, match="tags"):
        registry.resolve(config)
