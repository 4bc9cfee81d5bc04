from hypothesis import given, strategies as st

from spacy_bert_unsup.cli.splitting import split_text


def parts(text, most):
    return [text[start:end] for start, end in split_text(text, most)]


@given(st.text(alphabet='ab. \n。!"', max_size=60), st.integers(1, 20))
def test_nothing_is_lost_and_no_part_is_too_long(text, most):
    found = parts(text, most)
    assert "".join(found) == text
    assert all(0 < len(part) <= most for part in found)


def test_cuts_at_ends_of_sentences():
    text = 'He went home. "She stayed." They met at 3.14 on Monday.'
    assert parts(text, 30) == [
        'He went home. "She stayed."',
        " They met at 3.14 on Monday.",
    ]


def test_cuts_at_the_last_space_where_no_sentence_ends():
    assert parts("aa bb cc dd ee", 8) == ["aa bb ", "cc dd ee"]


def test_cuts_anywhere_as_a_last_resort():
    assert parts("a" * 10, 4) == ["aaaa", "aaaa", "aa"]


def test_texts_without_spaces():
    assert parts("我住在北京。他住在上海。", 8) == ["我住在北京。", "他住在上海。"]


def test_short_texts_are_left_alone():
    assert parts("One. Two.", 9) == ["One. Two."]
    assert parts("", 9) == []
