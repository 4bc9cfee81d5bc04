"""Turns the corpus into a vocabulary and memory-mapped token ids, once."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer
from tqdm import tqdm

from ..errors import Errors, PretrainError
from .corpus import Document, find_files, read_documents
from .coverage import report_coverage
from .kept import folds_case, hash_tokenizer, keep_vocabulary
from .parts import PartWriter
from .settings import PretrainConfig
from .vocabulary import read_terms, train_vocabulary

BATCH = 512
"""Documents tokenised together."""

logger = logging.getLogger(__name__)


def prepare_corpus(config: PretrainConfig) -> Path:
    """Make the folder with vocabulary and token ids, or find it made.

    The folder is written beside its place and renamed, so a killed preparation leaves
    nothing that looks finished. The text is streamed twice: for the vocabulary, and
    for the ids.

    RETURNS (Path): Folder with tokenizer.json, vocab.txt, {train,valid}.ids,
        {train,valid}.docs.npy and meta.json.
    RAISES (PretrainError): If the folder was made by other settings or of other files,
        or the corpus is empty or too small.
    """
    folder = Path(config.corpus.prepared)
    digest = settings_digest(config)
    if (folder / "meta.json").exists():
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        if meta["settings"] != digest or _is_other_text(config, meta.get("bytes")):
            raise PretrainError(Errors.E414.format(folder=folder))
        return folder
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    try:
        _write_prepared(beside, config, digest)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def settings_digest(config: PretrainConfig) -> str:
    """RETURNS (str): Changes with the settings that the prepared ids depend on."""
    vocabulary = asdict(config.vocabulary)
    vocabulary.pop("report_terms")
    given = vocabulary.pop("tokenizer")
    entries = hash_tokenizer(given) if given else vocabulary
    kept = [entries, config.corpus.files, config.corpus.valid_share]
    text = json.dumps(kept, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def list_sizes(config: PretrainConfig) -> dict[str, int]:
    """RETURNS (dict[str, int]): File -> bytes; tells when the text is another."""
    return {
        path.relative_to(config.corpus.folder).as_posix(): path.stat().st_size
        for path in find_files(config.corpus)
    }


def _is_other_text(config: PretrainConfig, sizes: dict[str, int] | None) -> bool:
    """A training machine may have no text, and old folders do not know its sizes."""
    try:
        return sizes is not None and sizes != list_sizes(config)
    except PretrainError:  # no files
        return False


def _write_prepared(folder: Path, config: PretrainConfig, digest: str) -> None:
    tokenizer, report = _make_vocabulary(config)
    logger.info("Vocabulary: %s", report)
    save_vocabulary(tokenizer, folder)
    dtype = "uint16" if tokenizer.get_vocab_size() <= 2**16 else "uint32"
    meta: dict[str, object] = {
        "settings": digest,
        "bytes": list_sizes(config),
        "dtype": dtype,
        "lowercase": folds_case(tokenizer),
        "vocabulary": report,
    }
    with PartWriter(folder, "train", dtype) as train:
        with PartWriter(folder, "valid", dtype) as valid:
            documents = tqdm(read_documents(config.corpus), "ids", mininterval=2)
            for doc, ids in encode_documents(documents, tokenizer):
                (valid if doc.held_out else train).add(doc.source, ids)
    for part in (train, valid):
        meta[part.name] = part.summary()
    text = json.dumps(meta, indent=2)
    (folder / "meta.json").write_text(text + "\n", encoding="utf-8")


def _make_vocabulary(config: PretrainConfig) -> tuple[Tokenizer, dict[str, float]]:
    """Train on everything but the held-out documents, or keep; report on the result."""
    counts = {True: 0, False: 0}
    if next(read_documents(config.corpus), None) is None:
        raise PretrainError(Errors.E417.format(folder=config.corpus.folder))

    def training_paragraphs() -> Iterator[str]:
        for doc in tqdm(read_documents(config.corpus), "vocabulary", mininterval=2):
            counts[doc.held_out] += 1
            if not doc.held_out:
                yield from doc.paragraphs

    if config.vocabulary.tokenizer:
        given = config.vocabulary.tokenizer
        tokenizer, words = keep_vocabulary(training_paragraphs(), given)
    else:
        tokenizer, words = train_vocabulary(training_paragraphs(), config.vocabulary)
    if not all(counts.values()):
        raise PretrainError(
            Errors.E415.format(
                folder=config.corpus.folder,
                documents=sum(counts.values()),
                held_out=counts[True],
            )
        )
    listed = config.vocabulary.report_terms or config.vocabulary.terms
    terms = read_terms(listed) if listed else []
    return tokenizer, report_coverage(tokenizer, words, terms).to_dict()


def save_vocabulary(tokenizer: Tokenizer, folder: Path) -> None:
    """Write tokenizer.json, and vocab.txt with one entry a line in the order of ids."""
    tokenizer.save(str(folder / "tokenizer.json"))
    vocab = tokenizer.get_vocab()
    lines = "".join(f"{entry}\n" for entry in sorted(vocab, key=lambda e: vocab[e]))
    (folder / "vocab.txt").write_text(lines, encoding="utf-8")


def encode_documents(
    documents: Iterable[Document], tokenizer: Tokenizer
) -> Iterator[tuple[Document, list[int]]]:
    """YIELDS (tuple[Document, list[int]]): Each with the ids of all its paragraphs."""
    remaining = iter(documents)
    while batch := list(islice(remaining, BATCH)):
        texts = [text for doc in batch for text in doc.paragraphs]
        encoded = iter(tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        for doc in batch:
            pieces = [next(encoded).ids for _ in doc.paragraphs]
            yield doc, [piece for ids in pieces for piece in ids]
