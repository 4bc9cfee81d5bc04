"""Questions about the labels of seed words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from spacy_bert_unsup.errors import AssetsError, PretrainError
from spacy_bert_unsup.pretrain.asking import AskedSpans, choose_spans, find_spans
from spacy_bert_unsup.pretrain.batches import BatchPlan, make_batch
from spacy_bert_unsup.pretrain.label_plan import Template, make_label_plan
from spacy_bert_unsup.pretrain.label_votes import LabelVotes
from spacy_bert_unsup.pretrain.model import PretrainingLoss, make_model, to_tensors
from spacy_bert_unsup.pretrain.questions import lay_questions
from spacy_bert_unsup.pretrain.seed_reader import hold_out, read_seed_words
from spacy_bert_unsup.pretrain.sentences import lay_sentences
from spacy_bert_unsup.pretrain.settings import LabelsConfig

from .conftest import DATA

SEEDS = DATA / "tiny_seeds.tsv"
SETTINGS = LabelsConfig(
    seeds=str(SEEDS),
    shipped="none",
    rates={"entity": 1.0, "other": 1.0},
    most=4,
    held_out=0.0,
)


@pytest.fixture(scope="module")
def tokenizer(prepared):
    return Tokenizer.from_file(str(prepared / "tokenizer.json"))


@pytest.fixture(scope="module")
def plan(tokenizer):
    return make_label_plan(SETTINGS, tokenizer)


@pytest.fixture(scope="module")
def batch_plan(plan):
    return BatchPlan(
        lengths={32: 1.0},
        batch_tokens=256,
        mask_ratio=0.2,
        single_share=0.3,
        seed=3,
        labels=plan,
    )


def texts(store, plan):
    """The sequences of a batch before masking, and their batch without questions."""
    bare = make_batch(store, replace(plan, labels=None, mask_ratio=1e-9), step=1, row=0)
    ids = bare.ids.copy()
    ids.reshape(-1)[bare.positions] = bare.targets
    return ids, bare


def seed_lines():
    lines = SEEDS.read_text().splitlines()
    pairs = (line.split("\t") for line in lines)
    return {term: labels.split("/") for term, labels in pairs}


def spell(store, pieces):
    entries = [store.entries[piece] for piece in pieces]
    return entries[0] + "".join(entry.removeprefix("##") for entry in entries[1:])


def naive_spans(store, row):
    """Word by word, as one would write it down: (first, last, word)."""
    seeds = seed_lines()
    seeds = {t: n for t, n in seeds.items() if " " not in t and "#" not in t}
    kinds = {"GENERIC", "VERB", "FUNCTION"}
    words, at = [], 0
    while at < len(row):
        end = at + 1
        while end < len(row) and store.continues[row[end]]:
            end += 1
        word = spell(store, row[at:end])
        forms = {f: t for t in seeds for f in (t.lower(), t.upper()) if len(t) >= 4}
        forms |= {t.capitalize(): t for t in seeds if t.islower()}
        forms |= {t: t for t in seeds}
        term = forms.get(word) if row[at] >= store.first_term else None
        words.append((at, end, term))
        at = end
    spans = []
    for first, last, term in words:
        if term is None:
            spans.append(None)
            continue
        names = seeds[term]
        entity = not kinds & set(names)
        before = spans[-1] if spans else None
        if before and before[3] and (entity or names[0] not in kinds):
            starts = [*before[4], first][-SETTINGS.longest :]
            spans[-1] = (starts[0], last, term, entity, starts)
        else:
            spans.append((first, last, term, entity, [first]))
    used = sum(piece != store.special.pad for piece in row)
    return [span[:3] for span in spans if span and span[1] < used - 1]


def test_spans_equal_those_found_word_by_word(store, plan, batch_plan):
    terms = list(seed_lines())
    ids, _ = texts(store, batch_plan)
    found, held_out = find_spans(store, plan.words, ids, SETTINGS.longest)
    assert len(found) > 20 and not held_out.any()
    spans = zip(found.row, found.first, found.last, found.word, strict=True)
    ours = [(r, first, last, terms[word]) for r, first, last, word in spans]
    naive = [
        (r, *span) for r, row in enumerate(ids) for span in naive_spans(store, row)
    ]
    assert ours == naive


def test_a_run_of_entities_is_one_span(store, plan, tokenizer):
    def find(text):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        ids = [store.special.cls, *ids, store.special.unk, store.special.sep]
        spans, _ = find_spans(store, plan.words, np.array([ids]), SETTINGS.longest)
        return [
            spell(store, ids[a:b]) for a, b in zip(spans.first, spans.last, strict=True)
        ]

    assert find("Omar Peter bought bread") == ["OmarPeter", "bought", "bread"]
    assert find("Omar and Peter") == ["Omar", "and", "Peter"]
    assert find("Omar the Cairo") == ["Omar", "the", "Cairo"]
    five = "Omar Peter Clara Ahmed Ivan"
    assert find(five) == ["PeterClaraAhmedIvan"]
    assert find("Cairo harbour") == ["Cairoharbour"]  # a kind word
    assert find("harbour Cairo") == ["harbour", "Cairo"]
    assert find("Apples") == ["Apples"]
    assert find("THE nothing") == []  # three letters may be initials


def test_a_sequence_holds_so_many_questions(store, plan, batch_plan):
    ids, _ = texts(store, batch_plan)
    rng = np.random.default_rng(0)
    spans = choose_spans(store, plan, ids, rng)
    assert np.bincount(spans.row).max() == SETTINGS.most
    assert (np.diff(spans.row) >= 0).all()


def test_words_held_out_are_asked_about_in_validation_alone(
    store, tokenizer, batch_plan
):
    plan = make_label_plan(replace(SETTINGS, held_out=0.4, most=99), tokenizer)
    ids, _ = texts(store, batch_plan)
    rng = np.random.default_rng(0)
    kept = choose_spans(store, plan, ids, rng)
    asked = choose_spans(store, plan.for_validation(), ids, rng)
    assert len(kept) and len(asked)
    assert not plan.words.held_out[kept.word].any()
    both = {*zip(kept.row, kept.first, strict=True)}
    assert not both & {*zip(asked.row, asked.first, strict=True)}


def test_a_word_that_the_window_may_have_cut_is_not_asked_about(store, plan):
    harbour = store.entries.index("harbour")
    special = store.special
    whole = np.array([[special.cls, harbour, special.unk, special.sep, special.pad]])
    cut = np.array([[special.cls, special.unk, harbour, special.sep, special.pad]])
    found = [len(find_spans(store, plan.words, ids, 4)[0]) for ids in (whole, cut)]
    assert found == [1, 0]


def test_what_is_held_out_does_not_depend_on_the_file():
    terms = [f"word{i}" for i in range(2000)]
    flags = dict(zip(terms, hold_out(terms, 0.3), strict=True))
    assert 0.25 < np.mean(list(flags.values())) < 0.35
    fewer = [term.upper() for term in terms[500::3]]
    again = hold_out(fewer, 0.3)
    assert [flags[term.lower()] for term in fewer] == again.tolist()
    assert not hold_out(terms, 0.0).any()


def test_a_rate_of_one_label_leaves_the_others_asked(tokenizer):
    words = read_seed_words(replace(SETTINGS, rates={"GPE": 0.9}), tokenizer)
    found = dict(zip(seed_lines(), words.rates.tolist(), strict=True))
    assert found["Cairo"] == pytest.approx(0.9)
    assert found["aspirin"] == pytest.approx(0.6)
    assert found["bought"] == 0.5


def test_shipped_words_are_no_entities_whatever_ones_own_are_called(
    tokenizer, tmp_path
):
    file = tmp_path / "seeds.tsv"
    file.write_text("Cairo\tGPE\nbread\tOTHER\n")
    settings = replace(
        SETTINGS, seeds=str(file), shipped="non-entity", non_entity=["OTHER"]
    )
    words = read_seed_words(settings, tokenizer)
    assert words.entity.sum() == 1 and words.entity[0]


def test_the_digest_is_that_of_the_questions(tokenizer, plan):
    digests = {plan.words.digest}
    for changes in ({"rates": {"GPE": 0.9}}, {"held_out": 0.3}, {"shipped": "all"}):
        words = read_seed_words(replace(SETTINGS, **changes), tokenizer)
        digests.add(words.digest)
    assert len(digests) == 4
    assert read_seed_words(SETTINGS, tokenizer).digest == plan.words.digest


def test_rates_are_those_of_the_likeliest_label(tokenizer):
    rates = {"entity": 0.5, "other": 0.25, "FUNCTION": 0.125, "DRUG": 0.0}
    words = read_seed_words(replace(SETTINGS, rates=rates), tokenizer)
    found = dict(zip(seed_lines(), words.rates.tolist(), strict=True))
    assert found["Cairo"] == 0.5 and found["aspirin"] == 0.0
    assert found["the"] == 0.125 and found["bought"] == 0.25
    # A word that may be an entity or not is, by itself, none.
    assert found["harbour"] == 0.25


def test_shipped_words_that_are_no_entities_are_asked_about_too(tokenizer):
    plans = {
        part: make_label_plan(replace(SETTINGS, shipped=part), tokenizer)
        for part in ("none", "non-entity", "all")
    }
    sizes = {part: len(plan.words.entity) for part, plan in plans.items()}
    assert sizes["none"] == len(seed_lines())
    assert sizes["none"] < sizes["non-entity"] < sizes["all"]
    words = {part: plan.words for part, plan in plans.items()}
    own = slice(0, sizes["none"])
    assert (words["all"].entity[own] == words["none"].entity).all()
    assert not words["non-entity"].entity[sizes["none"] :].any()


def naive_sees(plan, text, spans, blank, width):
    """Who sees whom, question after question."""
    attention = text[2]
    rows, length = attention.shape
    sees = np.zeros((rows, width, width), bool)
    free = [length] * rows
    size = len(plan.beside.before) + len(plan.beside.behind)
    for row in range(rows):
        sees[row, :length] = np.pad(attention[row] > 0, (0, width - length))
    for i in range(len(spans)):
        row, first, last = spans.row[i], spans.first[i], spans.last[i]
        start, end = free[row], free[row] + (1 if blank[i] else size)
        free[row] = end
        for piece in range(start, end):
            for other in range(width):
                text_seen = other < length and attention[row, other]
                if blank[i]:
                    seen = text_seen and not first <= other < last
                else:
                    low = first if len(plan.beside.before) else 0
                    high = last if len(plan.beside.behind) else length
                    seen = text_seen and low <= other < high
                sees[row, piece, other] = seen or start <= other < end
    for row in range(rows):
        sees[row, free[row] :, 0] = True
    return sees


@pytest.mark.parametrize("beside", ["[MASK] and {phrase}", "{phrase} or [MASK]"])
def test_questions_see_what_they_may(store, plan, batch_plan, tokenizer, beside):
    plan = replace(plan, beside=Template.parse(beside, tokenizer))
    ids, bare = texts(store, batch_plan)
    text = (bare.ids, bare.segments, bare.attention)
    spans = choose_spans(store, plan, ids, np.random.default_rng(0))
    asked = lay_questions(plan, store.special, text, spans, np.random.default_rng(1))
    blank = np.random.default_rng(1).random(len(spans)) < SETTINGS.blank_share
    assert blank.any() and not blank.all()
    width = asked.ids.shape[1]
    assert np.array_equal(asked.sees, naive_sees(plan, text, spans, blank, width))
    assert (asked.ids.reshape(-1)[asked.masks] == store.special.mask).all()
    row, column = np.divmod(asked.masks, width)
    assert np.array_equal(row, spans.row) and (column >= 32).all()
    places = asked.places.reshape(-1)[asked.masks]
    assert (places[blank] == spans.last[blank] - 1).all()
    template = [*plan.beside.before, *plan.beside.behind]
    at = template.index(store.special.mask) - len(plan.beside.before)
    near = spans.first if at < 0 else spans.last
    assert (places[~blank] == (near + at)[~blank].clip(0, 31)).all()


def test_a_sentence_sees_itself_alone(store, plan, batch_plan):
    ids, _ = texts(store, batch_plan)
    spans = choose_spans(store, plan, ids, np.random.default_rng(0))
    asked = lay_sentences(plan, store.special, ids, spans, 40)
    assert len(asked.masks) == len(spans) > len(asked.ids)
    for i, flat in enumerate(asked.masks.tolist()):
        row, column = divmod(flat, 40)
        seen = np.flatnonzero(asked.sees[row, column])
        assert (np.diff(seen) == 1).all()
        phrase = ids[spans.row[i], spans.first[i] : spans.last[i]]
        assert store.entries[asked.ids[row, seen[0]]] == "[CLS]"
        begin = 1 + len(plan.sentence.before)
        inside = seen[begin : begin + len(phrase)]
        assert np.array_equal(asked.ids[row, inside], phrase)
        assert np.array_equal(asked.places[row, seen], np.arange(len(seen)))


def test_sentences_that_do_not_fit_are_left_out(store, plan, batch_plan):
    ids, _ = texts(store, batch_plan)
    none = AskedSpans(*(np.zeros(0, np.int64),) * 5)
    assert len(lay_sentences(plan, store.special, ids, none, 40).ids) == 0
    spans = choose_spans(store, plan, ids, np.random.default_rng(0))
    around = len(plan.sentence.before) + len(plan.sentence.behind) + 2
    narrow = lay_sentences(plan, store.special, ids, spans, around + 1)
    assert len(narrow.masks) == (spans.last - spans.first == 1).sum() < len(spans)
    assert len(narrow.masks)


def test_the_text_is_read_as_without_questions(config, store, batch_plan):
    torch.manual_seed(0)
    model = make_model(config.model, entries=store.size, device="cpu").eval()
    bare = replace(batch_plan, labels=None)
    loss = PretrainingLoss(model, batch_plan.labels.words).eval()
    with torch.no_grad():
        asked = loss(**to_tensors(make_batch(store, batch_plan, step=2, row=0), "cpu"))
        plain = loss(**to_tensors(make_batch(store, bare, step=2, row=0), "cpu"))
    assert torch.allclose(asked.logits, plain.logits, atol=1e-5)
    assert asked.mlm.item() == pytest.approx(plain.mlm.item(), abs=1e-5)
    assert asked.nsp.item() == pytest.approx(plain.nsp.item(), abs=1e-5)
    assert plain.label.item() == 0 < asked.label.item()


def test_votes_are_those_of_the_terms_that_have_labels(config, store, batch_plan):
    """Beside the whole vocabulary's probabilities, added up label by label."""
    torch.manual_seed(0)
    model = make_model(config.model, entries=store.size, device="cpu").eval()
    words = batch_plan.labels.words
    batch = make_batch(store, batch_plan, step=0, row=0)
    tensors = to_tensors(batch, "cpu")
    with torch.no_grad():
        found = PretrainingLoss(model, words).eval()(**tensors)
        output = model(
            tensors["ids"],
            attention_mask=tensors["attention"],
            token_type_ids=tensors["segments"],
            position_ids=tensors["places"],
        )
    shares = output.prediction_logits.flatten(0, 1)[tensors["masks"]].softmax(dim=1)
    expected = np.zeros((len(batch.words), words.votes.shape[1]))
    for entry, row in zip(words.entries, words.votes, strict=True):
        expected += shares[:, entry].numpy()[:, None] * row
    expected /= expected.sum(axis=1, keepdims=True)
    assert np.allclose(found.votes.numpy(), expected, atol=1e-5)
    right = (expected * words.allowed[batch.words]).sum(axis=1)
    assert found.label.item() == pytest.approx(-np.log(right + 1e-4).mean(), abs=1e-4)


def test_a_batch_with_questions_depends_on_its_number_alone(store, batch_plan):
    one, same = (make_batch(store, batch_plan, step=4, row=8) for _ in range(2))
    assert np.array_equal(one.ids, same.ids) and np.array_equal(one.words, same.words)
    assert one.ids.shape[1] > one.length == 32
    assert len(one.follows) == len(one.ids) > 8


def test_places_stay_within_the_table_of_positions(config, store, plan, tokenizer):
    """The longest sequence, and a template behind its last words."""
    plan = replace(plan, beside=Template.parse("{phrase} or [MASK]", tokenizer))
    length = config.model.positions
    wide = BatchPlan({length: 1.0}, 4 * length, 0.2, 0.5, seed=1, labels=plan)
    model = make_model(config.model, entries=store.size, device="cpu").eval()
    for step in range(4):
        batch = make_batch(store, wide, step=step, row=step * 4)
        assert batch.places.max() < length < batch.ids.shape[1]
        with torch.no_grad():
            PretrainingLoss(model, plan.words)(**to_tensors(batch, "cpu"))


def test_a_text_without_seed_words_is_trained_on_all_the_same(
    config, store, batch_plan
):
    words = batch_plan.labels.words
    silent = replace(words, rates=np.zeros_like(words.rates))
    plan = replace(batch_plan, labels=replace(batch_plan.labels, words=silent))
    batch = make_batch(store, plan, step=0, row=0)
    model = make_model(config.model, entries=store.size, device="cpu")
    losses = PretrainingLoss(model, silent)(**to_tensors(batch, "cpu"))
    assert len(batch.words) == 0 and losses.label.item() == 0
    (losses.mlm + losses.nsp + losses.label).backward()


def test_shares_are_float32_under_autocast(config, store, batch_plan):
    model = make_model(config.model, entries=store.size, device="cpu")
    loss = PretrainingLoss(model, batch_plan.labels.words)
    tensors = to_tensors(make_batch(store, batch_plan, step=0, row=0), "cpu")
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.no_grad():
        votes = loss(**tensors).votes
    assert votes.dtype == torch.float32
    assert torch.allclose(votes.sum(dim=1), torch.ones(len(votes)), atol=1e-5)


def test_right_answers_are_counted(config, store, batch_plan):
    words = batch_plan.labels.words
    votes = LabelVotes(words)
    number = len(words.allowed)
    right = torch.from_numpy(words.allowed).float()
    wrong = 1 - right
    every = torch.arange(number)
    assert votes.count_right(right, every) == number
    assert votes.count_right(wrong, every) == 0
    half = torch.where((every % 2 == 0)[:, None], right, wrong)
    assert votes.count_right(half, every) == (number + 1) // 2


def test_no_seeds_no_questions(tokenizer):
    assert make_label_plan(LabelsConfig(), tokenizer) is None


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"rates": {"TOWN": 0.5}}, PretrainError, "E426.*TOWN"),
        ({"non_entity": ["GPE"]}, None, ""),
        ({"beside": "and {phrase}"}, PretrainError, "E427"),
        ({"sentence": "{phrase} {phrase} [MASK]"}, PretrainError, "E427.*once each"),
        ({"beside": "[MASK] \u2603 {phrase}"}, PretrainError, "E427.*characters"),
        ({"held_out": 0.9999}, PretrainError, "E426.*nothing to ask"),
        ({"rates": {"entity": 0, "other": 0}}, PretrainError, "E426.*nothing to ask"),
    ],
)
def test_what_cannot_be_asked_is_said(tokenizer, changes, error, message):
    settings = replace(SETTINGS, **changes)
    if error is None:
        assert make_label_plan(settings, tokenizer) is not None
        return
    with pytest.raises(error, match=message):
        make_label_plan(settings, tokenizer)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("zyzzyva\tANIMAL\n", PretrainError, "E426.*entry of the vocabulary"),
        ("the\tFUNCTION\n", PretrainError, "E426.*non_entity"),
        ("Cairo GPE\n", AssetsError, "E204.*line 1|E204.*1"),
    ],
)
def test_seeds_that_cannot_be_asked_about(tokenizer, tmp_path, content, error, message):
    file = tmp_path / "seeds.tsv"
    file.write_text(content)
    with pytest.raises(error, match=message):
        make_label_plan(replace(SETTINGS, seeds=str(file)), tokenizer)
