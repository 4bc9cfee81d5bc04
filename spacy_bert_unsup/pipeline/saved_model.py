"""A component's model in a saved pipeline: weights stored once among siblings.

NAME/component.json    format version, settings, which model, and whose folder holds it
NAME/model             the weights, unless an earlier component has the same
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.util import load_config

from ..errors import AssetsError, Errors
from ..util import read_text, write_text

if TYPE_CHECKING:
    from ..mlm.model import MaskedLM

FORMAT_VERSION = 1
MODEL, RECORD = "model", "component.json"


@dataclass(frozen=True, kw_only=True)
class SavedModel:
    """What `component.json` says.

    identity (str): Of the model, the same for all its copies.
    holder (Optional[str]): The sibling whose folder has the weights; None if this one.
    settings (Mapping[str, Any]): What the config said when it was saved: one that says
        something else now is obeyed.
    """

    identity: str
    holder: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def check_version(found: object, where: object) -> None:
    """Refuse a component that was saved in another format.

    found (object): The version that was read.
    where (object): Where it was read, for the message.
    RAISES (AssetsError): if this version of the package cannot read it.
    """
    if found != FORMAT_VERSION:
        raise AssetsError(
            Errors.E341.format(where=where, found=found, known=FORMAT_VERSION)
        )


def read_record(path: Path) -> SavedModel | None:
    """Read a component's `component.json`.

    path (Path): The component's folder.
    RETURNS (Optional[SavedModel]): None if there is none.
    RAISES (AssetsError): if it is damaged or of another format.
    """
    file = path / RECORD
    if not file.is_file():
        return None
    try:
        content = json.loads(read_text(file))
        version = content.pop("format_version")
        check_version(version, file)
        return SavedModel(**content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, AssetsError):
            raise
        raise AssetsError(Errors.E342.format(where=file, error=error)) from error


def write_record(path: Path, record: SavedModel) -> None:
    """Write a component's `component.json`."""
    content = {"format_version": FORMAT_VERSION, **asdict(record)}
    write_text(path / RECORD, json.dumps(content, indent=2) + "\n")


def write_model(lm: MaskedLM, path: Path, *, settings: Mapping[str, Any]) -> None:
    """Write a component's weights, or where the pipeline has them already.

    lm (MaskedLM): The model.
    path (Path): The component's folder.
    settings (Mapping[str, Any]): What the config says about it.
    """
    path.mkdir(parents=True, exist_ok=True)
    holder = find_holder(path, lm.identity)
    _provide_for_others(path, lm.identity, holder)
    if holder is None:
        lm.save(path / MODEL, storage="auto")
    record = SavedModel(identity=lm.identity, holder=holder, settings=dict(settings))
    write_record(path, record)
    if holder is not None:
        shutil.rmtree(path / MODEL, ignore_errors=True)


def find_holder(path: Path, identity: str) -> str | None:
    """The earlier component of the pipeline that holds a model's weights, if any.

    Later ones may yet be written anew; and a component that is saved by itself, outside
    a pipeline's folder, keeps its own.

    path (Path): The component's folder in the pipeline's.
    identity (str): Of the model.
    RETURNS (Optional[str]): Its name.
    """
    for name in _earlier_components(path):
        sibling = path.parent / name
        record = read_record(sibling)
        if record and (record.holder, record.identity) == (None, identity):
            if (sibling / MODEL / "config.json").is_file():
                return name
    return None


def _earlier_components(path: Path) -> list[str]:
    """Names of the components before this one, by the pipeline's config.cfg."""
    config = path.parent / "config.cfg"
    if not config.is_file():
        return []
    names = load_config(config).get("nlp", {}).get("pipeline", [])
    return names[: names.index(path.name)] if path.name in names else []


def _provide_for_others(path: Path, identity: str, holder: str | None) -> None:
    """Keep the weights of siblings that name this folder, which is to change.

    They were left out of this save, or come later in it. If the folder is to hold
    another model, the first of them gets the old weights.
    """
    old = read_record(path)
    if old is None or old.holder is not None:
        return
    if old.identity == identity and holder is None:
        return
    for sibling in sorted(file.parent for file in path.parent.glob(f"*/{RECORD}")):
        record = read_record(sibling)
        if record and (record.holder, record.identity) == (path.name, old.identity):
            if old.identity != identity and (path / MODEL).is_dir():
                shutil.move(path / MODEL, sibling / MODEL)
                write_record(sibling, replace(record, holder=None))
                holder = sibling.name
            else:
                write_record(sibling, replace(record, holder=holder))


def find_weights(path: Path, name: str) -> Path:
    """The folder with a saved component's weights: its own or a sibling's.

    path (Path): The component's folder.
    name (str): The component, for messages.
    RETURNS (Path): A model folder.
    RAISES (AssetsError): if there is none, or it holds another model by now.
    """
    record = read_record(path)
    if record is None or record.holder is None:
        if not (path / MODEL).is_dir():
            raise AssetsError(Errors.E311.format(where=path, name=name, missing=MODEL))
        return path / MODEL
    folder = path.parent / record.holder
    held = read_record(folder)
    if held is None or held.identity != record.identity or held.holder is not None:
        raise AssetsError(
            Errors.E343.format(name=name, holder=record.holder, where=path)
        )
    return folder / MODEL
