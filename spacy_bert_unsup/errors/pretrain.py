"""Messages 4xx: pretraining."""

from __future__ import annotations


class PretrainErrors:
    """Message templates; fill with ``.format``."""

    E401 = "[E401] Cannot read the config {path}: {error}"
    E402 = "[E402] {path}: unknown section [{section}]. Known sections: {known}."
    E403 = "[E403] {path}, section [{section}]: unknown key '{key}'. Known: {known}."
    E404 = (
        "[E404] {path}, section [{section}]: '{key} = {value}' cannot work; "
        "wanted: {kind}."
    )
    E405 = (
        "[E405] '{argument}' is no argument of this command. Settings are changed as "
        "--section.key VALUE."
    )
    E411 = (
        "[E411] No corpus in {folder}: it has no file that ends in {endings}. Set "
        "corpus.folder (and corpus.files) to your text files."
    )
    E412 = (
        "[E412] {path} is not UTF-8: byte {offset} (line {line}) of the unpacked text. "
        "Convert the file, or leave it out with corpus.files."
    )
    E413 = (
        "[E413] {path}, line {line}: not a JSON object with the key '{key}'. Set "
        "corpus.text_key to the field that holds the text."
    )
    E414 = (
        "[E414] {folder} was prepared with other corpus or vocabulary settings, or of "
        "other text. Choose another folder as corpus.prepared, or delete this one to "
        "prepare it again."
    )
    E415 = (
        "[E415] The corpus in {folder} is too small: {documents} documents, {held_out} "
        "of them held out. Add text (a blank line separates documents), or raise "
        "corpus.valid_share."
    )
    E416 = (
        "[E416] corpus.weights names no source of the prepared corpus: {names}. Its "
        "sources: {known}."
    )
    E417 = (
        "[E417] The corpus in {folder} is empty: its files have no text. Set "
        "corpus.folder (and corpus.files) to your text files."
    )
    E421 = (
        "[E421] A vocabulary of {size} entries is more than this corpus supports: it "
        "has {most}. Lower vocabulary.size or vocabulary.min_frequency, or add text."
    )
    E422 = (
        "[E422] vocabulary.size leaves no room for trained pieces: it must exceed the "
        "special, unused, whole-word and given entries together."
    )
    E423 = "[E423] Cannot read the term list {path}: {error}"
    E424 = (
        "[E424] {path}: the term '{term}' cannot be one vocabulary entry, because the "
        "tokenizer splits or changes it (white space, punctuation, case). Remove it."
    )
    E425 = (
        "[E425] Cannot keep the vocabulary {path}: {reason}. vocabulary.tokenizer must "
        "be the folder of a BERT with a WordPiece tokenizer.json."
    )
    E426 = (
        "[E426] Cannot ask about the labels of {path}: {reason}. Change the [labels] "
        "section, or leave labels.seeds empty to ask nothing."
    )
    E427 = (
        "[E427] The template '{template}' cannot ask about a phrase: {reason}. Change "
        "labels.beside or labels.sentence."
    )
    E431 = (
        "[E431] Cannot start from {path}: {reason}. Change model.init, or the [model] "
        "settings that differ."
    )
    E432 = (
        "[E432] Not enough space for checkpoints in {folder}: {needed} MB are needed, "
        "{free} MB are free. Free some, or choose another --out."
    )
    E433 = (
        "[E433] No checkpoint at {path}. Give a run's folder, its file 'last', or one "
        "of the folders in its checkpoints/."
    )
    E434 = (
        "[E434] The checkpoint {path} does not fit these settings: {reason}. Resume "
        "with the settings it was made with, or start anew with another --out."
    )
    E435 = (
        "[E435] The loss is no number any more at step {step}. Lower training.rate "
        "(now {rate}) and start again: the last checkpoint, {last}, is kept."
    )
    E436 = (
        "[E436] {folder} exists already. Choose another folder to export to, or move "
        "this one away."
    )
