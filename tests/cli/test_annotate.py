import pytest
import spacy

from spacy_bert_unsup.cli.annotate import annotate
from spacy_bert_unsup.cli.texts import InputText
from spacy_bert_unsup.errors import InputError


@pytest.fixture
def nlp():
    return spacy.blank("en")


def test_texts_are_written_in_order_with_their_fields(nlp):
    texts = [InputText("one", "a"), InputText("two", "b", 2, {"id": 7})]
    written = []
    count = annotate(nlp, iter(texts), lambda *pair: written.append(pair))
    assert count == 2
    assert [text for _, text in written] == texts
    assert [doc.text for doc, _ in written] == ["one", "two"]
    assert written[1][0].user_data["meta"] == {"id": 7}
    assert "meta" not in written[0][0].user_data


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


def test_text_that_the_pipeline_does_not_take(nlp):
    nlp.max_length = 10
    texts = [InputText("short", "a.txt", 1), InputText("x" * 11, "a.txt", 2)]
    with pytest.raises(InputError, match=r"a\.txt, line 2: .* 11 characters.* 10"):
        annotate(nlp, iter(texts), lambda doc, text: None)
