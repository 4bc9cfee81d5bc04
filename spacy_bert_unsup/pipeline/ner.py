"""`bert_unsup_ner`: entities by the vote of the vocabulary, with the evidence kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import srsly
from spacy.tokens import Doc
from spacy.vocab import Vocab

from ..attrs import install_extensions
from ..errors import ConfigError, Errors
from ..types import Bools, TokenSpan
from ..util import write_text
from ..vocab.assets import ClusterAssets
from ..vocab.vectors import VocabVectors
from ..voting.candidates import Candidates
from ..voting.evidence import SpanVote
from ..voting.record import VoteRecord
from ..voting.tagger import SpanTagger
from ..voting.tagging import TaggedText, find_spans, tag_texts
from ..voting.thresholds import Thresholds
from . import annotation, notes, resources
from .component import ModelComponent
from .docs import read_doc, taken_tokens
from .options import NEROptions, check_shares, merge_thresholds
from .stored import VoteSettings
from .units import Units

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM
    from ..mlm.text import EncodedText

ASSETS, CFG = "assets", "cfg"


class BertUnsupNER(ModelComponent):
    """Tags entities with a masked language model and a labelled vocabulary."""

    made_from_model = ("_tagger",)
    options: NEROptions

    def __init__(
        self,
        vocab: Vocab,
        name: str = "bert_unsup_ner",
        *,
        options: NEROptions,
        cfg: dict[str, Any],
        scorer: Callable | None = None,
    ) -> None:
        """Keep the settings; model and assets are loaded later.

        vocab (Vocab): The pipeline's.
        name (str): The component's name in the pipeline.
        options (NEROptions): Settings.
        cfg (dict[str, Any]): "threshold" and "label_thresholds"; read at each
            prediction, so that `spacy find-threshold` can tune them.
        scorer (Optional[Callable]): Scoring function.
        """
        super().__init__(vocab, name, options=options)
        check_shares(cfg)
        self.cfg = cfg
        self.scorer = scorer
        self._given: ClusterAssets | None = None  # read with a pipeline, or unpickled
        self._tagger: SpanTagger | None = None
        install_extensions(options.attrs, key=options.spans_key)
        self._keep_labels()  # the first use may be in a zone that has them as words

    # --- what is loaded -----------------------------------------------------------

    @property
    def tagger(self) -> SpanTagger:
        """Model, assets and settings at work; loaded when first asked for."""
        self.load()
        assert self._tagger is not None
        return self._tagger

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
        """Labels that entities can get; nothing is loaded to know them."""
        options = self.options
        if self._tagger is not None:
            scheme = self._tagger.assets.scheme
        else:
            scheme = resources.peek_scheme(
                options.assets, options.seeds, only=options.seeds_only
            )
        names = (options.rename(label, scheme) for label in scheme.entities)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def can_load_now(self) -> bool:
        """Whether model and assets are on this machine."""
        folder = self.options.assets
        here = folder is None or Path(folder).expanduser().is_dir()
        return here and super().can_load_now()

    def prepare(self, lm: MaskedLM) -> None:
        """Find the assets of a model, and make the tables of the votes.

        lm (MaskedLM): The model.
        RAISES (AssetsError, ConfigError): if assets, seeds or labels do not fit.
        """
        options = self.options
        vectors = VocabVectors.from_mlm(lm)
        assets = self._given or resources.find_assets(
            lm,
            vectors,
            options.assets,
            is_starter=options.model == resources.STARTER,
        )
        assets.check_fits(lm.fingerprint, lm.name)
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
        self._keep_labels()

    def _keep_labels(self) -> None:
        """See that no memory zone takes the labels away, as it does with words."""
        for label in self.labels:
            self.vocab.strings.add(label, allow_transient=False)  # type: ignore[call-arg]

    # --- tagging ------------------------------------------------------------------

    def annotate(
        self,
        docs: Sequence[Doc],
        *,
        labels: Sequence[str] | None = None,
        threshold: float | None = None,
    ) -> None:
        """Tag docs, asking the model about all of them at once.

        docs (Sequence[Doc]): Docs.
        labels (Optional[Sequence[str]]): Other labels to keep, for this call.
        threshold (Optional[float]): Another least share of the vote, for this call.
        """
        tagger = self.tagger
        options, cfg = self._change(labels, threshold)
        candidates, texts, units = self._read(docs)
        how = options.on_overflow
        windows = [
            notes.note_windows(text.windows, name=self.name, on_overflow=how)
            for text in texts
        ]
        keep = not options.overwrite_ents
        thresholds = merge_thresholds(
            cfg, tagger.assets.thresholds, tagger.assets.scheme
        )
        taken = None
        if keep:
            pairs = zip(docs, units, strict=True)
            taken = [words.any_of(taken_tokens(doc)) for doc, words in pairs]
        tagged = tag_texts(tagger, texts, candidates, thresholds, taken=taken)
        kept = []
        if options.keep_votes:
            settings = VoteSettings.of(tagger, options, cfg).dump()
            records = self._keep(texts, tagged, candidates, thresholds, taken, units)
            kept = [(record, settings) for record in records]
        for i, (doc, text, result, said) in enumerate(
            zip(docs, texts, tagged, windows, strict=True)
        ):
            annotation.annotate_doc(
                doc,
                text,
                result,
                name=self.name,
                tagger=tagger,
                options=options,
                units=units[i],
                kept=kept[i] if kept else None,
            )
            cuts = annotation.note_cuts(text, result)
            notes.set_notes(doc, [*said, *cuts], self.name)

    def _change(
        self, labels: Sequence[str] | None, threshold: float | None
    ) -> tuple[NEROptions, dict[str, Any]]:
        """The settings of one call."""
        options, cfg = self.options, self.cfg
        if labels is not None:
            options = replace(options, labels=tuple(labels))
            options.check_labels(self.assets.scheme)
        if threshold is not None:
            cfg = {**cfg, "threshold": threshold}
        return options, cfg

    def _keep(
        self,
        texts: Sequence[EncodedText],
        tagged: Sequence[TaggedText],
        candidates: Sequence[Candidates],
        thresholds: Thresholds,
        taken: Sequence[Bools] | None,
        units: Sequence[Units],
    ) -> list[VoteRecord]:
        """What stays with each doc for a later vote."""
        if not all(words.are_tokens for words in units):
            raise ConfigError(Errors.E345.format(name=self.name))
        if any(wanted.sure for wanted in candidates):
            raise ConfigError(Errors.E346.format(name=self.name))
        busy = taken or [np.zeros(len(text.words), bool) for text in texts]
        return [
            VoteRecord.make(
                self.tagger, text, result, thresholds, join=wanted.join, taken=used
            )
            for text, result, wanted, used in zip(
                texts, tagged, candidates, busy, strict=True
            )
        ]

    def _read(
        self, docs: Sequence[Doc]
    ) -> tuple[list[Candidates], list[EncodedText], list[Units]]:
        """Candidates and texts by words, and how these lie over the tokens."""
        candidates, texts, units = [], [], []
        for doc in docs:
            wanted = self.options.candidates(doc)
            text = read_doc(doc, wanted.unread)
            words = Units.of(text)
            candidates.append(replace(wanted, spans=words.to_words(wanted.spans)))
            texts.append(words.join(text))
            units.append(words)
        return candidates, self.tagger.encode(texts), units

    # --- for evaluation -----------------------------------------------------------

    def find_candidates(self, docs: Sequence[Doc]) -> list[list[TokenSpan]]:
        """The spans that the model is asked about in each doc."""
        candidates, texts, units = self._read(docs)
        words = [self.tagger.lexicon.label_words(text) for text in texts]
        found = find_spans(self.tagger, texts, words, candidates)
        return [
            part.to_token_spans(spans) for part, spans in zip(units, found, strict=True)
        ]

    def type_spans(
        self, docs: Sequence[Doc], spans: Sequence[Sequence[TokenSpan]]
    ) -> list[list[SpanVote]]:
        """Label given spans; thresholds and non-entity classes are ignored.

        A word that names a kind ("patients") gives its span that kind.

        docs (Sequence[Doc]): Docs; they are not changed.
        spans (Sequence[Sequence[TokenSpan]]): Spans of each.
        RETURNS (list[list[SpanVote]]): In the same order; label "" and score 0 for a
            span of which nothing speaks, or whose label is not wanted.
        """
        read = [read_doc(doc) for doc in docs]
        units = [Units.of(text) for text in read]
        joined = [part.join(text) for part, text in zip(units, read, strict=True)]
        texts = self.tagger.encode(joined)
        wanted = [p.to_words(found) for p, found in zip(units, spans, strict=True)]
        given = [Candidates(found, sure=True) for found in wanted]
        tagged = tag_texts(self.tagger, texts, given, Thresholds())
        votes = []
        for text, result, found, asked in zip(
            texts, tagged, spans, wanted, strict=True
        ):
            listed = annotation.list_votes(text, result, self.tagger, self.options)
            by_bounds = {(vote.start, vote.end): vote for vote in listed}
            pairs = zip(found, asked, strict=True)
            votes.append([replace(by_bounds[b], start=s, end=e) for (s, e), b in pairs])
        return votes

    # --- saving -------------------------------------------------------------------

    def saved_settings(self) -> dict[str, Any]:
        """Settings that say what to load: where one changes, the config wins."""
        return {**super().saved_settings(), "assets": self.options.assets}

    def to_disk(
        self, path: str | Path, *, exclude: Iterable[str] = (), **_: Any
    ) -> None:
        """Write model and assets, so that nothing else is needed to load them.

        path (str | Path): A folder.
        exclude (Iterable[str]): Among "model", "assets", "cfg".
        """
        super().to_disk(path, exclude=exclude)
        path = Path(path)
        if ASSETS not in exclude:
            self.assets.to_disk(path / ASSETS)
        if CFG not in exclude:
            write_text(path / f"{CFG}.json", srsly.json_dumps(self.cfg))

    def from_disk(
        self, path: str | Path, *, exclude: Iterable[str] = (), **_: Any
    ) -> Self:
        """Read what `to_disk` wrote; what the config sets stays as it is.

        path (str | Path): The folder.
        exclude (Iterable[str]): Among "model", "assets", "cfg".
        RETURNS (BertUnsupNER): This component.
        RAISES (ModelError, AssetsError): if something is missing or damaged.
        """
        path = Path(path)
        lm = self.read_model(path, exclude)
        if CFG not in exclude and (path / f"{CFG}.json").is_file():
            self._fill_cfg(srsly.read_json(path / f"{CFG}.json"))
        if ASSETS in exclude:
            self._given = self.assets
        elif self.changed_settings(path):  # the config names others by now
            self._given = None
        else:
            self._given = ClusterAssets.from_disk(path / ASSETS)
        self.use_model(lm)
        return self

    def pack(self, exclude: Iterable[str]) -> dict[str, Any]:
        """The content of `to_bytes`: model, assets and cfg."""
        content = super().pack(exclude)
        if ASSETS not in exclude:
            content[ASSETS] = self.assets.to_bytes()
        if CFG not in exclude:
            content[CFG] = self.cfg
        return content

    def unpack(self, content: Mapping[str, Any], exclude: Iterable[str]) -> None:
        """Take over what `pack` gave."""
        lm = self.unpack_model(content, exclude)
        if CFG not in exclude:
            self._fill_cfg(content.get(CFG, {}))
        given = ASSETS in content and ASSETS not in exclude
        self._given = (
            ClusterAssets.from_bytes(content[ASSETS]) if given else self.assets
        )
        self.use_model(lm)

    def _fill_cfg(self, saved: dict[str, Any]) -> None:
        """Take saved thresholds where the config sets none."""
        for key, value in saved.items():
            if key in self.cfg and self.cfg[key] in (None, {}):
                self.cfg[key] = value

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        assets = None if self._tagger is None else self.assets.to_bytes()
        return {**state, "_given": assets}

    def __setstate__(self, state: dict[str, Any]) -> None:
        given = state["_given"]
        assets = None if given is None else ClusterAssets.from_bytes(given)
        install_extensions(state["options"].attrs, key=state["options"].spans_key)
        super().__setstate__({**state, "_given": assets})
