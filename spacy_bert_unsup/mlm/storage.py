"""Model folders of small size: int8 weights in safetensors files.

The full-size storages (float32, float16) are ordinary transformers folders. This one
keeps a matrix as int8 with one float16 scale for each row, and vectors as they are.
Tensors of a file: ``name`` (a vector), or for matrices, cut by rows so that no file
grows too large, ``name@first_row`` (int8) and ``name@first_row.scale`` (float16).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..errors import Errors, ModelError

WEIGHTS_HEADER = "weights.json"
FORMAT_VERSION = 1
# Bytes left in each file for the names and offsets of its tensors.
_HEADER_ROOM = 200_000


def quantize_rows(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Round a matrix to int8, each row by its largest number.

    Rounding what `restore_rows` gave once more gives the same again.

    matrix (Tensor): (N, D) float32.
    RETURNS (tuple[Tensor, Tensor]): (N, D) int8 and (N, 1) float16 scales.
    """
    scales = (matrix.abs().amax(dim=1, keepdim=True) / 127).half()
    safe = torch.where(scales > 0, scales.float(), 1.0)
    return (matrix / safe).round_().clamp_(-127, 127).to(torch.int8), scales


def restore_rows(numbers: Tensor, scales: Tensor) -> Tensor:
    """Turn int8 rows back into numbers.

    numbers (Tensor): (N, D) int8.
    scales (Tensor): (N, 1) float16.
    RETURNS (Tensor): (N, D) float32.
    """
    return numbers.float() * scales.float()


def is_matrix(tensor: Tensor) -> bool:
    """Whether int8 storage rounds a tensor, or keeps it as it is.

    tensor (Tensor): a parameter.
    RETURNS (bool): True for matrices whose scales float16 can hold.
    """
    if tensor.ndim != 2 or not tensor.is_floating_point():
        return False
    scales = tensor.abs().amax(dim=1) / 127
    tiny, huge = torch.finfo(torch.float16).tiny, torch.finfo(torch.float16).max
    return bool(((scales == 0) | ((scales >= tiny) & (scales <= huge))).all())


def is_lossless_int8(tensor: Tensor) -> bool:
    """Whether int8 storage keeps a tensor as it is, because it came from there.

    tensor (Tensor): a parameter.
    RETURNS (bool): True for what is not rounded anyway.
    """
    if not is_matrix(tensor):
        return True
    return torch.equal(restore_rows(*quantize_rows(tensor)), tensor)


def write_weights(
    folder: Path, weights: Mapping[str, Tensor], *, max_file_bytes: int
) -> None:
    """Write parameters as int8 files with a header that names them.

    folder (Path): where to write.
    weights (Mapping[str, Tensor]): parameters by name, float32.
    max_file_bytes (int): size that no file exceeds.
    """
    room = max(max_file_bytes - _HEADER_ROOM, _HEADER_ROOM)
    files: list[dict[str, Tensor]] = [{}]
    used = 0
    for entries in _entries(weights, room):
        size = sum(entry.nbytes for entry in entries.values())
        if used + size > room and files[-1]:
            files.append({})
            used = 0
        files[-1].update(entries)
        used += size
    names = [f"weights-{i:05d}.safetensors" for i in range(1, len(files) + 1)]
    for name, entries in zip(names, files, strict=True):
        save_file(entries, folder / name)
    header = {"format": FORMAT_VERSION, "storage": "int8", "files": names}
    (folder / WEIGHTS_HEADER).write_text(json.dumps(header, indent=2) + "\n")


def _entries(weights: Mapping[str, Tensor], room: int) -> Iterator[dict[str, Tensor]]:
    """What is stored for each parameter, in shares that fit in a file."""
    for name, parameter in weights.items():
        tensor = parameter.detach()
        if not is_matrix(tensor):
            yield {name: tensor.contiguous()}
            continue
        numbers, scales = quantize_rows(tensor)
        step = max(1, room // (tensor.shape[1] + 2))
        for first in range(0, len(tensor), step):
            rows = slice(first, first + step)
            key = f"{name}@{first}"
            yield {key: numbers[rows].clone(), f"{key}.scale": scales[rows].clone()}


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Read back what `write_weights` wrote.

    folder (Path): the folder.
    RETURNS (dict[str, Tensor]): parameters by name, float32.
    RAISES (ModelError): when the header is of another version or rows are missing.
    """
    header = json.loads((folder / WEIGHTS_HEADER).read_text(encoding="utf-8"))
    if header.get("format") != FORMAT_VERSION:
        found = header.get("format")
        raise ModelError(Errors.E111.format(folder=folder, found=found))
    stored: dict[str, Tensor] = {}
    for name in header["files"]:
        stored.update(load_file(folder / name))
    weights: dict[str, Tensor] = {}
    shares: dict[str, dict[int, Tensor]] = {}
    for key, tensor in stored.items():
        name, _, first = key.partition("@")
        if not first:
            weights[name] = tensor
        elif not first.endswith(".scale"):
            rows = restore_rows(tensor, stored[f"{key}.scale"])
            shares.setdefault(name, {})[int(first)] = rows
    for name, rows in shares.items():
        weights[name] = torch.cat([rows[first] for first in sorted(rows)])
    return weights
