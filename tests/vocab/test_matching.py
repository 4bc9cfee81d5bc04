"""Which vocabulary entries a seed term speaks of."""

from __future__ import annotations

import numpy as np
import pytest

from spacy_bert_unsup.vocab.labels import match_seed_labels
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.toys import make_lm


def match(terms, seeds):
    vectors = VocabVectors.from_wordpieces(terms, np.ones((len(terms), 2)))
    found = match_seed_labels({t: (label,) for t, label in seeds.items()}, vectors)
    return {terms[i]: names[0] for i, names in found.items()}


def test_exact_before_lower_case():
    seeds = {"May": "TIME", "may": "VERB"}
    found = match(["may", "May", "MAY"], seeds)
    assert found == {"may": "VERB", "May": "TIME", "MAY": "TIME"}


def test_any_case_if_the_seeds_know_one():
    assert match(["EGFR", "Egfr"], {"egfr": "GENE"}) == {"EGFR": "GENE", "Egfr": "GENE"}
    assert match(["egfr"], {"EGFR": "GENE"}) == {"egfr": "GENE"}


def test_pieces_within_words_are_other_entries():
    terms = ["##s", "s", "##", "#"]
    assert match(terms, {"##s": "PLURAL"}) == {"##s": "PLURAL"}
    assert match(terms, {"s": "UNIT"}) == {"s": "UNIT"}
    assert match(terms, {"##": "MARK"}) == {"##": "MARK"}


def test_special_entries_are_never_matched():
    terms = ["[MASK]", "[unused1]", "["]
    assert match(terms, {term: "X" for term in [*terms, "mask"]}) == {"[": "X"}


def test_terms_that_are_no_entries():
    assert match(["New", "York"], {"New York": "GPE", "Rome": "GPE"}) == {}


@pytest.mark.parametrize(
    ("family", "found"),
    [
        ("bert", {"London": "GPE", "##itis": "DISEASE"}),
        ("roberta", {"Ġthe": "FUNCTION", "ary": "ENDING"}),
        ("albert", {"▁London": "GPE", "itis": "DISEASE"}),
        ("modernbert", {"Ġthe": "FUNCTION", "ary": "ENDING"}),
    ],
)
def test_markers_of_every_kind_of_tokenizer(family, found):
    """The same seed file serves WordPiece, byte-level BPE and unigram models."""
    seeds = {"London": ("GPE",), "##itis": ("DISEASE",)}
    seeds |= {"the": ("FUNCTION",), "##ary": ("ENDING",)}
    vectors = VocabVectors.from_mlm(make_lm(family))
    matched = match_seed_labels(seeds, vectors)
    named = {vectors.terms[i]: names[0] for i, names in matched.items()}
    assert found.items() <= named.items()
    keys = [(vectors.surfaces[i].lower(), bool(vectors.continues[i])) for i in matched]
    assert {"london", "the", "itis", "ary"} >= {surface for surface, _ in keys}
    assert all(within == (surface in ("itis", "ary")) for surface, within in keys)
