import json

import pytest
import spacy

from spacy_bert_unsup.cli.tagging.annotate import annotate, batch_texts
from spacy_bert_unsup.cli.tagging.writers import json_line
from spacy_bert_unsup.cli.texts import InputText


@pytest.fixture
def nlp():
    return spacy.blank("en")


def collect():
    """A list, and something that writes into it while the Doc lives."""
    written = []

    def write(doc, text):
        written.append((doc.text, text, dict(doc.user_data)))

    return written, write


def test_texts_are_written_in_order_with_their_fields(nlp):
    texts = [InputText("one", "a"), InputText("two", "b", 2, {"id": 7})]
    written, write = collect()
    assert annotate(nlp, iter(texts), write) == 2
    assert written == [
        ("one", texts[0], {}),
        ("two", texts[1], {"meta": {"id": 7}}),
    ]


def test_a_long_stream_is_never_held(nlp):
    ahead, read, done = [], 0, 0

    def stream():
        nonlocal read
        for i in range(200):
            read += 1
            yield InputText(f"text {i}", "a", i)

    def write(doc, text):
        nonlocal done
        done += 1
        ahead.append(read - done)

    assert annotate(nlp, stream(), write, batch_size=8) == 200
    assert max(ahead) <= 2 * 8


def test_long_texts_are_split_and_said_so_once(nlp, capsys):
    nlp.max_length = 16
    texts = [
        InputText("short", "a.txt", 1),
        InputText("One is here. Two is there. Three.", "a.txt", 2, {"id": 7}),
        InputText("x" * 20, "a.txt", 3),
    ]
    written, write = collect()
    assert annotate(nlp, iter(texts), write) == 6
    assert [(words, text.line, text.start) for words, text, _ in written] == [
        ("short", 1, None),
        ("One is here.", 2, 0),
        (" Two is there.", 2, 12),
        (" Three.", 2, 26),
        ("x" * 16, 3, 0),
        ("xxxx", 3, 16),
    ]
    assert [data for _, _, data in written[:3]] == [
        {},
        {"meta": {"id": 7}, "start": 0},
        {"meta": {"id": 7}, "start": 12},
    ]
    line = json_line(nlp("Two."), written[2][1])
    assert json.loads(line)["source"] == {"name": "a.txt", "line": 2, "start": 12}
    said = capsys.readouterr().err
    assert said.count("W503") == 1 and "a.txt, line 2 has 33 characters" in said


def test_few_long_texts_are_held_together():
    texts = [InputText("x" * size, "a") for size in (9, 60_000, 9, 9, 9, 100_000, 9)]
    sizes = [[len(t.text) for t in batch] for batch in batch_texts(texts, 3)]
    assert sizes == [[9], [60_000], [9, 9, 9], [100_000], [9]]


def test_words_of_old_texts_are_forgotten(nlp):
    texts = (InputText(f"word{i}", "a", i) for i in range(300))
    before = len(nlp.vocab.strings)
    annotate(nlp, texts, lambda doc, text: None, batch_size=8)
    assert len(nlp.vocab.strings) == before
