"""Where and in which precision a model computes."""

from __future__ import annotations

import sys

import torch

from ..errors import Errors, ModelError

# What bf16 gains depends on the processor above all. With AVX2 alone an encoder of
# width 128 to 768 runs at 0.09 to 0.17 of its float32 speed (benchmarks/bf16.py,
# results beside it), a copy in bf16 and torch.autocast alike. With AMX it has been seen
# at 3.4 times, for a BERT of 20M parameters; narrower ones have not been measured there
# and stay in float32.
MIN_BF16_WIDTH = 256
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose_device(device: str) -> str:
    """Decide on which device a model lives.

    device (str): "auto", "cpu", "cuda", "cuda:1", "mps" or any other name torch has.
    RETURNS (str): the name with its index, as torch spells it.
    RAISES (ModelError): when torch does not know the device or cannot reach it.
    """
    if device == "auto":
        return _auto_device()
    try:
        return str(torch.empty(0, device=device).device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(Errors.E113.format(device=device, reason=reason)) from error


def _auto_device() -> str:
    # This floor never imports spaCy. Where spaCy runs, thinc is imported already and
    # knows whether the user asked for a GPU (spacy.prefer_gpu); alone, take what is
    # there.
    thinc_util = sys.modules.get("thinc.util")
    if thinc_util is not None:
        return choose_device(str(thinc_util.get_torch_default_device()))
    return choose_device("cuda" if torch.cuda.is_available() else "cpu")


def choose_dtype(dtype: str, *, device: str, width: int) -> str:
    """Decide in which precision the encoder computes; results are float32 always.

    dtype (str): "auto", "float32" or "bfloat16".
    device (str): the device, as `choose_device` gives it.
    width (int): hidden size of the encoder.
    RETURNS (str): "float32" or "bfloat16".
    RAISES (ModelError): when the name is another.
    """
    if dtype == "auto":
        pays = width >= MIN_BF16_WIDTH and has_fast_bf16(device)
        return "bfloat16" if pays else "float32"
    if dtype not in DTYPES:
        names = ", ".join(["auto", *DTYPES])
        raise ModelError(Errors.E114.format(dtype=dtype, names=names))
    return dtype


def has_fast_bf16(device: str) -> bool:
    """Whether the device multiplies bf16 matrices faster than float32 ones.

    device (str): the device, as `choose_device` gives it.
    RETURNS (bool): True for processors with AMX tiles or AVX512-BF16 and for GPUs with
        bf16 units. AVX2 processors compute bf16 by conversion, slower than float32.
    """
    if device.startswith("cuda"):
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device != "cpu":
        return False
    probes = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    # Private names of torch.cpu; a version without them computes in float32.
    return any(getattr(torch.cpu, name, lambda: False)() for name in probes)
