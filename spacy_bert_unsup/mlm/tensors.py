"""The tensors of a model by name: which could be vocabulary vectors (spec part 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedModel

from ..types import Floats
from .loader import find_source, read_parts
from .model import MaskedLM
from .parts import find_decoder


@dataclass(frozen=True, slots=True)
class NamedTensors:
    """All tensors of a model by name, tied ones under each of their names.

    tensors (Mapping[str, Floats]): Read-only; they share the model's memory.
    input_key (str): The name of the vectors that the model reads.
    decoder_key (str): The name of the vectors in which it predicts.
    """

    tensors: Mapping[str, Floats]
    input_key: str
    decoder_key: str

    @property
    def tied(self) -> bool:
        """Whether the model reads and predicts with the same vectors."""
        first, second = self.tensors[self.input_key], self.tensors[self.decoder_key]
        # Not np.shares_memory: it may ponder for long.
        return first.ctypes.data == second.ctypes.data

    def tables(self) -> list[str]:
        """Names of the tensors that have a row for every entry of the vocabulary."""
        size = len(self.tensors[self.decoder_key])
        shapes = {key: array.shape for key, array in self.tensors.items()}
        return [k for k, s in shapes.items() if len(s) == 2 and s[0] == size]


def load_with_tensors(source: str | Path) -> tuple[MaskedLM, NamedTensors]:
    """Load a model on the CPU, and look at everything that it is made of.

    source (str | Path): "starter", a folder or a hub name.
    RETURNS (tuple[MaskedLM, NamedTensors]): The model, and its tensors.
    RAISES (ModelError): as `MaskedLM.load` does.
    """
    found = find_source(source)
    parts = read_parts(found)
    lm = MaskedLM.from_parts(parts.model, parts.tokenizer, name=found.name)
    return lm, name_tensors(parts.model)


def name_tensors(model: PreTrainedModel) -> NamedTensors:
    """Name the tensors of a model as transformers does.

    model (PreTrainedModel): With an MLM head, on the CPU.
    RETURNS (NamedTensors): All of them.
    """
    arrays = {}
    for name, tensor in model.state_dict().items():
        arrays[name] = tensor.detach().float().numpy()
        arrays[name].flags.writeable = False
    decoder = find_decoder(model)
    reader = model.get_input_embeddings()
    modules = {id(module): name for name, module in model.named_modules()}
    keys = (f"{modules[id(part)]}.weight" for part in (reader, decoder))
    return NamedTensors(arrays, *keys)
