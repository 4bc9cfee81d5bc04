"""A model's vocabulary table as files, so that a workshop needs the model only once.

vectors.safetensors   matrix (V, D), bias (V,), continues (V,)
vocab.json            the model's name, its V terms and their surfaces
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from ...errors import AssetsError, Errors
from ...types import Floats
from ...util import atomic_folder, read_text
from ..vectors import VocabVectors

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM

MATRIX, VOCAB = FILES = ("vectors.safetensors", "vocab.json")


@dataclass(frozen=True)
class ModelTable:
    """What the workshop needs of a model.

    model (str): Its name.
    source (str): Where it was loaded from: "starter", a folder or a hub name.
    vectors (VocabVectors): Its V terms.
    bias (Floats): (V,) of its decoder.
    """

    model: str
    source: str
    vectors: VocabVectors
    bias: Floats

    @classmethod
    def from_mlm(cls, lm: MaskedLM, source: str) -> ModelTable:
        """Take it out of a model.

        lm (MaskedLM): The model.
        source (str): Where it was loaded from.
        RETURNS (ModelTable): With its decoder rows.
        """
        return cls(lm.name, source, VocabVectors.from_mlm(lm), lm.bias())

    def to_disk(self, folder: str | Path) -> None:
        """Write the files, beside and renamed.

        folder (str | Path): Made if missing; other files stay.
        """
        tensors: dict[str, np.ndarray] = {
            "matrix": np.ascontiguousarray(self.vectors.matrix, np.float32),
            "bias": np.ascontiguousarray(self.bias, np.float32),
            "continues": self.vectors.continues.astype(np.uint8),
        }
        vocab = {
            "model": self.model,
            "source": self.source,
            "terms": self.vectors.terms,
            "surfaces": self.vectors.surfaces,
        }
        with atomic_folder(folder) as beside:
            save_file(tensors, beside / MATRIX)
            (beside / VOCAB).write_text(json.dumps(vocab) + "\n", encoding="utf-8")

    @classmethod
    def from_disk(cls, folder: str | Path) -> ModelTable:
        """Read what `to_disk` wrote.

        folder (str | Path): The folder.
        RETURNS (ModelTable): The table.
        RAISES (AssetsError): if a file is missing or damaged.
        """
        folder = Path(folder)
        try:
            vocab = json.loads(read_text(folder / VOCAB))
            tensors = load_file(folder / MATRIX)
            vectors = VocabVectors(
                vocab["terms"],
                tensors["matrix"],
                vocab["surfaces"],
                tensors["continues"].astype(bool),
            )
            return cls(vocab["model"], vocab["source"], vectors, tensors["bias"])
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            message = Errors.E237.format(path=folder, error=error, folder=folder)
            raise AssetsError(message) from error
