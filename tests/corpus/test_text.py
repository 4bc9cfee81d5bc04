import pytest

from scripts.corpus.text import (
    CITED,
    MISSING,
    drop_citations,
    join_tokens,
    split_sentences,
    tidy,
)


def cite(words):
    return f"{CITED}{words}{CITED}"


def test_tidy():
    assert tidy(" Cafe\u0301\u00a0 au\u200b lait\ufeff\n\tnow ") == "Café au lait now"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"It grows [{cite('1')}–{cite('5')},{cite('9')}] well.", "It grows well."),
        (f"It grows (see {cite('Reed, 1999')}; not shown).", "It grows."),
        (f"It grows{cite('3')},{cite('4')}, they say.", "It grows, they say."),
        (f"As {cite('Reed')} saw, it grows.", "As Reed saw, it grows."),
        (f"It grows ({cite('Figure 2')}A) well .", "It grows well."),
        ("It grows (ten cm) and f(x) stays.", "It grows (ten cm) and f(x) stays."),
        (f"It grows ({MISSING}) well.", "It grows well."),
    ],
)
def test_citations(text, expected):
    assert drop_citations(text) == expected


def test_sentences_keep_every_word():
    text = 'He said "No." It was 3.5 m. in 1990. "Why?" (Nobody knew.) So it is.'
    assert split_sentences(text) == [
        'He said "No."',
        "It was 3.5 m. in 1990.",
        '"Why?" (Nobody knew.)',
        "So it is.",
    ]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("The cat ( Tom ) , he said , is n't John 's .",
         "The cat (Tom), he said, isn't John's."),
        ("`` Stop '' , she said : \" Go \" .", '"Stop", she said: "Go".'),
        ("It cost $ 5 - or 90 % less .", "It cost $5 - or 90% less."),
    ],
)  # fmt: skip
def test_tokens(tokens, expected):
    assert join_tokens(tokens.split()) == expected


def test_tokens_that_are_parts_of_words():
    tokens = "the S - 100 of Crohn ' s , 0 . 5 mg / ml , 1 , 338 bp ( 1 , 2 ) .".split()
    joined = join_tokens(tokens, hyphens=True)
    assert joined == "the S-100 of Crohn's, 0.5 mg/ml, 1,338 bp (1, 2)."
