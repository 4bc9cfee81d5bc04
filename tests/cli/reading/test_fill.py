"""`fill`: blanks, every word, labels and types; against the plain model."""

import numpy as np
import pytest
import torch

from spacy_bert_unsup.cli.reading.blanks import find_blanks, read_text_with_blanks
from spacy_bert_unsup.cli.reading.fill import guess_type, terms_of_label
from spacy_bert_unsup.cli.reading.labelled import LabelledModel
from spacy_bert_unsup.errors import ConfigError, InputError
from spacy_bert_unsup.voting.cues import voting_terms
from tests.cli.running import fails_with, run, run_json, run_well
from tests.toys import TOYS, make_lm, toy_bert

TWO = "John lives in [MASK] and [MASK] works."


def plain_probabilities(text):
    """(n, V) probabilities of the toy BERT at the masks of a text."""
    model, tokenizer = toy_bert()
    inputs = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        logits = model(**inputs).logits[0]
    masks = inputs["input_ids"][0] == tokenizer.mask_token_id
    return logits[masks].softmax(dim=1).numpy()


def test_blanks_are_filled_as_the_plain_model_does(toy_folder, bert_lm):
    found = run_json("fill", TWO, "--model", toy_folder, "--top", 4, "--no-labels")
    expected = plain_probabilities(TWO)
    allowed = voting_terms(bert_lm)
    assert len(found["blanks"]) == len(expected) == 2
    for blank, probs in zip(found["blanks"], expected, strict=True):
        best = np.argsort(-np.where(allowed, probs, 0))[:4]
        terms = [row["term"] for row in blank["terms"]]
        assert terms == [bert_lm.terms[i] for i in best]
        shares = [row["probability"] for row in blank["terms"]]
        assert shares == pytest.approx(probs[best].tolist(), abs=1e-4)
    bounds = [(blank["start"], blank["end"]) for blank in found["blanks"]]
    assert [TWO[start:end] for start, end in bounds] == ["[MASK]"] * 2


def test_filter_can_be_left_out(toy_folder, bert_lm):
    args = ["fill", TWO, "--model", toy_folder, "--no-labels", "--top", 10**6]
    filtered, everything = run_json(*args), run_json(*args, "--unfiltered")
    shown, all_shown = (
        {row["term"] for row in found["blanks"][0]["terms"]}
        for found in (filtered, everything)
    )
    assert shown < all_shown
    assert "##ing" in all_shown - shown
    assert not any(term.startswith("[M") for term in all_shown)


def test_every_word_is_asked_blanked_and_as_it_stands(toy_folder):
    text = "John visited [MASK] ."
    args = ["--model", toy_folder, "--no-labels"]
    words = run_json("fill", text, "--all", *args)["words"]
    assert [word["text"] for word in words] == ["John", "visited", "[MASK]", "."]
    for word in words:
        assert ("read" in word) == (word["text"] != "[MASK]")
        assert word["masked"]["terms"]
    masked = run_json("fill", "[MASK] visited [MASK] .", *args)
    assert words[0]["masked"]["terms"] == masked["blanks"][0]["terms"][:10]
    table = run_well("fill", text, "--all", *args)
    assert sum("visited" in line for line in table.splitlines()) == 2


def test_labels_vote_and_the_type_is_their_winner(starter):
    text = "Aspirin is used to treat [MASK] ."
    (blank,) = run_json("fill", text, "--type")["blanks"]
    shares = list(blank["labels"].values())
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.001
    assert blank["type"]["label"] in ("DISEASE", "SYMPTOM")
    assert blank["type"]["share"] <= blank["type"]["entity"] <= 1
    shown = run_well("fill", text, "--type")
    assert f"Type: {blank['type']['label']}" in shown
    assert "█" in shown


def test_only_terms_of_a_label(starter):
    text = "Aspirin is used to treat [MASK] ."
    (blank,) = run_json("fill", text, "--label", "DISEASE", "--top", 20)["blanks"]
    labels = [row["labels"][0] for row in blank["terms"]]
    assert len(labels) == 20
    assert all(starter.assets.scheme.is_a(label, "DISEASE") for label in labels)
    assert "SYMPTOM" in labels


def test_unknown_label_is_an_error_that_names_the_known_ones(starter):
    message = fails_with("E572", "fill", "A [MASK].", "--label", "NOTHING")
    assert "DISEASE" in message
    with pytest.raises(ConfigError, match="E572"):
        terms_of_label(starter, "NOTHING")


def test_silence_has_no_type(starter):
    silent = np.zeros(len(starter.assets.scheme.labels), np.float32)
    assert guess_type(starter, silent) == {"label": None, "share": 0.0, "entity": 0.0}


def test_text_without_a_blank_or_a_word(toy_folder):
    args = ["--model", toy_folder, "--no-labels"]
    fails_with("E571", "fill", "John lives.", *args)
    fails_with("E570", "fill", " \n ", *args)
    fails_with("E570", "fill", "", "--all", *args)


def test_missing_model_and_wrong_usage(tmp_path):
    fails_with("E101", "fill", "A [MASK].", "--model", tmp_path / "nowhere")
    assert run("fill", "A [MASK].", "--top", "0").exit_code == 2
    assert run("fill").exit_code == 2


def test_long_text_is_read_in_windows_and_said(toy_folder, bert_lm):
    text = "John lives in Paris . " * 20 + "[MASK] works ."
    result = run("fill", text, "--model", toy_folder, "--no-labels")
    assert result.exit_code == 0
    assert "W570" in result.stderr
    found = run_json("fill", text, "--model", toy_folder, "--no-labels")
    assert "W570" in found["notes"][0]
    assert len(found["blanks"]) == 1


def test_masks_are_pieces_and_words(toy_lm):
    encoded, notes = read_text_with_blanks(toy_lm, "Is[MASK][MASK]the [MASK]?\n[MASK]")
    assert notes == []
    blanks = find_blanks(encoded)
    assert len(blanks) == 4
    for word in blanks:
        first, last = encoded.cover[word].tolist()
        assert encoded.pieces.ids[first:last].tolist() == [toy_lm.mask_id]
    masks = int((encoded.pieces.ids == toy_lm.mask_id).sum())
    assert masks == 4
    bounds = np.stack([encoded.tokens.starts, encoded.tokens.ends])
    assert (np.diff(bounds.T.ravel()) >= 0).all()


@pytest.mark.parametrize(
    "text", ["[MASK]", "é [MASK]", "[MASK]\u0000x", "\ud83d[MASK]"]
)
def test_hostile_texts_are_read(toy_lm, text):
    encoded, _ = read_text_with_blanks(toy_lm, text)
    assert len(find_blanks(encoded)) == 1


@pytest.mark.parametrize(
    ("family", "mask"), [("bert", "[MASK]"), ("roberta", "<mask>")]
)
def test_masks_are_cut_as_the_tokenizer_cuts_its_own(family, mask):
    text = "John lives in [MASK] with [MASK] cells ."
    encoded, _ = read_text_with_blanks(make_lm(family), text)
    _, tokenizer = TOYS[family]()
    # RoBERTa's own mask swallows the space before it; the toy's does not.
    expected = tokenizer(text.replace(" [MASK]", mask))["input_ids"][1:-1]
    assert encoded.pieces.ids.tolist() == expected


def test_nothing_but_white_space_is_refused(toy_lm):
    with pytest.raises(InputError, match="E570"):
        read_text_with_blanks(toy_lm, "\n\t ")


def test_without_labels_nothing_is_built(bert_lm):
    from spacy_bert_unsup.vocab.vectors import VocabVectors

    reader = LabelledModel(bert_lm, VocabVectors.from_mlm(bert_lm))
    assert reader.tables is None
    assert reader.describe(bert_lm.terms.index("cell"))["labels"] == []
    assert reader.share_record(np.zeros(0, np.float32)) == {}
