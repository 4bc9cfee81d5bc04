"""Many threads on one pipeline: what each gets is what one alone would get."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from spacy.language import Language

from spacy_bert_unsup.mlm.model import MaskedLM
from tests.pipeline.conftest import TOY_ENTS, TOY_TEXT, MakeNLP, entities, scored

NAMES = "John Mary Peter Anna Smith Jones".split()
CITIES = "Paris London York Berlin Texas Miami".split()
DRUGS = "aspirin insulin cancer fever diabetes".split()


def short_texts(count: int) -> list[str]:
    """Texts that differ in words and length."""
    texts = []
    for i in range(count):
        name, city = NAMES[i % 6], CITIES[i // 6 % 6]
        drug = DRUGS[i // 36 % 5]
        texts.append(f"{name} was treated in {city} with {drug}" + " now" * (i % 7))
    return texts


@pytest.fixture(scope="module")
def asking(make_toy: MakeNLP) -> Language:
    """A toy that asks the model, but only one question a span."""
    voting = {"context_templates": ["[MASK]"], "extend": 0, "max_span": 2}
    return make_toy(cues=["context", "lexical"], voting=voting)


@pytest.fixture(scope="module")
def serial(asking: Language) -> list[Any]:
    return [scored(doc) for doc in asking.pipe(short_texts(2000), batch_size=500)]


@pytest.mark.parametrize(("workers", "count"), [(4, 500), (8, 2000)])
def test_threads_equal_the_serial_answer(
    asking: Language, serial: list[Any], workers: int, count: int
):
    """Every eighth text by itself, as in a service; the others in small batches."""

    def tag(texts: list[str]) -> list[Any]:
        first, *rest = texts
        return [scored(asking(first)), *map(scored, asking.pipe(rest))]

    texts = short_texts(count)
    parts = [texts[i : i + 8] for i in range(0, len(texts), 8)]
    with ThreadPoolExecutor(workers) as pool:
        found = [spans for part in pool.map(tag, parts) for spans in part]
    for mine, theirs in zip(found, serial[:count], strict=True):
        assert [span[:3] for span in mine] == [span[:3] for span in theirs]
        assert [s[3] for s in mine] == pytest.approx([s[3] for s in theirs], abs=1e-3)


def test_the_first_use_loads_once(make_toy: MakeNLP, monkeypatch: pytest.MonkeyPatch):
    nlp = make_toy()
    loads: list[str] = []
    load = MaskedLM.load.__func__  # type: ignore[attr-defined]

    def count(cls: type, source: str, **options: str) -> MaskedLM:
        loads.append(threading.current_thread().name)
        return load(cls, source, **options)

    monkeypatch.setattr(MaskedLM, "load", classmethod(count))
    start = threading.Barrier(8)

    def use(_: int) -> list[tuple[str, str]]:
        start.wait()
        return entities(nlp(TOY_TEXT))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(8))) == [TOY_ENTS] * 8
    assert len(loads) == 1
