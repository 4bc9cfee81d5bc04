"""Stored votes: identical when nothing changed, as tagged anew when something did."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from spacy_bert_unsup.errors import AssetsError, ConfigError
from spacy_bert_unsup.pipeline.bin_docs import Codec, read_bin, write_bin
from spacy_bert_unsup.pipeline.flips import Flip, RevoteReport
from spacy_bert_unsup.pipeline.revote import revote_docs
from spacy_bert_unsup.pipeline.revote_bins import find_votes, revote_bin
from spacy_bert_unsup.pipeline.revoter import Revoter
from spacy_bert_unsup.pipeline.stored import RULES, StoredVotes, VoteSettings
from spacy_bert_unsup.vocab.assets import ClusterAssets
from spacy_bert_unsup.voting.candidates import Candidates
from spacy_bert_unsup.voting.record import BITS, FLAGS, pack_ints, unpack_ints
from tests.pipeline.conftest import TOY_TEXT, MakeNLP, entities, scored

KEY = "bert_unsup"
TEXTS = [
    TOY_TEXT,
    "",
    "Peter  visited the university of Berlin in January 2019 .",
    "Anna treated the king with aspirin , and Mary lives in York .",
    "Zorblax and the cat",
]
ALL_CUES: dict[str, Any] = {
    "cues": ["context", "phrase", "lexical"],
    "keep_votes": True,
    "masking": "exact",
}


@pytest.fixture(scope="module")
def toy_docs(make_toy: MakeNLP) -> list[Doc]:
    """Toy docs with their votes; every span was asked in context."""
    nlp = make_toy(
        **ALL_CUES, voting={"context_margin": 1e6, "phrase_margin": 1e6, "propose": 0.0}
    )
    return list(nlp.pipe(TEXTS))


@pytest.fixture
def docs(toy_docs: list[Doc]) -> list[Doc]:
    """Copies that a test may change."""
    return list(DocBin(docs=toy_docs).get_docs(Vocab()))


@pytest.fixture(scope="module")
def toy_assets(toy_folder: Path) -> ClusterAssets:
    return ClusterAssets.from_disk(toy_folder / "assets")


def relabel(assets: ClusterAssets, **labels: str) -> ClusterAssets:
    seeds = {term: (label,) for term, label in labels.items()}
    return replace(assets, seeds={**assets.seeds, **seeds})


def facts(doc: Doc) -> tuple[Any, ...]:
    """Everything but the bytes of the votes."""
    attrs = {k: v for k, v in doc.spans[KEY].attrs.items() if k != "decided"}
    return entities(doc), scored(doc), attrs, [t.ent_iob_ for t in doc]


@pytest.fixture(params=["as it is", "votes"])
def always_votes(request, monkeypatch) -> None:
    """Also without the short cut for docs that the same vote labelled."""
    if request.param == "votes":
        monkeypatch.setattr(Revoter, "has_voted", lambda *_: False)


@pytest.mark.usefixtures("always_votes")
def test_nothing_changed(toy_docs, docs, toy_assets):
    report = RevoteReport()
    for new, old in zip(
        revote_docs(docs, toy_assets, report=report, batch_size=2),
        toy_docs,
        strict=True,
    ):
        assert new.spans.to_bytes() == old.spans.to_bytes()
        assert facts(new) == facts(old)
    assert (report.docs, report.changed, report.unseen) == (len(TEXTS), 0, 0)
    assert report.missing == 0 and not report.counts


def test_written_anew_it_is_the_same(toy_docs, docs, toy_assets, monkeypatch):
    """Even if every doc is written, it holds what tagging wrote."""
    everything = np.ones(len(docs), bool)
    monkeypatch.setattr(
        "spacy_bert_unsup.pipeline.revoter.find_changed", lambda *_, **__: everything
    )
    monkeypatch.setattr(Revoter, "has_voted", lambda *_: False)
    found = list(revote_docs(docs, toy_assets))
    assert [facts(doc) for doc in found] == [facts(doc) for doc in toy_docs]
    assert [d.spans.to_bytes() for d in found] == [d.spans.to_bytes() for d in toy_docs]


@pytest.mark.parametrize(
    "labels",
    [{"Paris": "PERSON"}, {"lives": "GPE", "fever": "DRUG"}, {"Zorblax": "DISEASE"}],
)
def test_changed_seeds_give_what_tagging_gives(
    make_toy, docs, toy_assets, tmp_path, labels
):
    changed = relabel(toy_assets, **labels)
    changed.to_disk(tmp_path / "assets")
    nlp = make_toy(
        **{**ALL_CUES, "assets": str(tmp_path / "assets")},
        voting={"context_margin": 1e6, "phrase_margin": 1e6, "propose": 0.0},
    )
    report = RevoteReport(most=9)
    found = list(revote_docs(docs, changed, report=report))
    wanted = list(nlp.pipe(TEXTS))
    for new, tagged in zip(found, wanted, strict=True):
        new.spans[KEY].attrs.pop("record"), tagged.spans[KEY].attrs.pop("record")
        assert facts(new) == facts(tagged)
    assert report.changed and report.flips
    turned = {turn.term for flip in report.flips for turn in flip.turns}
    assert turned & set(labels)


def test_back_again(toy_docs, docs, toy_assets):
    """A change taken back gives the first labels: the votes are never lost."""
    for assets in (relabel(toy_assets, Paris="PERSON", lives="GPE"), toy_assets):
        docs = list(revote_docs(docs, assets))
    assert [facts(doc) for doc in docs] == [facts(doc) for doc in toy_docs]


def test_the_file_way_is_the_doc_way(toy_docs, docs, toy_assets):
    """DocBin to DocBin gives what Doc to Doc gives, byte for byte in the groups."""
    changed = relabel(toy_assets, Paris="PERSON", treated="DRUG")
    for doc in (*docs, *toy_docs):
        doc.spans["mine"] = [Span(doc, 0, 1, "X")] if len(doc) else []
    docs[0].set_ents([Span(docs[0], 3, 5, "OTHER")], default="unmodified")
    blocked = Span(docs[3], 0, 1)
    docs[3].set_ents([], blocked=[blocked], default="unmodified")
    stored = DocBin(docs=docs, store_user_data=True)
    (first, _, _) = find_votes(stored, 0, key=KEY, where="Doc 1", codec=Codec())
    revoter = Revoter.for_docs(first, changed)
    reports = RevoteReport(most=9), RevoteReport(most=9)
    out = revote_bin(stored, revoter, key=KEY, report=reports[0], batch_size=2)
    found = list(DocBin().from_bytes(out.to_bytes()).get_docs(Vocab()))
    wanted = list(revote_docs(docs, changed, report=reports[1]))
    assert reports[0] == reports[1] and reports[0].changed
    for one, other in zip(found, wanted, strict=True):
        assert facts(one) == facts(other)
        assert one.spans.to_bytes() == other.spans.to_bytes()
        assert [t.ent_type_ for t in one] == [t.ent_type_ for t in other]
    assert ("in Paris", "OTHER") in [(e.text, e.label_) for e in found[0].ents]
    assert found[3][0].ent_iob == 3 and not found[3][0].ent_type


def test_entities_of_others_stay(make_toy, toy_assets):
    nlp = make_toy(**ALL_CUES)
    doc = nlp.make_doc(TOY_TEXT)
    doc.set_ents([Span(doc, 4, 5, "PLACE")])
    doc = nlp.get_pipe("bert_unsup_ner")(doc)
    (new,) = revote_docs([doc], relabel(toy_assets, Mary="GPE"))
    found = dict(entities(new))
    assert found["Paris"] == "PLACE" and found["Mary"] == "GPE"


def test_other_thresholds_and_names(toy_docs, docs, toy_assets):
    first = next(iter_votes(docs))
    revoter = Revoter.for_docs(first, toy_assets)
    report = RevoteReport(most=99)
    high = revoter.changed(label_thresholds={"PERSON": 1.0})
    new = list(revote_docs(docs, revoter=high, report=report))
    assert report.table()["PERSON"]["lost"] and not report.table()["PERSON"]["gained"]
    assert "PERSON" not in {label for doc in new for _, label in entities(doc)}
    named = revoter.changed(label_map={"GPE": "PLACE", "DRUG": None})
    again = [d for d in DocBin(docs=toy_docs).get_docs(Vocab())]
    labels = {x for doc in revote_docs(again, revoter=named) for _, x in entities(doc)}
    before = {x for doc in toy_docs for _, x in entities(doc)}
    assert labels == before - {"GPE", "DRUG"} | {"PLACE"}


def iter_votes(docs):
    stored = DocBin(docs=docs)
    for i in range(len(docs)):
        yield find_votes(stored, i, key=KEY, where=f"Doc {i + 1}", codec=Codec())[0]


def test_settings_follow_the_labels(docs, toy_assets):
    """The next vote starts from the settings of the last one, in every doc."""
    revoter = Revoter.for_docs(next(iter_votes(docs)), toy_assets)
    list(revote_docs(docs, revoter=revoter.changed(threshold=0.99)))
    kept = {votes.settings for votes in iter_votes(docs)}
    assert len(kept) == 1 and '"threshold": 0.99' in kept.pop()


def test_docs_of_this_vote_are_left_alone(docs, toy_assets, monkeypatch):
    """The same assets and settings: not even a vote."""
    monkeypatch.setattr(Revoter, "vote", lambda *_: pytest.fail("it voted"))
    assert len(list(revote_docs(docs, toy_assets))) == len(TEXTS)
    stored = DocBin(docs=docs)
    first = next(iter_votes(docs))
    again = Revoter.for_docs(first, toy_assets)
    assert revote_bin(stored, again, key=KEY, report=RevoteReport()) is stored


def test_thresholds_of_the_assets_count(docs, toy_assets):
    """Assets that differ in nothing but thresholds are no reason to do nothing."""
    strict = toy_assets.with_thresholds({"PERSON": 1.0})
    found = list(revote_docs(docs, strict))
    assert "PERSON" not in {label for doc in found for _, label in entities(doc)}


def test_rules_differ_with_what_decides(docs, toy_assets):
    revoter = Revoter.for_docs(next(iter_votes(docs)), toy_assets)
    scheme = toy_assets.scheme
    nested = replace(
        toy_assets, scheme=replace(scheme, parents={**scheme.parents, "DRUG": "GPE"})
    )
    others = [
        revoter.with_thresholds(replace(revoter.thresholds, general=0.9)),
        Revoter.for_docs(next(iter_votes(docs)), nested),
        revoter.changed(threshold=0.9),
    ]
    rules = {other.settings.rules for other in others} | {revoter.settings.rules}
    assert len(rules) == 3  # the first and the last are the same
    assert not any(other.has_voted(next(iter_votes(docs))) for other in others)
    assert revoter.has_voted(next(iter_votes(docs)))


def test_other_rules_vote_anew(docs, toy_assets, monkeypatch):
    """Docs whose votes another `RULES` made are voted on, and are no other settings."""
    first, *rest = iter_votes(docs)
    monkeypatch.setattr("spacy_bert_unsup.pipeline.stored.RULES", RULES + 1)
    revoter = Revoter.for_docs(first, toy_assets)
    assert not revoter.has_voted(first)
    list(revote_docs(docs[:2], revoter=revoter))
    assert revoter.has_voted(next(iter_votes(docs)))
    report = RevoteReport()  # two docs of the one, three of the other
    assert len(list(revote_docs(docs, toy_assets, report=report))) == len(rest) + 1
    assert report.changed == 0


def test_sure_candidates_keep_no_votes(make_toy):
    nlp = make_toy(**ALL_CUES)
    ner = nlp.get_pipe("bert_unsup_ner")
    sure = lambda doc: Candidates([(0, 1)], sure=True)  # noqa: E731
    ner.options = replace(ner.options, candidates=sure)
    with pytest.raises(ConfigError, match="E346"):
        nlp(TOY_TEXT)


def test_what_was_not_asked_is_counted_again(make_toy, toy_assets):
    """Docs that are left alone still say what nobody asked about."""
    (doc,) = make_toy(**ALL_CUES).pipe(["Anna treated the king with aspirin"])
    changed = relabel(toy_assets, treated="GPE", the="GPE")
    reports = []
    for _ in range(2):
        stored = DocBin(docs=[doc])
        revoter = Revoter.for_docs(next(iter_votes([doc])), changed)
        reports.append(RevoteReport())
        out = revote_bin(stored, revoter, key=KEY, report=reports[-1])
        (doc,) = out.get_docs(Vocab())
    first, second = reports
    assert first.unseen and (first.changed, second.changed) == (1, 0)
    assert (second.unseen, second.missing) == (first.unseen, first.missing)


def test_written_as_spacy_writes(toy_docs, tmp_path):
    stored = DocBin(docs=toy_docs, store_user_data=True)
    write_bin(stored, tmp_path / "x.spacy")
    content = zlib.decompress((tmp_path / "x.spacy").read_bytes())
    assert content == zlib.decompress(stored.to_bytes())


def test_reports_of_several_files():
    flip = Flip(1, 0, 1, "Paris", None, "GPE", None, 0.5)
    one, two, all_docs = (RevoteReport(most=3) for _ in range(3))
    for report, docs in ((one, 5), (two, 7)):
        report.add(flip)
        report.add(flip)
        report.docs, report.changed, report.unseen, report.missing = docs, 1, 2, 3
        all_docs.merge(report)
    assert (all_docs.docs, all_docs.changed) == (12, 2)
    assert (all_docs.unseen, all_docs.missing) == (4, 6)
    assert [flip.doc for flip in all_docs.flips] == [1, 1, 6]
    assert all_docs.table()["GPE"]["gained"] == 4


def test_docs_without_votes(toy_nlp, toy_assets, docs):
    plain = toy_nlp(TOY_TEXT)
    with pytest.raises(ConfigError, match=r"Doc 6.*keep_votes"):
        list(revote_docs([*docs, plain], toy_assets))
    with pytest.raises(ConfigError, match=r"Doc 1.*'other'"):
        list(revote_docs(docs, toy_assets, spans_key="other"))


def test_what_does_not_fit(docs, toy_assets, make_toy):
    other = replace(toy_assets, fingerprint="0" * 16, model="another")
    with pytest.raises(AssetsError, match="'another'"):
        list(revote_docs(docs, other))
    with pytest.raises(ConfigError, match="E336"):
        list(revote_docs(docs))  # not the starter's
    (strange,) = make_toy(**ALL_CUES).pipe([TOY_TEXT])
    with pytest.raises(ConfigError, match=r"Doc 6.*other settings"):
        list(revote_docs([*docs, strange], toy_assets))
    with docs[0].retokenize() as retokenizer:
        retokenizer.merge(docs[0][0:2])
    with pytest.raises(ConfigError, match="E334"):
        list(revote_docs(docs, toy_assets))
    docs[2].spans[KEY].attrs["record"]["format"] = 99
    with pytest.raises(ConfigError, match=r"E333.*99"):
        list(revote_docs(docs[2:], toy_assets))


def test_of_a_component(make_toy, toy_docs):
    """A pipeline's own assets and thresholds, whatever the docs were tagged with."""
    nlp = make_toy(label_thresholds={"GPE": 1.0}, cues=["lexical", "phrase", "context"])
    revoter = Revoter.from_pipe(nlp.get_pipe("bert_unsup_ner"))
    copies = list(DocBin(docs=toy_docs).get_docs(Vocab()))
    wanted = [entities(doc) for doc in nlp.pipe(TEXTS)]
    found = [entities(doc) for doc in revote_docs(copies, revoter=revoter)]
    assert found[1] == wanted[1] == [] and len(found) == len(wanted)


@pytest.mark.usefixtures("always_votes")
def test_the_starter(nlp, texts):
    """As tagged, through a file, with the starter's own assets and default settings."""
    ner = nlp.get_pipe("bert_unsup_ner")
    options, ner.options = ner.options, replace(ner.options, keep_votes=True)
    try:
        tagged = list(nlp.pipe(texts[:2]))
    finally:
        ner.options = options
    stored = DocBin(docs=tagged, store_user_data=True)
    copies = list(stored.get_docs(Vocab()))
    report = RevoteReport()
    new = DocBin(docs=revote_docs(copies, report=report), store_user_data=True)
    assert report.changed == report.unseen == report.missing == 0
    assert new.to_bytes() == stored.to_bytes()
    assert sum(len(doc.ents) for doc in tagged) > 3


def test_bad_files(tmp_path):
    (tmp_path / "x.spacy").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="E504"):
        read_bin(tmp_path / "x.spacy")
    with pytest.raises(ValueError, match="E002"):
        read_bin(tmp_path / "y.spacy")


def test_nothing_to_vote_on(toy_assets):
    assert list(revote_docs([], toy_assets)) == []


def _nudge(attrs: dict[str, Any], what: str) -> None:
    """Spoil one thing that a group holds."""
    if what == "score":
        attrs["scores"][0] += 0.0002
    elif what == "share":
        name = list(attrs["label_scores"][0])[-1]
        attrs["label_scores"][0][name] += 0.0002
    elif what == "left out":
        attrs["label_scores"][0].popitem()
    elif what == "label":
        attrs["labels"][0] = "CHEESE"
    elif what == "entity":
        flags = unpack_ints(attrs["decided"]["entities"])
        attrs["decided"]["entities"] = pack_ints(1 - flags)
    elif what == "bounds":
        attrs["decided"]["bounds"] = pack_ints(
            unpack_ints(attrs["decided"]["bounds"]) + 1
        )
    elif what == "what a term says":
        attrs["term_labels"][0] = ["CHEESE"]
    elif what == "how a term is spelt":
        attrs["terms"][0] = "cheese"


@pytest.mark.parametrize(
    "what",
    [
        *("score", "share", "left out", "label", "entity", "bounds"),
        *("what a term says", "how a term is spelt"),
    ],
)
def test_any_difference_is_seen(docs, toy_assets, what):
    """A doc whose group differs in one thing is written anew, and no other."""
    first = next(iter_votes(docs))
    revoter = Revoter.for_docs(first, toy_assets)
    other = replace(VoteSettings.load(first.settings), tables="of other assets")
    for doc in docs:  # so that terms are compared too
        doc.spans[KEY].attrs["decided"]["settings"] = other.dump()
    _nudge(docs[2].spans[KEY].attrs, what)
    stored = list(iter_votes(docs))
    changed = revoter.vote(stored).changed
    assert changed.tolist() == [False, False, True, False, False]


def test_spans_of_others_are_not_ours():
    """Those that held a token of somebody's entity were never entities of ours."""
    flags = np.zeros(4, BITS)
    flags[2] = 1 << FLAGS.index("taken")
    bounds = np.array([[0, 2], [1, 3], [3, 4]])
    attrs = {"labels": ["PERSON", "GPE", "DATE"]}
    record = {"flags": flags.tobytes()}
    votes = StoredVotes(record, bounds, np.ones(3, bool), "", (0, 0), attrs)
    assert votes.our_spans() == {(0, 2, "PERSON"), (3, 4, "DATE")}


def test_settings_survive_as_text(docs, toy_assets):
    """Tables of lists too; so a component and a stored doc have equal settings."""
    settings = Revoter.for_docs(next(iter_votes(docs)), toy_assets).settings
    assert VoteSettings.load(settings.dump()) == settings
