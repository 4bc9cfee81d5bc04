"""Terms go with a user's seeds where these are their nearest labelled neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.adoption import adopt_terms
from spacy_bert_unsup.vocab.labels import SeedLabels
from spacy_bert_unsup.vocab.propagation import Propagation
from spacy_bert_unsup.vocab.vectors import VocabVectors

HOW = Propagation(picks=4, min_cosine=0.2, components=-1)
FAMILY = ["mother", "father", "sister", "brother", "##law"]
JOBS = ["doctor", "nurse", "pilot", "baker", "judge"]
OLD: SeedLabels = {term: ("ROLE", "GENERIC") for term in [*FAMILY, *JOBS]}
NEW: SeedLabels = {term: ("RELATIVE",) for term in FAMILY[:3]}


def make_vectors(terms: list[str], *, seed: int = 0) -> VocabVectors:
    """Family words point one way, jobs another, all others nowhere in particular."""
    noise = np.random.default_rng(seed).normal(size=(len(terms), 16)) * 0.1
    for row, term in zip(noise, terms, strict=True):
        row[0] += 1.0 * (term in FAMILY or term == "Mother")
        row[1] += 1.0 * (term in JOBS)
        row[2] += 1.0 * (term == "zebra")
    return VocabVectors.from_wordpieces(terms, noise.astype(np.float32))


@pytest.fixture
def vectors() -> VocabVectors:
    return make_vectors([*FAMILY, *JOBS, "[CLS]", "Mother", "zebra"])


def test_terms_near_most_of_the_seeds_are_adopted(vectors: VocabVectors):
    assert set(adopt_terms(vectors, NEW, OLD, how=HOW)) == {"brother", "##law"}


def test_adopted_terms_get_the_new_label_only(vectors: VocabVectors):
    adopted = adopt_terms(vectors, NEW, OLD, how=HOW)
    assert set(adopted.values()) == {("RELATIVE",)}


def test_terms_that_people_labelled_otherwise_stay(vectors: VocabVectors):
    old = OLD | {"brother": ("ORGANIZATION",)}
    assert set(adopt_terms(vectors, NEW, old, how=HOW)) == {"##law"}


def test_terms_without_a_label_are_adopted_unless_they_continue_words(
    vectors: VocabVectors,
):
    old = {term: OLD[term] for term in JOBS}
    assert set(adopt_terms(vectors, NEW, old, how=HOW)) == {"brother"}


def test_one_seed_is_not_enough(vectors: VocabVectors):
    assert adopt_terms(vectors, {"mother": ("RELATIVE",)}, OLD, how=HOW) == {}


def test_case_forms_of_one_seed_count_once(vectors: VocabVectors):
    """The seed "mother" speaks of the entry "Mother" too."""
    one = {"mother": ("RELATIVE",), "zebra": ("RELATIVE",)}
    assert adopt_terms(vectors, one, OLD, how=HOW) == {}


def test_the_closer_of_two_labels_wins(vectors: VocabVectors):
    both = NEW | {term: ("JOB",) for term in JOBS[:3]}
    adopted = adopt_terms(vectors, both, OLD, how=HOW)
    assert adopted["brother"] == ("RELATIVE",)
    assert adopted["baker"] == adopted["judge"] == ("JOB",)


def test_seeds_that_are_no_entries_are_passed_over(vectors: VocabVectors):
    assert adopt_terms(vectors, {"aunt": ("RELATIVE",)}, OLD, how=HOW) == {}
