"""Every message this package raises or warns with, in one place.

A message says what is wrong (file, line, term), and what to do about it. Codes are
grouped by floor: 1xx mlm, 2xx vocab, 3xx voting and pipeline, 4xx pretrain, 5xx cli.
"""

from __future__ import annotations


class BertUnsupError(ValueError):
    """Base class of all errors raised on purpose by spacy-bert-unsup."""


class ModelError(BertUnsupError):
    """A masked language model cannot be loaded or used."""


class AssetsError(BertUnsupError):
    """Assets or seed labels are missing, corrupt or made for another model."""


class ConfigError(BertUnsupError):
    """A setting has a value that cannot work."""


class InputError(BertUnsupError):
    """A file or text given by the user cannot be read as what it should be."""


class PretrainError(BertUnsupError):
    """Pretraining cannot start or go on."""


class MissingExtraError(ImportError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(Errors.E001.format(package=package, extra=extra))


class Errors:
    """Message templates; fill with ``.format``."""

    E001 = (
        "[E001] This needs '{package}', which is not installed. Install it with: "
        "pip install 'spacy-bert-unsup[{extra}]'"
    )

    E002 = "[E002] Cannot read {path}: {error}. Check the path and its permissions."
    E003 = (
        "[E003] {path} is not UTF-8: byte {offset} cannot be decoded. Convert the file, "
        "for example with: iconv -f latin1 -t utf8"
    )

    # --- 1xx mlm ------------------------------------------------------------------

    # --- 2xx vocab ----------------------------------------------------------------

    E201 = (
        "[E201] A vocabulary needs as many vectors, surfaces and flags as terms, but "
        "got {sizes}. Use the vocabulary and the vectors of one and the same model."
    )
    E202 = "[E202] Seed labels are read from .jsonl or .tsv, not from {path}."
    E203 = (
        '[E203] {path}, line {number}: expected {{"term": "...", "labels": ["..."]}} '
        "but got {line!r}. Mend or delete the line."
    )
    E204 = (
        "[E204] {path}, line {number}: expected a term, a tab and labels joined by "
        "'/', but got {line!r}. Mend or delete the line."
    )
    E205 = (
        "[E205] {label!r} cannot be a label: a label is not empty and holds no '/', "
        "which separates labels."
    )
    E206 = (
        "[E206] Label {label!r} needs a list of terms, but got {terms!r}, for example "
        'seeds = {{"FRUIT": ["apple", "pear"]}}.'
    )
    E207 = (
        "[E207] {path}, line {number}: term {term!r} with labels {labels!r}: neither "
        "may be empty, and a label holds no '/'. Mend or delete the line."
    )

    E208 = (
        "[E208] The labels form a circle: {circle}. Remove one of these entries from "
        "the label map."
    )
    E209 = (
        "[E209] There is no label map {source!r}. Give the path of a JSON file, or one "
        "of the shipped maps: {names}."
    )
    E210 = (
        "[E210] {path} is no label map ({error}): it should be a JSON object such as "
        '{{"DRUG": "CHEMICAL"}}.'
    )
    E211 = (
        "[E211] None of the {seeds} seed terms is an entry of the vocabulary of "
        "{model!r}, so there is nothing to vote with. Give seed terms that are whole "
        "words of this vocabulary."
    )
    E212 = (
        "[E212] These assets were built for {assets!r} (fingerprint {theirs}), but the "
        "model is {model!r} (fingerprint {ours}). Build assets for this model, or leave "
        "'assets' out so that they are built on first use."
    )
    E213 = (
        "[E213] {where} holds no {name}, so it is no assets folder, or a damaged one. "
        "Build it again."
    )
    E214 = (
        "[E214] {where} has assets of format {found!r}, this version reads {known}. "
        "Build the assets again from their seed_labels.jsonl."
    )
    E215 = "[E215] {where} is damaged ({error}). Build the assets again."
    E216 = "[E216] There is no assets folder {path}. Check the path, or build it."

    # --- 3xx voting and pipeline --------------------------------------------------

    # --- 4xx pretrain -------------------------------------------------------------

    # --- 5xx cli ------------------------------------------------------------------


class Warnings:
    """Warning templates; each is given once per cause."""
