"""Writes a trained model as an ordinary Hugging Face folder."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from transformers import BertForPreTraining

from ..errors import Errors, PretrainError
from .quiet import no_weight_bars


def export_model(
    model: BertForPreTraining,
    prepared: str | Path,
    folder: str | Path,
    *,
    max_shard_size: str = "5GB",
) -> Path:
    """Write config, weights (float32 safetensors) and tokenizer.

    The folder is written beside its place and renamed.

    model (BertForPreTraining): On any device.
    prepared (str | Path): Prepared corpus, for the tokenizer.
    folder (str | Path): Must not exist yet.
    max_shard_size (str): Largest weight file, such as "15MB".
    RETURNS (Path): The folder.
    RAISES (PretrainError): If the folder exists.
    """
    folder, prepared = Path(folder), Path(prepared)
    if folder.exists():
        raise PretrainError(Errors.E436.format(folder=folder))
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    try:
        with no_weight_bars():
            model.save_pretrained(beside, max_shard_size=max_shard_size)
        for name in ("tokenizer.json", "vocab.txt"):
            shutil.copy(prepared / name, beside / name)
        _write_tokenizer_config(model, prepared, beside)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _write_tokenizer_config(
    model: BertForPreTraining, prepared: Path, folder: Path
) -> None:
    meta = json.loads((prepared / "meta.json").read_text(encoding="utf-8"))
    settings = {
        "tokenizer_class": "BertTokenizer",
        "model_max_length": model.config.max_position_embeddings,
        "do_lower_case": meta["lowercase"],
        "strip_accents": meta["lowercase"],
        "tokenize_chinese_chars": True,
    }
    for name in ("pad", "unk", "cls", "sep", "mask"):
        settings[f"{name}_token"] = f"[{name.upper()}]"
    text = json.dumps(settings, indent=2)
    (folder / "tokenizer_config.json").write_text(text + "\n", encoding="utf-8")
