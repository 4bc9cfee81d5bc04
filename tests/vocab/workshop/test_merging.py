"""Seed labels from several hands: what people wrote in the folder wins."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.vocab.workshop.merging import (
    choose_shipped,
    join_seed_files,
    merge_given,
    split_own,
)

FILE = {"leek": ("PLANT",), "pan": ("TOOL",)}
labels = st.sampled_from([("A",), ("B",), ("A", "B")])
seeds = st.dictionaries(st.sampled_from("uvwxyz"), labels)


@given(seeds, seeds, seeds)
def test_each_term_by_itself(here, given, before):
    merged = merge_given(here, given, before)
    for term in {*here, *given, *before}:
        untouched = here.get(term) == before.get(term)
        assert merged.get(term) == (given if untouched else here).get(term)


@given(seeds, seeds)
def test_merging_twice_changes_nothing(here, given):
    merged = merge_given(here, given, {})
    assert merge_given(merged, given, given) == merged


def test_the_life_of_a_folder():
    first = merge_given({}, FILE, {})
    assert first == FILE
    edited = first | {"leek": ("VEGETABLE",)}  # somebody corrects it here
    changed = {"leek": ("HERB",), "pan": ("VESSEL",), "egg": ("FOOD",)}
    merged = merge_given(edited, changed, FILE)
    assert merged == {"leek": ("VEGETABLE",), "pan": ("VESSEL",), "egg": ("FOOD",)}
    assert merge_given(merged, {}, changed) == {"leek": ("VEGETABLE",)}
    assert merge_given({"egg": ("FOOD",)}, changed, changed) == {"egg": ("FOOD",)}


def test_files_are_joined_like_lines():
    other = {"pan": ("VESSEL",), "egg": ("FOOD",)}
    assert join_seed_files([FILE, other])["pan"] == ("TOOL", "VESSEL")


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("none", {}),
        ("all", {"the": ("FUNCTION",), "well": ("ADVERB", "X"), "Ann": ("PERSON",)}),
        ("non-entity", {"the": ("FUNCTION",), "well": ("ADVERB",)}),
    ],
)
def test_parts_of_the_shipped_seeds(part, wanted):
    shipped = {"the": ("FUNCTION",), "well": ("ADVERB", "X"), "Ann": ("PERSON",)}
    assert choose_shipped(shipped, part) == wanted


def test_own_seeds_are_those_that_differ_from_the_shipped():
    shipped = {"the": ("FUNCTION",), "pan": ("OBJECT",)}
    own, kept = split_own({"pan": ("TOOL",), "the": ("FUNCTION",)}, shipped)
    assert (own, kept) == ({"pan": ("TOOL",)}, {"the": ("FUNCTION",)})
