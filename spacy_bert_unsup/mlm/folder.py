"""Write a model with its tokenizer to a folder, or pack it into bytes."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import Errors, ModelError
from ..util import atomic_folder
from .loader import quiet_transformers
from .parts import Parts, find_backend
from .storage import WEIGHTS_HEADER, is_lossless_int8, write_weights

STORAGES = ("auto", "float32", "float16", "int8")
MEGABYTE = 1_000_000
# Weights of an earlier save in the same folder; its other files may be assets.
_STALE = (
    "model*.safetensors",
    "model.safetensors.index.json",
    "pytorch_model*",
    "weights-*.safetensors",
    WEIGHTS_HEADER,
)
# Where a tokenizer was read from is not part of it.
_ORIGIN = ("is_local", "local_files_only", "name_or_path")
_SUFFIXES = (".json", ".txt", ".safetensors")


def save_parts(
    parts: Parts, folder: Path, *, storage: str, max_file_mb: int, terms: list[str]
) -> None:
    """Write a model folder; it is there whole, or as it was.

    parts (Parts): the model with its tokenizer.
    folder (Path): the folder; files of other names stay.
    storage (str): "float32" or "float16" (ordinary transformers folders), "int8", or
        "auto" for the smallest that loses nothing of these weights.
    max_file_mb (int): size of the largest weights file in megabytes; a float matrix
        above it gets a file of its own.
    terms (list[str]): (V,) the vocabulary; people read it in a WordPiece's vocab.txt.
    RAISES (ModelError): when there is no such storage.
    """
    if storage not in STORAGES:
        names = ", ".join(STORAGES)
        raise ModelError(Errors.E110.format(storage=storage, names=names))
    if storage == "auto":
        storage = find_lossless_storage(parts.model)
    with atomic_folder(folder, stale=_STALE) as beside, quiet_transformers():
        _save_model(parts.model, beside, storage, max_file_mb)
        parts.tokenizer.save_pretrained(beside)
        facts: dict[str, object] = {
            "architectures": [type(parts.model).__name__],
            "next_sentence": parts.next_sentence,
        }
        _change_settings(beside / "config.json", facts)
        _change_settings(beside / "tokenizer_config.json", dict.fromkeys(_ORIGIN))
        if type(find_backend(parts.tokenizer).model).__name__ == "WordPiece":
            vocab = "".join(f"{term}\n" for term in terms).rstrip("\n") + "\n"
            (beside / "vocab.txt").write_text(vocab, encoding="utf-8", newline="\n")


def _save_model(
    model: PreTrainedModel, folder: Path, storage: str, max_file_mb: int
) -> None:
    if storage == "int8":
        model.config.save_pretrained(folder)
        weights = dict(own_weights(model))
        write_weights(folder, weights, max_file_bytes=max_file_mb * MEGABYTE)
        return
    if storage == "float16":
        model = copy.deepcopy(model).half()
    model.save_pretrained(folder, max_shard_size=f"{max_file_mb}MB")


def _change_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Set some keys of a JSON file, or delete those whose value is None."""
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings.update(changes)
    kept = {
        key: value
        for key, value in settings.items()
        if key not in changes or value is not None
    }
    path.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def own_weights(model: PreTrainedModel) -> Iterator[tuple[str, Tensor]]:
    """Go through the parameters and buffers of a model, tied ones once.

    model (PreTrainedModel): the model.
    YIELDS (tuple[str, Tensor]): name and value, on the CPU.
    """
    seen: set[int] = set()
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() not in seen:
            seen.add(tensor.data_ptr())
            yield name, tensor.cpu()


@torch.no_grad()
def find_lossless_storage(model: PreTrainedModel) -> str:
    """Find the smallest storage that keeps every weight as it is.

    model (PreTrainedModel): the model, float32.
    RETURNS (str): what the weights were stored as before, in effect.
    """
    weights = [tensor for _, tensor in own_weights(model)]
    if all(is_lossless_int8(tensor) for tensor in weights):
        return "int8"
    if all(torch.equal(tensor, tensor.half().to(tensor.dtype)) for tensor in weights):
        return "float16"
    return "float32"


def pack_folder(folder: Path) -> bytes:
    """Put the files of a model folder into one uncompressed zip archive.

    folder (Path): the folder.
    RETURNS (bytes): the archive, the same for the same files.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes())
    return buffer.getvalue()


@contextmanager
def unpack_folder(content: bytes) -> Iterator[Path]:
    """Lay out what `pack_folder` packed in a temporary folder.

    content (bytes): the archive.
    YIELDS (Path): the folder, deleted afterwards.
    RAISES (ModelError): when the bytes are something else.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for entry in archive.namelist():
                    if Path(entry).name != entry or not entry.endswith(_SUFFIXES):
                        raise zipfile.BadZipFile(f"unexpected file {entry}")
                    (Path(name) / entry).write_bytes(archive.read(entry))
        except zipfile.BadZipFile as error:
            raise ModelError(Errors.E115.format(reason=error)) from error
        yield Path(name)
