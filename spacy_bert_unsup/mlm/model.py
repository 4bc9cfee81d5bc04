"""MaskedLM: what the rest of the package asks of a masked language model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..types import Bools, Floats, Pieces
from ..util import fingerprint
from . import share
from .checks import check_vocabulary, find_length_limit, find_special_ids
from .compute import choose_device, choose_dtype
from .encoder import Encoder
from .folder import pack_folder, save_parts, unpack_folder
from .head import make_head
from .loader import Source, find_source, read_parts
from .parts import Parts, find_decoder, view_read_only
from .pieces import make_splitter, split_texts
from .probe import check_probe, probe_model
from .reader import ModelReader
from .threads import guard_forks
from .vocabulary import read_vocabulary

guard_forks()


class MaskedLM(ModelReader):
    """A masked language model: its vocabulary, its tokenizer, and what it predicts.

    Holds no state but its weights and counters, so any number of threads may use it at
    the same time. Make one with `load` or `from_parts`.

    name (str): what the user asked for: "starter", a folder's name or a hub name.
    terms (list[str]): (V,) entries as the vocabulary spells them ("##itis", "Ġthe"); ""
        for rows that the tokenizer does not name.
    max_length (int): pieces of one sequence, the two special tokens included.
    device (str): where it computes.
    dtype (str): in which precision its encoder computes; results are float32.
    mask_id, cls_id, sep_id, pad_id, unk_id (int): ids of the special tokens.
    special_ids (frozenset[int]): ids of all special tokens.
    next_sentence (bool): whether it was pretrained on pairs of sentences too.
    probe (Probe): how exactly it keeps to its own formula.
    """

    def __init__(self, parts: Parts, *, name: str, device: str, dtype: str) -> None:
        model, tokenizer = parts.model, parts.tokenizer
        self.name = name
        self.device = choose_device(device)
        width = model.config.hidden_size
        self.dtype = choose_dtype(dtype, device=self.device, width=width)
        self.next_sentence = parts.next_sentence
        self._parts = parts
        special = find_special_ids(tokenizer, name=name)
        self.mask_id, self.cls_id, self.sep_id, self.pad_id, self.unk_id = special
        self.max_length = find_length_limit(model, tokenizer)
        n_terms = len(find_decoder(model).weight)
        check_vocabulary(tokenizer, name=name, n_rows=n_terms)
        self._vocabulary = read_vocabulary(tokenizer, n_terms)
        self.terms = self._vocabulary.terms
        self.special_ids = self._vocabulary.special_ids
        self._splitter = make_splitter(tokenizer)
        nn.Module.to(model, self.device)
        self._encoder = Encoder(model, pad_id=self.pad_id, dtype=self.dtype)
        self._head = make_head(model)
        self._borders = (self.cls_id, self.sep_id)
        self.probe = probe_model(model, self._head, border_ids=self._borders)
        check_probe(self.probe, name)

    @classmethod
    def load(
        cls, source: str | Path, *, device: str = "auto", dtype: str = "auto"
    ) -> MaskedLM:
        """Load a model, or get the copy that is in memory already.

        source (str | Path): "starter" for the model that comes with this package, a
            local folder, or a name on the Hugging Face hub (HF_HUB_OFFLINE is obeyed).
        device (str): "auto" (the GPU that spaCy uses, if any), "cpu", "cuda:0", ...
        dtype (str): "float32", "bfloat16", or "auto": bfloat16 where it is faster.
        RETURNS (MaskedLM): the model; two loads of the same weights share one.
        RAISES (ModelError): when there is no such model, it has no MLM head, or its
            tokenizer does not belong to it.
        """
        found = find_source(source)
        with share.load_lock:
            key = (found.place, found.version, device, dtype)
            known = share.find_shared(*key)
            if known is not None:
                return known
            lm = cls(read_parts(found), name=found.name, device=device, dtype=dtype)
            return share.share(lm._shared(), *key)

    @classmethod
    def from_parts(
        cls,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        device: str = "cpu",
        dtype: str = "float32",
    ) -> MaskedLM:
        """Use a transformers model that is in memory.

        model (PreTrainedModel): a model with an MLM head; it is put into float32, eval
            mode and on the device, not copied.
        tokenizer (PreTrainedTokenizerBase): its tokenizer, with a fast backend.
        name (str): what to call it in messages.
        device (str): as for `load`.
        dtype (str): as for `load`.
        RETURNS (MaskedLM): the model.
        RAISES (ModelError): as `load` does.
        """
        next_sentence = bool(getattr(model.config, "next_sentence", False))
        parts = Parts(model.float().eval(), tokenizer, next_sentence)
        return cls(parts, name=name, device=device, dtype=dtype)

    def _shared(self) -> MaskedLM:
        """The model of the same content in memory, or this one."""
        return share.share(self, self.identity, self.device, self.dtype)

    def rows(self) -> Floats:
        """Vocabulary vectors: the rows of the output embedding (spec part 1).

        RETURNS (Floats): (V, D), not normalised, read-only.
        """
        return view_read_only(find_decoder(self._parts.model).weight)

    def bias(self) -> Floats:
        """How readily the model predicts each term, whatever the place (spec part 8).

        RETURNS (Floats): (V,) bias of the decoder; zeros where the model has none.
        """
        bias = find_decoder(self._parts.model).bias
        size = len(self.terms)
        return np.zeros(size, np.float32) if bias is None else view_read_only(bias)

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of SHA-256 over the terms and their vectors."""
        return fingerprint(self.terms, self.rows())

    @cached_property
    def identity(self) -> str:
        """The fingerprint and a digest of all weights: equal for copies of a model."""
        return f"{self.fingerprint}-{share.digest_weights(self._parts.model)}"

    def surface(self) -> list[str]:
        """The terms without markers.

        RETURNS (list[str]): (V,) "itis" for "##itis", "the" for "Ġthe"; "" for special
            and unused entries.
        """
        return self._vocabulary.surface

    def is_continuation(self) -> Bools:
        """Which terms go on with a word.

        RETURNS (Bools): (V,) True for "##itis"; for BPE and unigram vocabularies, True
            for entries without the marker of a word's start.
        """
        return self._vocabulary.is_continuation

    def tokenize(self, texts: Sequence[str]) -> list[Pieces]:
        """Cut running texts into pieces, special tokens in them read as plain text.

        texts (Sequence[str]): texts of any length.
        RETURNS (list[Pieces]): pieces without special tokens, with character bounds.
        """
        return split_texts(self._splitter, texts)

    def save(
        self, folder: Path, *, storage: str = "auto", max_file_mb: int = 15
    ) -> None:
        """Write the model with its tokenizer to a folder that `load` reads.

        folder (Path): the folder; files of other names in it stay.
        storage (str): "float32" or "float16" (ordinary transformers folders), "int8"
            (half the size of float16), or "auto": the smallest that loses nothing.
        max_file_mb (int): size of the largest weights file, in megabytes.
        RAISES (ModelError): when there is no such storage.
        """
        save_parts(
            self._parts,
            Path(folder),
            storage=storage,
            max_file_mb=max_file_mb,
            terms=self.terms,
        )

    def to_bytes(self) -> bytes:
        """Pack the model with its tokenizer, losing nothing.

        RETURNS (bytes): what `from_bytes` reads on any machine.
        """
        with TemporaryDirectory() as folder:
            self.save(Path(folder))
            return pack_folder(Path(folder))

    @classmethod
    def from_bytes(
        cls, content: bytes, *, name: str, device: str = "auto", dtype: str = "auto"
    ) -> MaskedLM:
        """Unpack a model, or get the copy of it that is in memory already.

        content (bytes): what `to_bytes` gave.
        name (str): what to call it in messages.
        device (str): as for `load`.
        dtype (str): as for `load`.
        RETURNS (MaskedLM): the model.
        RAISES (ModelError): when the bytes are something else.
        """
        with unpack_folder(content) as folder, share.load_lock:
            parts = read_parts(Source(name, str(folder), is_folder=True))
            return cls(parts, name=name, device=device, dtype=dtype)._shared()

    def __reduce__(self) -> tuple[object, ...]:
        read = partial(
            MaskedLM.from_bytes, name=self.name, device=self.device, dtype=self.dtype
        )
        return read, (self.to_bytes(),)
