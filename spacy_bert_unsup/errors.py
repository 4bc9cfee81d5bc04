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
        "[E003] {path} is not UTF-8: byte {offset} cannot be decoded. Convert the "
        "file, for example with: iconv -f latin1 -t utf8"
    )

    # --- 1xx mlm ------------------------------------------------------------------

    E101 = (
        "[E101] There is no model folder {name}. Give an existing folder, 'starter', "
        "or the name of a model on the Hugging Face hub."
    )
    E102 = (
        "[E102] Cannot read the model '{name}': {reason}. Get the folder again from "
        "where it came; it needs config.json, the weights and the tokenizer's files."
    )
    E103 = (
        "[E103] The model '{name}' has no masked language model head (missing: "
        "{missing}). Use a checkpoint that was saved with its head, such as "
        "bert-base-cased, and no fine-tuned classifier or sentence encoder."
    )
    E104 = (
        "[E104] Cannot get the model '{name}' from the Hugging Face hub: {reason} "
        "Check the name and the connection; without one, download the model beforehand "
        "(hf download {name}) or give a local folder or 'starter'."
    )
    E105 = (
        "[E105] The tokenizer of '{name}' cannot be used: {reason}. The model needs a "
        "fast tokenizer (tokenizer.json) with mask, padding and both border tokens."
    )
    E106 = (
        "[E106] The tokenizer of '{name}' does not belong to the model: it has "
        "{n_terms} entries, the model {n_rows} rows. Put the tokenizer's files "
        "(tokenizer.json, vocab.txt) beside the weights that they were trained with."
    )
    E107 = (
        "[E107] The model '{name}' does not score terms as head vector x vocabulary "
        "row + bias (off by {error:.2g}), so its vocabulary vectors do not explain its "
        "predictions. Use a BERT-like masked language model."
    )
    E108 = (
        "[E108] A sequence of {length} pieces is longer than the {limit} that the "
        "model '{name}' reads. Cut the text into windows first (plan_windows)."
    )
    E109 = (
        "[E109] Query {number} wants the answer at {positions}, but a query of "
        "{length} pieces needs at least one place from 0 to {last}."
    )
    E110 = "[E110] There is no storage '{storage}'. Choose one of: {names}."
    E111 = (
        "[E111] The weights in {folder} have format {found}, which this version of "
        "spacy-bert-unsup cannot read. Update spacy-bert-unsup or save them again."
    )
    E112 = (
        "[E112] 'allowed' has {found} flags, but the vocabulary has {n_terms} entries. "
        "Give one flag for each."
    )
    E113 = (
        "[E113] Cannot compute on device '{device}': {reason} Use 'auto', 'cpu' or a "
        "device of this machine."
    )
    E114 = "[E114] There is no dtype '{dtype}'. Choose one of: {names}."
    E115 = (
        "[E115] These bytes are no model saved by MaskedLM.to_bytes ({reason}). Save "
        "the pipeline again."
    )
    E116 = (
        "[E116] Windows of {size} pieces cannot overlap by {overlap}. The overlap must "
        "be at least 0 and smaller than the window."
    )
    E117 = (
        "[E117] The starter model is not in {folder}. Install spacy-bert-unsup again, "
        "or name another model."
    )
    E118 = (
        "[E118] The model has no layer {layer}. Choose from 0 (the embedding) to "
        "{last} (the last layer), or count from the end with -1, -2, ..."
    )

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

    # --- 3xx voting and pipeline --------------------------------------------------

    E301 = "[E301] {key!r} cannot be {value!r}. Choose from: {names}."
    E302 = (
        "[E302] The template {template!r} needs '[MASK]' exactly once and '{{phrase}}' "
        "at most once, for example 'such as {{phrase}} and [MASK] .'."
    )
    E303 = "[E303] {key} must be at least {least}. Set a larger number."
    E304 = (
        "[E304] candidates = {name!r} needs a {need} earlier in the pipeline. Add one, "
        "or use candidates = 'auto', which needs none."
    )
    E305 = (
        "[E305] {key!r} names the label {label!r}, which these assets do not have. "
        "Labels: {labels}."
    )
    E306 = (
        "[E306] The attribute {owner}._.{attr} belongs to another package or component "
        "already. Give it another name here: attrs = {{{ours!r}: 'my_{ours}'}}."
    )
    E307 = (
        "[E307] 'attrs' renames {attr!r}, which is no attribute of ours. It may "
        "rename: {names}."
    )
    E308 = (
        "[E308] There is no candidates function {name!r}. Use one of {names}, or a "
        'registered function: {{"@misc": "my.function.v1"}}.'
    )
    E309 = "[E309] 'voting' has no setting {name!r}. It has: {names}."
    E310 = "[E310] {key} must lie in [0, 1], not {value!r}: it is a share of the vote."
    E311 = (
        "[E311] {where} holds no saved {name!r} component: {missing} is missing. Save "
        "the pipeline again with nlp.to_disk."
    )
    E312 = (
        "[E312] The setting {name!r} cannot be {value!r}. Give something like "
        "{example!r}."
    )
    E313 = (
        "[E313] 'seeds_only' leaves no labels, because 'seeds' is empty. Give seeds, "
        'for example {{"FRUIT": ["apple", "pear"]}}, or drop seeds_only.'
    )

    E314 = (
        "[E314] Candidate ({start}, {end}) is no span of a text of {size} tokens. Mend "
        "the candidates function: spans are (first token, one past the last)."
    )
    E315 = (
        "[E315] doc.spans[{key!r}] holds spans that {name!r} did not set and would "
        "replace. Give this component another spans_key."
    )

    E316 = (
        "[E316] The phrase template {template!r} has no '{{phrase}}', so it asks "
        "the same of every phrase. Put '{{phrase}}' where the phrase belongs."
    )

    # --- 4xx pretrain -------------------------------------------------------------

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
        "[E414] {folder} was prepared with other corpus or vocabulary settings. Choose "
        "another folder as corpus.prepared, or delete this one to prepare it again."
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

    # --- 5xx cli ------------------------------------------------------------------

    E501 = (
        "[E501] {path}, line {number}: expected a token, a tab and a tag, but got "
        "{line!r}. Mend the line, or leave it empty to end a sentence."
    )
    E502 = (
        "[E502] {path}, line {number}: {tag!r} is not a BIO tag. Tags are O, B-LABEL "
        "and I-LABEL; convert other schemes first."
    )
    E503 = "[E503] {path} holds no sentence, so there is nothing to score."
    E504 = (
        "[E504] {path} is no .spacy file ({error}). Write one with DocBin.to_disk, or "
        "give a CoNLL file another suffix."
    )
    E505 = (
        "[E505] {where} says nothing about these tags: {tags}. Map each to a label, or "
        'to null to leave it out; "*" speaks of all others.'
    )
    E510 = (
        "[E510] --pipeline, --config and --model/--assets are three ways to name a "
        "pipeline. Give only one of them."
    )
    E511 = "[E511] Cannot load the pipeline {source}: {error}"
    E512 = (
        "[E512] The pipeline has no component made by 'bert_unsup_ner' (it has: "
        "{names}). Add one with nlp.add_pipe('bert_unsup_ner')."
    )
    E520 = (
        "[E520] There is no file {item}. Inputs are .txt and .jsonl files, - for "
        "stdin, or a text; pipe a text of a single word into stdin."
    )
    E521 = (
        "[E521] {path} is neither .txt nor .jsonl, so it is not clear what is in it. "
        "Rename it, or send it to stdin."
    )
    E522 = (
        "[E522] {source}, line {line}: byte {byte} of the line is not UTF-8. Convert "
        "the file, for example with: iconv -f latin1 -t utf8"
    )
    E523 = (
        '[E523] {source}, line {line}: expected a JSON object with a "text", for '
        'example {{"text": "Ann lives in Rome."}}'
    )
    E530 = (
        "[E530] The suffix of {path} names no format. Use .jsonl, .spacy or .conll, or "
        "say --format."
    )
    E531 = "[E531] .spacy is binary and cannot go to stdout. Name a file with --out."
    E532 = (
        "[E532] {source}, line {line}: the text has {length} characters, but this "
        "pipeline takes at most {most}. Split the text, or raise nlp.max_length."
    )


class Warnings:
    """Warning templates; each is given once per cause."""

    # --- 5xx cli ------------------------------------------------------------------

    W501 = (
        "[W501] {source}, line {line} has half of a surrogate pair, which is no "
        "character: it was replaced by U+FFFD there and wherever else it occurs."
    )
    W502 = (
        "[W502] The pipeline never says these labels of {where}: {labels}. Translate "
        "tags with --map."
    )
