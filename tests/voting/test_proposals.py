from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.voting.proposals import TokenRoles, assign_roles, propose_spans
from spacy_bert_unsup.voting.settings import VotingSettings
from tests.voting.words import encode_words


def roles_of(letters):
    """c core, x extra, b bridge, anything else nothing."""
    flags = np.array(list(letters))
    return TokenRoles(flags == "c", flags == "x", flags == "b")


def propose(letters, **settings):
    return propose_spans(roles_of(letters), VotingSettings(**settings))


def read_roles(tagger, text, **settings):
    """One letter for each token, as in `roles_of`."""
    (encoded,) = encode_words(tagger.lm, text)
    words = tagger.lexicon.label_words(encoded)
    roles = assign_roles(encoded, words, tagger.tables, VotingSettings(**settings))
    letters = np.full(len(encoded.words), ".")
    for letter, flags in [("c", roles.core), ("x", roles.extra), ("b", roles.bridge)]:
        assert (letters[flags] == ".").all()  # one role each
        letters[flags] = letter
    return "".join(letters)


def slowly(letters, extend, max_span):
    """Every span that the rules allow, straight from their statement."""
    found = []
    for start in range(len(letters)):
        for end in range(start + 1, min(len(letters), start + max_span) + 1):
            inner = letters[start:end]
            cores = [i for i, role in enumerate(inner) if role == "c"]
            if "." in inner or not cores or "bbb" in inner:
                continue
            edges = inner[0] != "b" and inner[-1] != "b"
            around = cores[0] <= extend and len(inner) - 1 - cores[-1] <= extend
            if edges and around:
                found.append((start, end))
    return found


@given(
    st.text("cxb.", max_size=10),
    st.integers(0, 3),
    st.integers(1, 7),
)
def test_proposals_equal_their_statement(letters, extend, max_span):
    found = propose(letters, extend=extend, max_span=max_span)
    assert found == slowly(letters, extend, max_span)


@given(st.text("cxb.", max_size=14))
def test_what_every_proposal_is(letters):
    roles = roles_of(letters)
    settings = VotingSettings()
    for start, end in propose_spans(roles, settings):
        assert 0 <= start < end <= min(len(letters), start + settings.max_span)
        assert roles.core[start:end].any()
        assert not roles.bridge[start] and not roles.bridge[end - 1]


@pytest.mark.parametrize(
    ("letters", "wanted"),
    [
        ("", []),
        ("x.x", []),
        ("bcb", [(1, 2)]),
        ("cbc", [(0, 1), (0, 3), (2, 3)]),
        ("xc", [(0, 2), (1, 2)]),
        ("xxxc", [(1, 4), (2, 4), (3, 4)]),
    ],
)
def test_proposals(letters, wanted):
    assert propose(letters, extend=2) == wanted


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Mary lives in Paris .", "c..c."),
        ("with old arthritis and nephritis", ".xc.c"),  # pieces speak too
        ("the river of Paris", ".xbc"),
        ("Mary 's cancer", "cbc"),
        ("Parkinson ' s cancer", "cbbc"),
        ("the patient", ".x"),
        ("", ""),
    ],
)
def test_roles(word_tagger, text, roles):
    assert read_roles(word_tagger, text) == roles


def test_initials(word_tagger):
    """The full stop after a capital letter parts nothing."""
    assert read_roles(word_tagger, "with M . bovis .")[1:] == "cbc."
    assert read_roles(word_tagger, "with m . bovis .")[2] == "."


def test_spans_over_initials_and_apostrophes(word_tagger):
    for text, span in [
        ("with M . bovis .", (1, 4)),
        ("old Parkinson ' s cancer", (1, 5)),
    ]:
        (encoded,) = encode_words(word_tagger.lm, text)
        words = word_tagger.lexicon.label_words(encoded)
        settings = VotingSettings()
        roles = assign_roles(encoded, words, word_tagger.tables, settings)
        assert span in propose_spans(roles, settings)


def test_kind_words_may_be_left_to_others(word_tagger):
    assert read_roles(word_tagger, "the cancer", kinds=True) == ".c"
    assert read_roles(word_tagger, "the cancer", kinds=False) == ".x"


@pytest.mark.parametrize(
    ("label", "known", "role"),
    [("GENERIC", True, "x"), ("GENERIC", False, "c"), ("VERB", False, ".")],
)
def test_words_in_pieces_are_proposed_unless_blocked(word_tagger, label, known, role):
    """What endings say may be wrong: "constipation" ends as a generic noun."""
    (text,) = encode_words(word_tagger.lm, "fever")
    words = word_tagger.lexicon.label_words(text)
    labels = word_tagger.assets.scheme.labels
    words.voters[0] = words.alone[0] = np.array(labels) == label
    words.known[0] = known
    roles = assign_roles(text, words, word_tagger.tables, VotingSettings())
    found = {"c": roles.core[0], "x": roles.extra[0], ".": True}
    assert next(letter for letter, yes in found.items() if yes) == role


def test_capitals_are_a_weak_hint(word_tagger):
    """Inside a sentence only, and no word that blocks becomes a core by them."""
    text = "City is River . Old was City"
    assert read_roles(word_tagger, text, capitals=True).startswith("x")
    assert read_roles(word_tagger, text, capitals=True)[2] == "c"
    assert read_roles(word_tagger, text, capitals=True)[4] == "x"
    assert read_roles(word_tagger, text, capitals=False)[2] == "x"
    assert read_roles(word_tagger, "Mary Visited Paris") == "cxc"
    assert read_roles(word_tagger, "Mary Visited Paris", capitals=False) == "c.c"
