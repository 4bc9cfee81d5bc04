"""Messages 2xx: vocabulary, seed labels and assets."""

from __future__ import annotations


class VocabErrors:
    """Message templates; fill with ``.format``."""

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
        "[E205] {label!r} cannot be a label: a label is not empty, has no spaces "
        "around it and holds no '/', which separates labels."
    )
    E206 = (
        "[E206] Label {label!r} needs a list of terms, but got {terms!r}, for example "
        'seeds = {{"FRUIT": ["apple", "pear"]}}.'
    )
    E207 = (
        "[E207] {path}, line {number}: term {term!r} with labels {labels!r}: neither "
        "may be empty or have spaces around it, and a label holds no '/'. Mend or "
        "delete the line."
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
        "model is {model!r} (fingerprint {ours}). Build assets for this model, or "
        "leave 'assets' out so that they are built on first use."
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
    E217 = (
        "[E217] The seed labels in {where} were changed since the assets were built: "
        "they name {labels}. Build the assets again from their seed_labels.jsonl."
    )
