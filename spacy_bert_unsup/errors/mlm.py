"""Messages 1xx: the masked language model."""

from __future__ import annotations


class MLMErrors:
    """Message templates; fill with ``.format``."""

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
    E120 = (
        "[E120] The model '{name}' cannot read packed rows: it does not take a mask "
        "for each pair of pieces and position ids, as BERT and RoBERTa do. Set "
        "masking = 'exact', which works with every model."
    )
    E121 = (
        "[E121] Block {number} cannot be asked: a block wants at least one of its "
        "pieces, stands for places from 0 to below {limit}, and names a context from 0 "
        "to {last}, or -1 for none."
    )
