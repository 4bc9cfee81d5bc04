"""`bert_unsup_ner`: entities by the vote of the vocabulary, with the evidence kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from ..attrs import install_extensions
from ..errors import AssetsError, Errors
from ..types import TokenSpan
from ..util import write_text
from ..vocab.assets import ClusterAssets
from ..vocab.vectors import VocabVectors
from ..voting.candidates import Candidates
from ..voting.evidence import SpanVote
from ..voting.tagger import SpanTagger
from ..voting.tagging import find_spans, tag_texts
from ..voting.thresholds import Thresholds
from . import annotation, resources
from .docs import read_doc, taken_tokens
from .options import NEROptions, merge_thresholds

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM
    from ..mlm.text import EncodedText

logger = logging.getLogger(__name__)

MODEL, ASSETS, CFG = "model", "assets", "cfg"
MAX_WORDS = 4096
"""Words of docs that are tagged at once, unless one doc alone has more."""


class BertUnsupNER(Pipe):
    """Tags entities with a masked language model and a labelled vocabulary.

    The starter, or a folder that is there, is loaded when the component is made; a hub
    name on `initialize`, `from_disk` or first use. So is a folder that is missing: a
    saved pipeline has its own copy.
    """

    def __init__(
        self,
        vocab: Vocab,
        name: str = "bert_unsup_ner",
        *,
        options: NEROptions,
        cfg: dict[str, Any],
        scorer: Callable | None = None,
    ) -> None:
        """Check the settings, and load the model if it is at hand.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (NEROptions): Settings.
        cfg (dict[str, Any]): "threshold" and "label_thresholds"; read at each
            prediction, so that `spacy find-threshold` can tune them.
        scorer (Optional[Callable]): Scoring function.
        """
        self.vocab = vocab
        self.name = name
        self.options = options
        self.cfg = cfg
        self.scorer = scorer
        self._tagger: SpanTagger | None = None
        install_extensions(options.attrs, key=options.spans_key)
        if resources.can_load_now(options.model, options.assets):
            self._load()

    # --- what is loaded -----------------------------------------------------------

    @property
    def tagger(self) -> SpanTagger:
        """Model, assets and settings at work; loaded when first asked for."""
        return self._tagger or self._load()

    @property
    def lm(self) -> MaskedLM:
        """The masked language model."""
        return self.tagger.lm

    @property
    def assets(self) -> ClusterAssets:
        """The labelled vocabulary."""
        return self.tagger.assets

    @property
    def spans_key(self) -> str:
        """Where scored spans go: `doc.spans[spans_key]`."""
        return self.options.spans_key

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels that entities can get; empty until the model is loaded."""
        if self._tagger is None:
            return ()
        scheme = self.assets.scheme
        names = (self.options.rename(label, scheme) for label in scheme.entities)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
    ) -> None:
        """Load the model now, also from a hub; nothing is trained."""
        self._tagger = self._tagger or self._load()

    def _load(self) -> SpanTagger:
        from ..mlm.model import MaskedLM

        options = self.options
        lm = MaskedLM.load(options.model, device=options.device, dtype=options.dtype)
        vectors = VocabVectors.from_mlm(lm)
        assets = resources.find_assets(
            lm,
            vectors,
            options.assets,
            is_starter=options.model == resources.STARTER,
        )
        return self._use(lm, vectors, assets)

    def _use(
        self, lm: MaskedLM, vectors: VocabVectors, assets: ClusterAssets
    ) -> SpanTagger:
        options = self.options
        only = options.seeds_only
        assets = resources.add_seeds(assets, vectors, options.seeds, only=only)
        merge_thresholds(self.cfg, assets.thresholds, assets.scheme)  # check them now
        options.check_labels(assets.scheme)
        self._tagger = SpanTagger(
            lm,
            assets,
            options.voting,
            vectors=vectors,
            max_batch_pieces=options.max_batch_pieces,
        )
        for label in self.labels:  # a memory zone must not take them away
            self.vocab.strings.add(label, allow_transient=False)  # type: ignore[call-arg]
        return self._tagger

    # --- tagging ------------------------------------------------------------------

    def __call__(self, doc: Doc) -> Doc:
        """Tag one doc; `pipe` is faster for several."""
        error_handler = self.get_error_handler()
        try:
            self._tag([doc])
        except Exception as error:
            error_handler(self.name, self, [doc], error)
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Tag docs, asking the model about many at once; the order is kept.

        stream (Iterable[Doc]): Docs.
        batch_size (int): Docs to look ahead at most.
        YIELDS (Doc): The same docs. One that fails goes to the error handler and is
            left out; the others are not harmed.
        RAISES (ModelError, AssetsError): if the model or its assets cannot be loaded.
        """
        self.initialize()
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            for part in _by_words(batch, MAX_WORDS):
                yield from self._tag_or_report(part)

    def _tag_or_report(self, docs: list[Doc]) -> list[Doc]:
        try:
            self._tag(docs)
            return docs
        except Exception as error:
            if half := len(docs) // 2:  # find the one that fails
                parts = (docs[:half], docs[half:])
                return [doc for part in parts for doc in self._tag_or_report(part)]
            self.get_error_handler()(self.name, self, docs, error)
            return []

    def _tag(self, docs: Sequence[Doc]) -> None:
        tagger = self.tagger
        candidates, texts = self._read(docs)
        keep = not self.options.overwrite_ents
        thresholds = merge_thresholds(
            self.cfg, tagger.assets.thresholds, tagger.assets.scheme
        )
        taken = [taken_tokens(doc) for doc in docs] if keep else None
        tagged = tag_texts(tagger, texts, candidates, thresholds, taken=taken)
        for doc, text, result in zip(docs, texts, tagged, strict=True):
            annotation.annotate_doc(
                doc,
                text,
                result,
                name=self.name,
                tagger=tagger,
                options=self.options,
            )
            annotation.set_notes(doc, text, result, self.name)

    def _read(self, docs: Sequence[Doc]) -> tuple[list[Candidates], list[EncodedText]]:
        candidates = [self.options.candidates(doc) for doc in docs]
        texts = [
            read_doc(doc, wanted.unread)
            for doc, wanted in zip(docs, candidates, strict=True)
        ]
        return candidates, self.tagger.encode(texts)

    # --- for evaluation -----------------------------------------------------------

    def find_candidates(self, docs: Sequence[Doc]) -> list[list[TokenSpan]]:
        """The spans that the model is asked about in each doc."""
        candidates, texts = self._read(docs)
        words = [self.tagger.lexicon.label_words(text) for text in texts]
        return find_spans(self.tagger, texts, words, candidates)

    def type_spans(
        self, docs: Sequence[Doc], spans: Sequence[Sequence[TokenSpan]]
    ) -> list[list[SpanVote]]:
        """Label given spans; thresholds and non-entity classes are ignored.

        docs (Sequence[Doc]): Docs; they are not changed.
        spans (Sequence[Sequence[TokenSpan]]): Spans of each.
        RETURNS (list[list[SpanVote]]): In the same order; label "" and score 0 for a
            span of which nothing speaks, or whose label is not wanted.
        """
        texts = self.tagger.encode([read_doc(doc) for doc in docs])
        given = [Candidates([(s, e) for s, e in found]) for found in spans]
        tagged = tag_texts(self.tagger, texts, given, Thresholds())
        votes = []
        for text, result, found in zip(texts, tagged, spans, strict=True):
            listed = annotation.list_votes(text, result, self.tagger, self.options)
            by_bounds = {(vote.start, vote.end): vote for vote in listed}
            votes.append([by_bounds[start, end] for start, end in found])
        return votes

    # --- saving -------------------------------------------------------------------

    def to_disk(
        self, path: str | Path, *, exclude: Iterable[str] = (), **_: Any
    ) -> None:
        """Write model and assets, so that nothing else is needed to load them.

        path (str | Path): A folder.
        exclude (Iterable[str]): Among "model", "assets", "cfg".
        """
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        if MODEL not in exclude:
            self.lm.save(path / MODEL, storage="auto")
        if ASSETS not in exclude:
            self.assets.to_disk(path / ASSETS)
        if CFG not in exclude:
            write_text(path / f"{CFG}.json", srsly.json_dumps(self.cfg))

    def from_disk(
        self, path: str | Path, *, exclude: Iterable[str] = (), **_: Any
    ) -> BertUnsupNER:
        """Read what `to_disk` wrote; what the config sets stays as it is.

        path (str | Path): The folder.
        exclude (Iterable[str]): Among "model", "assets", "cfg".
        RETURNS (BertUnsupNER): This component.
        RAISES (ModelError, AssetsError): if something is missing or damaged.
        """
        from ..mlm.model import MaskedLM

        path, options = Path(path), self.options
        lm = self.lm if MODEL in exclude else None
        if lm is None:
            if not (path / MODEL).is_dir():
                raise AssetsError(
                    Errors.E311.format(where=path, name=self.name, missing=MODEL)
                )
            lm = MaskedLM.load(path / MODEL, device=options.device, dtype=options.dtype)
        if CFG not in exclude and (path / f"{CFG}.json").is_file():
            self._fill_cfg(srsly.read_json(path / f"{CFG}.json"))
        skip = ASSETS in exclude
        assets = self.assets if skip else ClusterAssets.from_disk(path / ASSETS)
        self._use(lm, VocabVectors.from_mlm(lm), assets)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = (), **_: Any) -> bytes:
        """Model and assets as bytes.

        exclude (Iterable[str]): Among "model", "assets", "cfg".
        RETURNS (bytes): msgpack.
        """
        content: dict[str, Any] = {}
        if MODEL not in exclude:
            content[MODEL] = {"name": self.lm.name, "bytes": self.lm.to_bytes()}
        if ASSETS not in exclude:
            content[ASSETS] = self.assets.to_bytes()
        if CFG not in exclude:
            content[CFG] = self.cfg
        return srsly.msgpack_dumps(content)

    def from_bytes(
        self, data: bytes, *, exclude: Iterable[str] = (), **_: Any
    ) -> BertUnsupNER:
        """Read what `to_bytes` gave.

        data (bytes): msgpack.
        exclude (Iterable[str]): Among "model", "assets", "cfg".
        RETURNS (BertUnsupNER): This component.
        """
        from ..mlm.model import MaskedLM

        content, options = srsly.msgpack_loads(data), self.options
        if MODEL in content and MODEL not in exclude:
            lm = MaskedLM.from_bytes(
                content[MODEL]["bytes"],
                name=content[MODEL]["name"],
                device=options.device,
                dtype=options.dtype,
            )
        else:
            lm = self.lm
        if CFG not in exclude:
            self._fill_cfg(content.get(CFG, {}))
        given = ASSETS in content and ASSETS not in exclude
        assets = ClusterAssets.from_bytes(content[ASSETS]) if given else self.assets
        self._use(lm, VocabVectors.from_mlm(lm), assets)
        return self

    def _fill_cfg(self, saved: dict[str, Any]) -> None:
        """Take saved thresholds where the config sets none."""
        for key, value in saved.items():
            if key in self.cfg and self.cfg[key] in (None, {}):
                self.cfg[key] = value

    def __setstate__(self, state: Any) -> None:
        """Unpickle; a spawned process has to learn the attributes anew."""
        super().__setstate__(state)  # type: ignore[misc]  # written by Cython
        install_extensions(self.options.attrs, key=self.options.spans_key)


def _by_words(docs: Sequence[Doc], most: int) -> Iterator[list[Doc]]:
    """Cut a list of docs so that no part has more words, but for single docs."""
    part: list[Doc] = []
    words = 0
    for doc in docs:
        if part and words + len(doc) > most:
            yield part
            part, words = [], 0
        part.append(doc)
        words += len(doc)
    if part:
        yield part
