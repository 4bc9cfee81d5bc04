import pytest

from spacy_bert_unsup.evaluation.baseline import CapitalsAndLexicon

SEEDS = {
    "London": ("LOCATION",),
    "Bank": ("ORGANIZATION",),
    "cancer": ("DISEASE",),
    "lung cancer": ("DISEASE",),
    "the": ("FUNCTION",),
    "patient": ("GENERIC",),
    "University": ("ORGANIZATION", "LOCATION"),
}
TAGGER = CapitalsAndLexicon(SEEDS, ["FUNCTION", "GENERIC"])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("he met Ann Lee in London", [(2, 4, "PERSON"), (5, 6, "LOCATION")]),
        ("at London Bank he", [(1, 3, "ORGANIZATION")]),
        ("at Bank Street Bank London", [(1, 5, "ORGANIZATION")]),
        ("The patient had lung cancer", [(3, 5, "DISEASE")]),
        ("Patient Lee had cancer", [(1, 2, "PERSON"), (3, 4, "DISEASE")]),
        ("with Patient Lee", [(1, 3, "PERSON")]),
        ("in THE London", [(2, 3, "LOCATION")]),
        ("near the University", [(2, 3, "ORGANIZATION")]),
        ("a LUNG CANCER", [(1, 3, "DISEASE")]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_find(sentence, expected):
    assert [tuple(span) for span in TAGGER.find(sentence.split())] == expected


def test_default_label_is_a_choice():
    tagger = CapitalsAndLexicon({}, [], default="GENE")
    assert tagger.find(["the", "BRCA1"]) == [(1, 2, "GENE")]
