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
    E218 = (
        "[E218] The suffix of {path} names no format for a graph. Use one of {names}."
    )
    E219 = (
        "[E219] The rule for tails has bins of {ours}, but the cosines have bins of "
        "{theirs}. Give both the same bin_width."
    )
    E220 = "[E220] {key} must lie in [{low}, {high}], not {value!r}."
    E221 = (
        "[E221] A vector of {found} cannot be compared with the vocabulary's, which "
        "have {size} numbers. Use vectors of one and the same model, without NaN or "
        "infinite numbers."
    )
    E222 = (
        "[E222] {path} holds no table of vectors: {reason}. Give a matrix of numbers, "
        "one row for each term, as .npy, .npz or .safetensors."
    )
    E223 = (
        "[E223] {vectors} has {rows} rows, but {vocab} has {terms} terms. Give the "
        "vocabulary that belongs to these vectors, one term a line, none left out."
    )
    E224 = (
        "[E224] {where}, row {row}: the vector of {term!r} has numbers that are not "
        "finite (NaN or infinite). Mend the row, or set it to zero to leave the term "
        "out."
    )
    E225 = (
        "[E225] {path} holds {content}. Nothing was changed: choose another folder, or "
        "move this one away."
    )
    E226 = "[E226] {path}, line {number}: no cluster ({error}). Cluster again."
    E227 = "[E227] {path} is no clustering ({error}). Cluster again."
    E228 = (
        "[E228] The neighbourhoods hold more than {most} terms together, too many for "
        "memory. Give seed labels (a neighbourhood ends with its n-th labelled term), "
        "raise the threshold, or set max_size."
    )
    E229 = "[E229] There are no terms to work on. Give at least one."
    E230 = "[E230] A sheet is a .tsv or a .jsonl file, not {path}. Rename it."
    E231 = (
        "[E231] {path}, line {number}: {reason}. A sheet has the columns 'labels' and "
        "'terms'; mend the line, or export the sheet again."
    )
    E232 = (
        "[E232] {path}, line {number}: {label!r} cannot be a label: a label is not "
        "empty, has no spaces around it and holds no '/'. Nothing was changed."
    )
    E233 = (
        "[E233] {path}, line {number}: there are labels, but no terms. Empty the "
        "labels, or name the terms. Nothing was changed."
    )
    E234 = (
        "[E234] {path}, line {number}: the vocabulary has no term {term!r}.{hint} "
        "Mend the term, or delete it from the line. Nothing was changed."
    )
    E235 = (
        "[E235] {path}, line {number}: this line and line {other} contradict each "
        "other about {term!r}: one labels it, the other takes its labels away ('-'). "
        "Change one of them. Nothing was changed."
    )
    E236 = (
        "[E236] {path} holds the assets of {theirs!r} (fingerprint {their_print}), and "
        "the model is {ours!r} (fingerprint {our_print}). Choose another folder; its "
        "labels can be used again with: --seeds {path}/seed_labels.jsonl"
    )
    E237 = (
        "[E237] {path} is damaged ({error}). Delete the folder {folder}, and build "
        "again: what people wrote is not in it."
    )
    E238 = (
        "[E238] {path} holds no clusters to label. Make them with: python -m spacy "
        "bert-unsup build MODEL --out {path}"
    )
    E239 = (
        "[E239] {path} has no votes yet, so nobody knows what is in doubt. Rank by "
        "mass, or build once with some labels first."
    )
    E240 = (
        "[E240] {term!r} is none of the {size} entries of the vocabulary. {hint} "
        "Pieces that continue a word are written ##like."
    )
