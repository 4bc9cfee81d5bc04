"""The rows of `benchmarks/engine.py`: ways to ask about every word of a text."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers import BertConfig, BertForMaskedLM

from benchmarks.engine_texts import Work
from spacy_bert_unsup.mlm.blocks import Blocks
from spacy_bert_unsup.mlm.model import MaskedLM
from spacy_bert_unsup.mlm.queries import unique_queries
from spacy_bert_unsup.mlm.text import EncodedText
from spacy_bert_unsup.types import Ints, Query
from spacy_bert_unsup.voting.cues import Template, context_queries, phrase_queries
from spacy_bert_unsup.voting.packed_cues import phrase_blocks

if TYPE_CHECKING:
    from spacy.language import Language

PHRASE = "{phrase} is a [MASK] ."
STAND_IN = "things"
TOP_K = 20
BATCH_ROWS = 32
"""Rows of a batch in the way that most people batch masked copies."""


@dataclass
class Row:
    """One way to ask.

    lm (MaskedLM): The model.
    ask (Callable[[Work], int]): Asks about all words of some windows; returns how many
        pieces the encoder was given, padding included.
    """

    lm: MaskedLM
    ask: Callable[[Work], int]


def make_lm(size: str, *, dtype: str, device: str) -> MaskedLM:
    """The starter, or a BERT of base size with random weights and its vocabulary.

    size (str): "starter" or "base".
    dtype (str): As for `MaskedLM.load`.
    device (str): As for `MaskedLM.load`.
    RETURNS (MaskedLM): The model.
    """
    if size == "starter":
        return MaskedLM.load("starter", dtype=dtype, device=device)
    torch.manual_seed(0)
    starter = MaskedLM.load("starter", dtype="float32", device="cpu")
    config = BertConfig(vocab_size=len(starter.terms))
    model = BertForMaskedLM(config)
    tokenizer = copy.deepcopy(starter._parts.tokenizer)
    tokenizer.model_max_length = config.max_position_embeddings
    return MaskedLM.from_parts(
        model, tokenizer, name="base", dtype=dtype, device=device
    )


def make_row(name: str, size: str, *, cues: str, device: str) -> Row:
    """Make one way to ask.

    name (str): A key of `ROWS`.
    size (str): "starter" or "base".
    cues (str): "context" (each word blanked), or "both" (also "X is a [MASK] .").
    device (str): "cpu", "cuda" ...
    RETURNS (Row): Ready.
    """
    dtype = "float32" if name in PLAIN else "auto"
    lm = make_lm(size, dtype=dtype, device=device)
    return Row(lm, ROWS[name](lm, cues == "both"))


def list_queries(lm: MaskedLM, work: Work, *, phrases: bool) -> list[Query]:
    """One masked copy for each word, and one sentence about it."""
    blank = Template.parse("[MASK]", lm)
    queries, _ = context_queries(lm, work.texts, work.spans, blank)
    if phrases:
        words = [work.texts[i].words[s] for i, s, _ in work.spans.tolist()]
        queries = queries + phrase_queries(lm, words, Template.parse(PHRASE, lm))[0]
    return queries


def make_pipeline(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """transformers' fill-mask pipeline, one text with one mask at a time."""
    from transformers import pipeline

    parts = lm._parts
    fill: Any = pipeline(
        "fill-mask",
        model=parts.model,
        tokenizer=parts.tokenizer,
        top_k=TOP_K,
        device=lm.device,
    )

    def ask(work: Work) -> int:
        for i, start, end in work.spans.tolist():
            tokens = work.texts[i].tokens
            first, last = int(tokens.starts[start]), int(tokens.ends[end - 1])
            fill(f"{tokens.text[:first]}[MASK]{tokens.text[last:]}")
            if phrases:
                fill(PHRASE.format(phrase=tokens.phrase(start, end)))
        return _count(list_queries(lm, work, phrases=phrases))

    return ask


def make_loop(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """One forward pass of the whole model for each masked copy, tokenised once."""
    return _loop(lm, lm._parts.model, phrases)


def make_bf16_loop(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """The same with a model in bfloat16."""
    model = copy.deepcopy(lm._parts.model).bfloat16()
    return _loop(lm, model, phrases)


def _loop(lm: MaskedLM, model: Any, phrases: bool) -> Callable[[Work], int]:
    @torch.inference_mode()
    def ask(work: Work) -> int:
        queries = list_queries(lm, work, phrases=phrases)
        for query in queries:
            ids = torch.from_numpy(query.ids[None].astype(np.int64)).to(lm.device)
            logits = model(input_ids=ids).logits[0, query.positions[0]].float()
            logits.softmax(-1).topk(TOP_K).indices.cpu()
        return _count(queries)

    return ask


def make_copies(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """Masked copies in padded batches, scores of the vocabulary at every piece."""
    model = lm._parts.model

    @torch.inference_mode()
    def ask(work: Work) -> int:
        queries = list_queries(lm, work, phrases=phrases)
        done = 0
        for start in range(0, len(queries), BATCH_ROWS):
            part = queries[start : start + BATCH_ROWS]
            ids, mask, places = _pad(part, lm.pad_id)
            ids, mask = ids.to(lm.device), mask.to(lm.device)
            logits = model(input_ids=ids, attention_mask=mask).logits
            wanted = logits[torch.arange(len(part)), places]
            wanted.softmax(-1).topk(TOP_K).indices.cpu()
            done += ids.numel()
        return done

    return ask


def make_exact(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """Ours: buckets of equal length, each question once, the head at the masks."""

    def ask(work: Work) -> int:
        before = lm.stats.pieces
        lm.fill(list_queries(lm, work, phrases=phrases), top_k=TOP_K)
        return lm.stats.pieces - before

    return ask


def make_packed(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """Ours: the masks of a window in one row, all words beside one sentence."""

    template = Template.parse(PHRASE, lm)

    def ask(work: Work) -> int:
        before = lm.stats.pieces
        contexts = [whole_window(lm, text) for text in work.texts]
        lm.fill_packed(contexts, blank_words(lm, work), top_k=TOP_K)
        if phrases:
            words = [work.texts[i].words[s] for i, s, _ in work.spans.tolist()]
            asked, _ = unique_queries(phrase_queries(lm, words, template)[0])
            read = phrase_blocks(lm, asked, [template] * len(asked), STAND_IN)
            lm.fill_packed(*read, top_k=TOP_K)
        return lm.stats.pieces - before

    return ask


def blank_words(lm: MaskedLM, work: Work) -> Blocks:
    """One lone mask for each word, which does not see the word's own pieces."""
    bounds = [work.texts[i].piece_bounds(s, e) for i, s, e in work.spans.tolist()]
    hidden = 1 + np.array(bounds, np.int32)  # after [CLS]
    context = work.spans[:, 0].astype(np.int32)
    sizes = np.array([2 + len(text.pieces) for text in work.texts], np.int32)
    size = len(hidden)
    return Blocks(
        context=context,
        ids=np.full(size, lm.mask_id, np.int32),
        places=hidden[:, 0],
        wanted=np.ones(size, bool),
        starts=np.arange(size + 1, dtype=np.int32),
        seen=np.stack([np.zeros(size, np.int32), sizes[context]], axis=1),
        hidden=hidden,
    )


def whole_window(lm: MaskedLM, text: EncodedText) -> Ints:
    """The pieces of a window between its two special tokens."""
    return np.concatenate([[lm.cls_id], text.pieces.ids, [lm.sep_id]]).astype(np.int32)


def make_unmasked(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """One pass over the windows as they stand: the states of all pieces, no head."""

    def ask(work: Work) -> int:
        before = lm.stats.pieces
        wholes = [whole_window(lm, text) for text in work.texts]
        lm.last_states(
            [Query(ids, np.arange(len(ids), dtype=np.int32)) for ids in wholes]
        )
        return lm.stats.pieces - before

    return ask


def make_spacy_ner(lm: MaskedLM, phrases: bool) -> Callable[[Work], int]:
    """spaCy's own `ner` with its CNN: what a supervised tagger costs."""
    from spacy.tokens import Doc

    nlp = _blank_ner()

    def ask(work: Work) -> int:
        docs = [Doc(nlp.vocab, words=text.words) for text in work.texts]
        for _ in nlp.pipe(docs):
            pass
        return 0

    return ask


def _blank_ner() -> Language:
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    labels = ("PERSON", "LOCATION", "ORGANIZATION", "DISEASE")
    doc = nlp.make_doc("one two three four")
    bounds = [(0, 3), (4, 7), (8, 13), (14, 18)]
    spans = [(s, e, name) for (s, e), name in zip(bounds, labels, strict=True)]
    example = Example.from_dict(doc, {"entities": spans})
    nlp.initialize(lambda: [example])
    return nlp


def _pad(
    queries: Sequence[Query], pad_id: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    longest = max(len(query.ids) for query in queries)
    ids = np.full((len(queries), longest), pad_id, np.int64)
    mask = np.zeros_like(ids)
    for i, query in enumerate(queries):
        ids[i, : len(query.ids)] = query.ids
        mask[i, : len(query.ids)] = 1
    places = np.array([query.positions[0] for query in queries], np.int64)
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(places)


def _count(queries: Sequence[Query]) -> int:
    return sum(len(query.ids) for query in queries)


ROWS: dict[str, Callable[[MaskedLM, bool], Callable[[Work], int]]] = {
    "1 fill-mask pipeline": make_pipeline,
    "1b lean loop": make_loop,
    "1c lean loop, bf16": make_bf16_loop,
    "2 masked copies, full logits": make_copies,
    "3 exact": make_exact,
    "4 packed": make_packed,
    "6a one unmasked pass": make_unmasked,
    "6b spaCy CNN ner": make_spacy_ner,
}
PLAIN = frozenset(
    ("1 fill-mask pipeline", "1b lean loop", "2 masked copies, full logits")
)
"""Ways that compute in float32 on every machine."""
